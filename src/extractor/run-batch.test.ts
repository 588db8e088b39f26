import { describe, expect, test } from 'vitest';
import { ModelUnavailableError } from '../contract/index.ts';
import { integer, row } from './columns.ts';
import { ExtractorOutputError } from './errors.ts';
import { runBatch } from './run-batch.ts';
import type { ExtractorItem, ExtractorResult } from './types.ts';

const output = { columns: { size: integer() }, vectors: {} };

function item(id: string): ExtractorItem {
  return {
    id,
    pixels: undefined,
    bytes: new Uint8Array(id.length),
    mimeType: 'image/png',
    original: { width: 0, height: 0 },
  };
}

/** Writes the number of bytes, keeps a log of batches, and throws for a batch that holds a broken item. */
function sizes(broken: readonly string[] = []) {
  const batches: string[][] = [];
  return {
    batches,
    run: async (items: readonly ExtractorItem[]) => {
      batches.push(items.map(({ id }) => id));
      if (items.some(({ id }) => broken.includes(id))) throw new Error('broken');
      return new Map<string, ExtractorResult>(items.map(({ id, bytes }) => [id, [row({ size: bytes.length })]]));
    },
  };
}

describe('runBatch()', () => {
  test('gives every id its own rows, in the order of the items', async () => {
    const backwards = {
      run: async (items: readonly ExtractorItem[]) =>
        new Map(items.toReversed().map(({ id, bytes }) => [id, [row({ size: bytes.length })]])),
    };
    const results = await runBatch(backwards, output, [item('a'), item('bbb'), item('cc')]);
    expect([...results]).toEqual([
      ['a', [row({ size: 1 })]],
      ['bbb', [row({ size: 3 })]],
      ['cc', [row({ size: 2 })]],
    ]);
  });

  test('does not run an empty batch', async () => {
    const loaded = sizes();
    expect(await runBatch(loaded, output, [])).toEqual(new Map());
    expect(loaded.batches).toEqual([]);
  });

  test('fails one broken item of a batch alone, in few runs', async () => {
    const ids = Array.from({ length: 16 }, (_, index) => `item-${index}`);
    const loaded = sizes(['item-5']);
    const results = await runBatch(loaded, output, ids.map(item));
    const failed = [...results].filter(([, result]) => result instanceof Error);
    expect(failed.map(([id]) => id)).toEqual(['item-5']);
    expect(results.get('item-5')).toEqual(new Error('broken'));
    expect(loaded.batches.length).toBe(9);
  });

  test('fails every broken item where several are', async () => {
    const results = await runBatch(sizes(['a', 'c']), output, ['a', 'b', 'c'].map(item));
    expect([...results.values()].map((result) => result instanceof Error)).toEqual([true, false, true]);
  });

  test('fails an item whose rows are not what was declared, and keeps its neighbours', async () => {
    const loaded = {
      run: async () =>
        new Map<string, ExtractorResult>([
          ['a', [row({ size: 1 })]],
          ['b', [row({ size: 1.5 })]],
          ['c', [row({ length: 1 })]],
          ['d', []],
          ['e', new Error('its own')],
        ]),
    };
    const results = await runBatch(loaded, output, ['a', 'b', 'c', 'd', 'e', 'f'].map(item));
    expect(results.get('a')).toEqual([row({ size: 1 })]);
    expect(results.get('b')).toBeInstanceOf(ExtractorOutputError);
    expect(results.get('c')).toBeInstanceOf(ExtractorOutputError);
    expect(results.get('d')).toEqual([]);
    expect(results.get('e')).toEqual(new Error('its own'));
    expect(results.get('f')).toEqual(new ExtractorOutputError('run returned nothing for this id'));
  });

  test("passes on that a model can not be had, which is no item's fault", async () => {
    const loaded = { run: () => Promise.reject(new ModelUnavailableError('clip', 'its files are missing')) };
    await expect(runBatch(loaded, output, [item('a'), item('b')])).rejects.toBeInstanceOf(ModelUnavailableError);
  });

  test('refuses two items of one id', async () => {
    await expect(runBatch(sizes(), output, [item('a'), item('a')])).rejects.toThrow(RangeError);
  });

  test('makes an Error of whatever was thrown', async () => {
    // oxlint-disable-next-line no-throw-literal
    const loaded = {
      run: async () => {
        throw 'a text';
      },
    };
    expect((await runBatch(loaded, output, [item('a')])).get('a')).toEqual(new Error('a text'));
  });
});
