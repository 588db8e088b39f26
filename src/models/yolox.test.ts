import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { hasTestData, testData } from '../../test/data.ts';
import { temporaryFolders } from '../../test/models/folder.ts';
import { closedAfterEach, offlineModels } from '../../test/models/opened.ts';
import { BLUE, GREEN, plain, RED } from '../../test/models/pictures.ts';
import { writeTinyClip, writeTinyYolox } from '../../test/models/tiny-models.ts';
import { openPicture, render } from '../image/index.ts';
import { decodeYolox } from './yolox.ts';

const folder = temporaryFolders();
const opened = closedAfterEach();

const labels = ['cat', 'dog'];
const COLUMNS = 7;

/** Rows for 32 pixels: 16 cells of stride 8, 4 of 16, 1 of 32; all zero but `row`. */
function rows(row: number, values: readonly number[]): Float32Array {
  const all = new Float32Array(21 * COLUMNS);
  all.set(values, row * COLUMNS);
  return all;
}

test('decodeYolox() adds the cell and multiplies by the stride, exp() for the size', () => {
  // Row 6 of the first grid is cell (2, 1): centre (2.5, 1.25) · 8 = (20, 10); 2 · 8 wide, 8 high.
  expect(decodeYolox(rows(6, [0.5, 0.25, Math.log(2), 0, 0.8, 0.1, 0.5]), 32, labels, 0.3)).toEqual([
    {
      label: 'dog',
      score: expect.closeTo(0.4),
      box: { xmin: expect.closeTo(12), ymin: 6, xmax: expect.closeTo(28), ymax: 14 },
    },
  ]);
});

test('decodeYolox() goes from grid to grid', () => {
  // Row 16 + 3 is cell (1, 1) of stride 16; row 20 the one cell of stride 32.
  const box = { xmin: 16, ymin: 16, xmax: 32, ymax: 32 };
  expect(decodeYolox(rows(19, [0.5, 0.5, 0, 0, 1, 1, 0]), 32, labels, 0.3)[0]?.box).toEqual(box);
  const whole = { xmin: 0, ymin: 0, xmax: 32, ymax: 32 };
  expect(decodeYolox(rows(20, [0.5, 0.5, 0, 0, 1, 1, 0]), 32, labels, 0.3)[0]?.box).toEqual(whole);
});

test('decodeYolox() scores objectness times class, and leaves out what is below conf', () => {
  const found = rows(0, [0, 0, 0, 0, 0.5, 0.5, 0]);
  expect(decodeYolox(found, 32, labels, 0.25).map(({ score }) => score)).toEqual([0.25]);
  expect(decodeYolox(found, 32, labels, 0.26)).toEqual([]);
});

describe('a YOLOX file', () => {
  test('is known by its inputs and outputs, reads B, G, R from 0 to 255, one picture at a time', async () => {
    const path = `${folder()}/anything.onnx`;
    await writeTinyYolox(path);
    const models = offlineModels(folder());
    expect((await models.describeDetector(path)).pixels).toEqual({
      resize: 'letterbox',
      width: 32,
      height: 32,
      background: 114,
      anchor: 'topLeft',
      kernel: 'bilinear',
    });
    const detector = await opened(models.loadDetector(path));
    const original = { width: 30, height: 32 };
    const found = await detector.detect(
      [
        { pixels: plain(RED, 32, 32, 2), original },
        { pixels: plain(BLUE, 32, 32, 2), original },
        { pixels: plain(GREEN, 32, 32, 2), original },
      ],
      { conf: 0.3, iou: 0.5 },
    );
    // 8 to 16 of the input are 16 to 32 of the original, which is 30 wide.
    const box = { xmin: 16, ymin: 16, xmax: 30, ymax: 32 };
    expect(found).toEqual([
      [{ label: 'dog', score: expect.closeTo(1, 4), box }],
      [{ label: 'cat', score: expect.closeTo(1, 4), box }],
      [],
    ]);
  });

  test('serves a card from a folder of the user', async () => {
    const root = folder();
    await writeTinyYolox(`${root}/yolox-nano/yolox_nano.onnx`);
    const models = offlineModels(folder(), { localFolders: [root] });
    const info = (await models.list()).find(({ name }) => name === 'yolox-nano');
    expect(info).toMatchObject({ state: 'cached', folder: `${root}/yolox-nano`, kind: 'detector' });
  });

  test('is refused where it is something else', async () => {
    const path = `${await writeTinyClip(folder())}/onnx/vision_model.onnx`;
    await expect(offlineModels(folder()).describeDetector(path)).rejects.toThrow(
      'a lone ONNX file must be a YOLOX detector',
    );
  });
});

describe.skipIf(!hasTestData)('yolox-nano', () => {
  test('yolox-nano finds the animals of ordinary photos', async () => {
    const models = offlineModels(folder(), { localFolders: [testData('models')] });
    const { pixels } = await models.describeDetector('yolox-nano');
    if (pixels.resize === 'none') throw new Error('It reads pixels');
    const detector = await opened(models.loadDetector('yolox-nano'));
    const find = async (name: string): Promise<string[]> => {
      const picture = await openPicture(await readFile(testData(`data/photos/${name}`)));
      const original = { width: picture.width, height: picture.height };
      const [found = []] = await detector.detect([{ pixels: await render(picture, pixels), original }], {
        conf: 0.4,
        iou: 0.45,
      });
      for (const { box } of found) {
        expect(box.xmin >= 0 && box.ymin >= 0 && box.xmax <= original.width && box.ymax <= original.height).toBe(true);
      }
      return found.map(({ label }) => label);
    };
    expect(await find('pets.jpg')).toContain('dog');
    expect(await find('cat_720p.jpg')).toContain('cat');
  });
});
