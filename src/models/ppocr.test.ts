import { describe, expect, test } from 'vitest';
import { temporaryFolders } from '../../test/models/folder.ts';
import { closedAfterEach, offlineModels } from '../../test/models/opened.ts';
import { plain } from '../../test/models/pictures.ts';
import { writeTinyPpocr } from '../../test/models/tiny-ppocr.ts';
import type { Pixels } from '../image/pixels.ts';
import { ppocrParts } from './ppocr-parts.ts';
import { detectedSize, inParts, readDictionary } from './ppocr.ts';
import type { TextReaderModel } from './types.ts';

const folder = temporaryFolders();
const opened = closedAfterEach();
const WHITE = [255, 255, 255] as const;

test('readDictionary() takes a line as a character, also a space, and any line ends', () => {
  expect(readDictionary('a\r\n \n中\n')).toEqual(['a', ' ', '中']);
  expect(readDictionary('a\nb')).toEqual(['a', 'b']);
});

test.each([
  ['a photo', [1600, 900], [1600, 900]],
  ['a small picture, enlarged', [400, 500], [640, 800]],
  ['a tiny one, at most twice', [10, 4], [20, 8]],
  ['a large one, shrunk', [4000, 3000], [1414, 1061]],
  ['a very wide one', [20_000, 100], [17_321, 87]],
  ['a pixel', [1, 1], [2, 2]],
] as const)('detectedSize() of %s', (_, [width, height], expected) => {
  const size = detectedSize({ width, height });
  expect([size.width, size.height]).toEqual(expected);
});

test('inParts() cuts a long line where it is emptiest, and loses no column', () => {
  const line = plain([0, 0, 0], 100, 4);
  // Paper at 33 and 34, in the last quarter of the first 40 columns; it is the larger part of the line.
  line.data.fill(255);
  for (let y = 0; y < 4; y++) line.data.fill(0, (y * 100 + 20) * 3, (y * 100 + 33) * 3);
  for (let y = 0; y < 4; y++) line.data.fill(0, (y * 100 + 35) * 3, (y * 100 + 60) * 3);
  const parts = inParts(line, 10);
  expect(parts[0]?.width).toBe(34);
  expect(parts.reduce((sum, { width }) => sum + width, 0)).toBe(100);
  expect(Math.max(...parts.map(({ width }) => width))).toBeLessThanOrEqual(40);
});

test('ppocrParts() knows the files by the names that PaddleOCR gives them', () => {
  expect(
    ppocrParts([
      'README.md',
      'ch_ppocr_mobile_v2.0_cls_infer.onnx',
      'en_PP-OCRv3_det_infer.onnx',
      'en_rec.onnx',
      'en_dict.txt',
    ]),
  ).toEqual({
    detection: 'en_PP-OCRv3_det_infer.onnx',
    angle: 'ch_ppocr_mobile_v2.0_cls_infer.onnx',
    recognition: 'en_rec.onnx',
    dictionary: 'en_dict.txt',
  });
  expect(ppocrParts(['det.onnx', 'rec.onnx', 'ppocr_keys_v1.txt'])).toMatchObject({ angle: undefined });
  expect(ppocrParts(['detector.onnx', 'rec.onnx', 'dict.txt'])).toBeUndefined();
  expect(ppocrParts(['det.onnx', 'rec.onnx'])).toBeUndefined();
});

/** Colours as runs of columns in a band of a white picture. */
function drawn(width: number, height: number, runs: readonly (readonly [number, number, readonly number[]])[]): Pixels {
  const pixels = plain(WHITE, width, height);
  for (const [from, to, color] of runs)
    for (let y = Math.floor(height * 0.4); y < height * 0.6; y++)
      for (let x = from; x < to; x++) pixels.data.set(color, (y * width + x) * 3);
  return pixels;
}

describe('a folder with the parts of PP-OCR', () => {
  const load = async (dictionary?: string): Promise<TextReaderModel> => {
    const path = await writeTinyPpocr(folder(), dictionary);
    return opened(offlineModels(folder()).loadTextReader(path));
  };

  test('reads Chinese from its dictionary, in the pixels of the original', async () => {
    const reader = await load();
    const picture = drawn(700, 640, [
      [200, 260, [255, 0, 0]],
      [260, 320, [0, 0, 255]],
      [320, 380, [255, 0, 0]],
    ]);
    const [[line, ...others] = []] = await reader.read(
      [{ ...picture, toOriginal: { scaleX: 2, scaleY: 2, offsetX: 0, offsetY: 0 } }],
      { conf: 0.5 },
    );
    expect(others).toEqual([]);
    expect(line?.text).toBe('中文中');
    const xs = line?.corners.map(({ x }) => x) ?? [];
    const ys = line?.corners.map(({ y }) => y) ?? [];
    // The band of 180 × 128 pixels grows by 1.5 · area / perimeter = 56.
    expect([Math.min(...xs) / 2, Math.max(...xs) / 2].map(Math.round)).toEqual([144, 436]);
    expect([Math.min(...ys) / 2, Math.max(...ys) / 2].map(Math.round)).toEqual([200, 440]);
  });

  test.each([
    ['blank', plain(WHITE, 300, 200)],
    ['a pixel', plain(WHITE, 1)],
    ['a row of pixels', plain(WHITE, 900, 1)],
    ['a column of pixels', plain(WHITE, 1, 900)],
  ])('reads nothing in a picture that is %s', async (_, picture) => {
    expect(await (await load()).read([picture], { conf: 0.5 })).toEqual([[]]);
  });

  test('reads a very wide picture to its end', async () => {
    const reader = await load();
    const picture = drawn(6000, 100, [
      [100, 120, [255, 0, 0]],
      [5800, 5840, [0, 0, 255]],
    ]);
    const [lines = []] = await reader.read([picture], { conf: 0.3 });
    expect(lines.map(({ text }) => text)).toEqual(['中', '文']);
    expect(lines[1]?.corners[0].x).toBeGreaterThan(5700);
  });

  test('is refused with the reason where its dictionary is of another model', async () => {
    const reader = await load('a\nb\n');
    const picture = drawn(700, 640, [[200, 320, [255, 0, 0]]]);
    await expect(reader.read([picture], { conf: 0 })).rejects.toThrow(
      /it has 2 characters, and the recogniser knows 4/,
    );
  });

  test('is known by its parts: listed, described, and no detector', async () => {
    const root = folder();
    await writeTinyPpocr(`${root}/signs`);
    const models = offlineModels(folder(), { localFolders: [root] });
    expect(await models.describeTextReader('signs')).toEqual({ model: 'signs' });
    expect((await models.list()).find(({ name }) => name === 'signs')).toMatchObject({
      kind: 'text-reader',
      state: 'cached',
    });
    await expect(models.describeDetector('signs')).rejects.toThrow('it is a text reader, not a detector');
    await expect(models.describeTextReader('signs:fp16')).rejects.toThrow('PP-OCR has no variants');
  });

  test('"auto" without any says what would help', async () => {
    await expect(offlineModels(folder()).describeTextReader('auto')).rejects.toThrow(
      /fovea models pull ppocr-v5-latin.*…rec….onnx/,
    );
  });
});
