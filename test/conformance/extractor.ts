/**
 * The suite that every extractor passes, the built-in ones and the examples: it writes what it declared, does so each
 * time alike and by id, and lets a broken picture fail alone.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import type { FeatureRow } from '../../src/contract/index.ts';
import { outputOf } from '../../src/extractor/define.ts';
import { prepareFile, prepareItem, textItem } from '../../src/extractor/prepare-item.ts';
import { runBatch, STANDALONE } from '../../src/extractor/run-batch.ts';
import type {
  Extractor,
  ExtractorDescription,
  ExtractorItem,
  ExtractorResult,
  LoadedExtractor,
} from '../../src/extractor/types.ts';
import type { Models } from '../../src/models/types.ts';

/** What the suite runs an extractor on. */
export interface ExtractorFixtures {
  readonly models: Models;
  /** At least two readable pictures, or videos where it takes these, absolute paths; none for an extractor of texts. */
  readonly pictures?: readonly [string, string, ...string[]];
  /** For an extractor of texts: at least two. */
  readonly texts?: readonly [string, string, ...string[]];
  /** Default: none. */
  readonly params?: Readonly<Record<string, unknown>>;
  /**
   * Largest difference between numbers of one picture that ran alone and in a batch; sums of a batched matrix product
   * are added in another order. Default 0.
   */
  readonly batchTolerance?: number;
}

/** Registers the suite for one extractor. Call it inside of `describe`, or at the top of a test file. */
export function testExtractor(extractor: Extractor, fixtures: ExtractorFixtures): void {
  const { models, params = {}, batchTolerance = 0, pictures = [], texts = [] } = fixtures;

  describe(`${extractor.name} conforms`, () => {
    let description: ExtractorDescription;
    let loaded: LoadedExtractor;
    let items: ExtractorItem[];
    const run = (batch: readonly ExtractorItem[]) => runBatch(loaded, outputOf(description), batch);

    beforeAll(async () => {
      description = await extractor.describe(params, models);
      loaded = await extractor.load(description.params, models);
      items = [
        ...texts.map((text) => ({ id: `id of ${text}`, ...textItem(text) })),
        ...(await Promise.all(
          pictures.map(async (path) => {
            const { pixels } = description;
            const id = `id of ${path}`;
            return pixels.resize === 'none' && pixels.file === true
              ? prepareFile(id, path)
              : prepareItem(id, await readFile(path), pixels);
          }),
        )),
      ];
      expect(items.length).toBeGreaterThan(1);
      return () => loaded.close();
    });

    test('describes itself alike from the parameters that it pins', async () => {
      const again = await extractor.describe(description.params, models);
      expect({ ...again, notes: [] }).toEqual({ ...description, notes: [] });
    });

    test('refuses a parameter that it does not have', async () => {
      await expect(extractor.describe({ ...params, no_such_parameter: 1 }, models)).rejects.toThrow(
        /no_such_parameter/,
      );
    });

    test('writes what it declared, for every id', async () => {
      const results = await run(items);
      expect([...results.keys()]).toEqual(items.map(({ id }) => id));
      for (const [id, result] of results) expect(result, id).not.toBeInstanceOf(Error);
    });

    test('returns an empty map for an empty batch', async () => {
      expect(await loaded.run([], STANDALONE)).toEqual(new Map());
    });

    test('gives the same results every time', async () => {
      expect(await run(items)).toEqual(await run(items));
    });

    test('gives a picture the same result alone, in a batch, and at another place of it', async () => {
      const forwards = await run(items);
      const backwards = await run(items.toReversed());
      for (const item of items) {
        const alone = await run([item]);
        expectClose(forwards.get(item.id), alone.get(item.id), batchTolerance);
        expectClose(backwards.get(item.id), alone.get(item.id), batchTolerance);
      }
    });

    test('leaves the pixels and bytes that it is given as they are', async () => {
      const before = items.map(contentHash);
      await run(items);
      expect(items.map(contentHash)).toEqual(before);
    });

    test('fails an item that it can not run on, and keeps its neighbours', async () => {
      const [first, second] = items as [ExtractorItem, ExtractorItem];
      const { text: _text, ...rest } = first;
      const bytes = new TextEncoder().encode('no picture');
      const path = first.path === undefined ? {} : { path: fileURLToPath(import.meta.url) };
      const broken = { ...rest, id: 'broken', pixels: undefined, bytes, ...path };
      const results = await run([first, broken, second]);
      expect([...results].map(([id, result]) => [id, result instanceof Error])).toEqual([
        [first.id, false],
        ['broken', true],
        [second.id, false],
      ]);
    });

    const regions = async () => {
      const bytes = await readFile(pictures[0] ?? '');
      const region = { xmin: 10, ymin: 20, xmax: 74, ymax: 100 };
      const item = await prepareItem('region', bytes, description.pixels, region);
      expect(item.original).toEqual({ width: 64, height: 80 });
      const result = (await run([item])).get('region');
      expect(result).not.toBeInstanceOf(Error);
      expect(result).not.toEqual((await run(items)).get(items[0]?.id ?? ''));
    };
    if (extractor.regions) test('runs on a region of a picture', regions);

    test('encodes queries in the space of its vectors, or not at all', async () => {
      const [output] = Object.keys(description.vectors);
      if (loaded.encodeImage === undefined && loaded.encodeText === undefined) return;
      expect(output).toBeDefined();
      expect(description.space).toMatch(/\S/);
      const dimension = description.vectors[output ?? '']?.dimension;
      const queries = [
        ...((await loaded.encodeText?.(['a dog', 'a red kite in the sky'])) ?? []),
        ...((await loaded.encodeImage?.(items)) ?? []),
      ];
      for (const query of queries) {
        expect(query.length).toBe(dimension);
        expect(Math.hypot(...query)).toBeCloseTo(1, 4);
      }
    });
  });
}

/** Hash of what an item holds; differences of whole pictures are nothing to print. */
function contentHash({ bytes, pixels }: ExtractorItem): string {
  return createHash('sha256')
    .update(bytes)
    .update(pixels?.data ?? '')
    .digest('hex');
}

/** Equal rows, but for numbers and vectors that may differ by `tolerance` (numbers over 1: by that share of them). */
function expectClose(
  actual: ExtractorResult | undefined,
  expected: ExtractorResult | undefined,
  tolerance: number,
): void {
  const [actualNumbers, expectedNumbers] = [numbersOf(actual), numbersOf(expected)];
  expect(withoutNumbers(actual)).toEqual(withoutNumbers(expected));
  expect(actualNumbers.length).toBe(expectedNumbers.length);
  const worst = actualNumbers.reduce((most, number, index) => {
    const other = expectedNumbers[index] ?? Number.NaN;
    return Math.max(most, Math.abs(number - other) / Math.max(1, Math.abs(other)));
  }, 0);
  expect(worst).toBeLessThanOrEqual(tolerance);
}

function numbersOf(result: ExtractorResult | undefined): number[] {
  return rowsOf(result).flatMap(({ columns, vectors }) => [
    ...Object.values(columns)
      .flat()
      .filter((value) => typeof value === 'number'),
    ...Object.values(vectors).flatMap((vector) => [...vector]),
  ]);
}

function withoutNumbers(result: ExtractorResult | undefined): unknown {
  return rowsOf(result).map(({ ord, columns }) => ({
    ord,
    columns: Object.entries(columns).filter(([, value]) => typeof value !== 'number' && !Array.isArray(value)),
  }));
}

function rowsOf(result: ExtractorResult | undefined): readonly FeatureRow[] {
  if (result === undefined || result instanceof Error) throw result ?? new Error('No result');
  return result;
}
