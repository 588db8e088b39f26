import { describe, expect, test } from 'vitest';
import { temporaryFolders } from '../../test/models/folder.ts';
import { closedAfterEach, offlineModels } from '../../test/models/opened.ts';
import { writeTinyBert } from '../../test/models/tiny-models.ts';

const folder = temporaryFolders();
const opened = closedAfterEach();

/** Vectors of the tiny model's tokens; all others are zero. */
const TOKENS: Readonly<Record<string, readonly number[]>> = {
  red: [1, -1, -1],
  green: [-1, 1, -1],
  query: [3, 0, 0],
  passage: [0, 3, 0],
};

/** By hand: the mean over [CLS], the words and [SEP], made a unit vector. */
function meanOf(...words: string[]): number[] {
  const sum = [0, 1, 2].map((i) => words.reduce((total, word) => total + (TOKENS[word]?.[i] ?? 0), 0));
  const norm = Math.hypot(...sum) || 1;
  return sum.map((value) => value / norm);
}

const rounded = (vectors: readonly Float32Array[]): number[][] =>
  vectors.map((vector) => [...vector].map((value) => Math.round(value * 1e4) / 1e4 + 0));
const expected = (...texts: string[][]): number[][] =>
  texts.map((words) => meanOf(...words).map((value) => Math.round(value * 1e4) / 1e4 + 0));

describe('a text embedder', () => {
  test('gives the mean of its tokens, whatever is in the batch', async () => {
    const path = await writeTinyBert(`${folder()}/tiny-bert`);
    const model = await opened(offlineModels(folder()).loadTextEmbedder(path));
    const vectors = await model.encode(['a red photo', 'green', 'red red green'], 'passage');
    expect(rounded(vectors)).toEqual(expected(['red'], ['green'], ['red', 'red', 'green']));
    expect(rounded(await model.encode(['green'], 'query'))).toEqual(expected(['green']));
    expect(await model.encode([], 'query')).toEqual([]);
  });

  test('puts before a text what an E5 was trained to see', async () => {
    const path = await writeTinyBert(`${folder()}/multilingual-e5-tiny`);
    const model = await opened(offlineModels(folder()).loadTextEmbedder(path));
    expect(rounded(await model.encode(['red'], 'query'))).toEqual(expected(['query', 'red']));
    expect(rounded(await model.encode(['red'], 'passage'))).toEqual(expected(['passage', 'red']));
  });

  test('cuts a text that is too long, and keeps its end token', async () => {
    const path = await writeTinyBert(`${folder()}/tiny-bert`);
    const model = await opened(offlineModels(folder()).loadTextEmbedder(path));
    // 8 positions: [CLS], six words, [SEP].
    const long = `${'red '.repeat(6)}${'green '.repeat(5000)}`;
    expect(rounded(await model.encode([long], 'passage'))).toEqual(expected(['red']));
  });

  test('has a space that prefixes and weights change', async () => {
    const models = offlineModels(folder());
    const [plain, again, e5] = await Promise.all(
      ['tiny-bert', 'other-bert', 'tiny-e5'].map(async (name) =>
        models.describeTextEmbedder(await writeTinyBert(`${folder()}/${name}`)),
      ),
    );
    expect(plain).toMatchObject({ dimension: 3, space: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(again?.space).toBe(plain?.space);
    expect(e5?.space).not.toBe(plain?.space);
  });

  test('is not what a picture is embedded with', async () => {
    const path = await writeTinyBert(`${folder()}/tiny-bert`);
    await expect(offlineModels(folder()).describeImageText(path)).rejects.toThrow(
      'it is a text embedder, not an image-text model',
    );
    await expect(offlineModels(folder()).describeTextEmbedder('auto')).rejects.toThrow(
      'run "fovea models pull all-minilm-l6-v2"',
    );
  });
});
