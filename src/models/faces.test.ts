import { describe, expect, test } from 'vitest';
import { temporaryFolders } from '../../test/models/folder.ts';
import { closedAfterEach, offlineModels } from '../../test/models/opened.ts';
import { cosine, plain } from '../../test/models/pictures.ts';
import { TINY_FACE, TINY_SIDE, writeTinySface, writeTinyYunet } from '../../test/models/tiny-faces.ts';
import type { Pixels } from '../image/pixels.ts';
import { letterboxed } from './letterbox.ts';
import { aligned, similarity } from './sface.ts';
import type { Face, FivePoints } from './types.ts';
import { decodeUltraface } from './ultraface.ts';

const folder = temporaryFolders();
const opened = closedAfterEach();
const RED = [255, 0, 0] as const;
const GREEN = [0, 200, 0] as const;
const BLUE = [0, 0, 200] as const;

function fill(pixels: Pixels, color: readonly number[], x1: number, y1: number, x2: number, y2: number): void {
  for (let y = y1; y < y2; y++) for (let x = x1; x < x2; x++) pixels.data.set(color, (y * pixels.width + x) * 3);
}

/** A white picture with faces whose cells begin at these places, each on a background of its own. */
function picture(...faces: readonly (readonly [number, number, readonly number[]])[]): Pixels {
  const pixels = plain([255, 255, 255], TINY_SIDE);
  for (const [x, y, around] of faces) {
    fill(pixels, around, x - 8, y - 8, x + 16, y + 16);
    fill(pixels, RED, x, y, x + 8, y + 8);
  }
  return pixels;
}

test('decodeUltraface() takes the second score, and corners as shares of 320 × 240', () => {
  const scores = Float32Array.of(0.9, 0.1, 0.25, 0.75);
  const boxes = Float32Array.of(0, 0, 1, 1, 0.25, 0.5, 0.75, 1);
  expect(decodeUltraface(scores, boxes, 0.5)).toEqual([
    { score: 0.75, box: { xmin: 80, ymin: 120, xmax: 240, ymax: 240 }, points: undefined },
  ]);
});

test('letterboxed() puts a picture top left, and knows the way back to the original', () => {
  const wide = plain(RED, 40, 10, 2);
  const { width, height, data, toOriginal } = letterboxed(wide, 20, 20, 7);
  expect([width, height, data[0], data[(4 * 20 + 19) * 3], data[5 * 20 * 3]]).toEqual([20, 20, 255, 255, 7]);
  expect(toOriginal).toEqual({ scaleX: 4, scaleY: 4, offsetX: 0, offsetY: 0 });
  expect(letterboxed(wide, 40, 10, 7)).toBe(wide);
});

test('similarity() finds scale, rotation and shift', () => {
  const from = [
    { x: 0, y: 0 },
    { x: 2, y: 0 },
    { x: 0, y: 1 },
  ];
  // Twice as large, turned by 90° clockwise on the screen, and moved by (10, 20).
  const to = from.map(({ x, y }) => ({ x: 10 - 2 * y, y: 20 + 2 * x }));
  const found = similarity(from, to);
  expect(found.a).toBeCloseTo(0);
  expect(found.b).toBeCloseTo(2);
  expect([found.tx, found.ty]).toEqual([expect.closeTo(10), expect.closeTo(20)]);
});

test('aligned() leaves a face that stands where it should, and turns one that lies on its side', () => {
  const upright = plain([0, 0, 0], 112);
  fill(upright, GREEN, 0, 0, 112, 56);
  const places: FivePoints = [
    { x: 38.2946, y: 51.6963 },
    { x: 73.5318, y: 51.5014 },
    { x: 56.0252, y: 71.7366 },
    { x: 41.5493, y: 92.3655 },
    { x: 70.7299, y: 92.2041 },
  ];
  expect([...aligned(upright, places).data]).toEqual([...upright.data]);
  const turn = ({ x, y }: { x: number; y: number }) => ({ x: 111 - y, y: x });
  const [a, b, c, d, e] = places;
  const lying = plain([0, 0, 0], 112);
  fill(lying, GREEN, 56, 0, 112, 112);
  const { data } = aligned(lying, [turn(a), turn(b), turn(c), turn(d), turn(e)]);
  const different = [...data].filter((value, at) => Math.abs(value - (upright.data[at] ?? 0)) > 1);
  expect(different).toEqual([]);
});

describe('a folder with a YuNet', () => {
  const detect = async (pixels: Pixels, original = { width: 64, height: 64 }): Promise<Face[]> => {
    const detector = await opened(offlineModels(folder()).loadFaceDetector(await writeTinyYunet(folder())));
    const [faces = []] = await detector.detect([{ pixels, original }], { conf: 0.5, iou: 0.3 });
    return faces;
  };

  test('finds faces with their points, in pixels of the original', async () => {
    const [face, ...others] = await detect(picture([16, 24, BLUE]));
    expect(others).toEqual([]);
    const [x1, y1, x2, y2] = TINY_FACE.box;
    expect(face?.box).toEqual({
      xmin: expect.closeTo(16 + x1, 4),
      ymin: expect.closeTo(24 + y1, 4),
      xmax: expect.closeTo(16 + x2, 4),
      ymax: expect.closeTo(24 + y2, 4),
    });
    const points = face?.points?.flatMap(({ x, y }) => [x - 16, y - 24]) ?? [];
    for (const [place, value] of points.entries()) expect(value).toBeCloseTo(TINY_FACE.points[place] ?? Number.NaN, 4);
  });

  test('brings pictures of other sizes to its own, and their faces back', async () => {
    const half = picture([16, 24, BLUE]);
    const large = plain([255, 255, 255], 128);
    for (let y = 0; y < 128; y++)
      for (let x = 0; x < 128; x++) {
        const from = (Math.floor(y / 2) * 64 + Math.floor(x / 2)) * 3;
        large.data.set(half.data.subarray(from, from + 3), (y * 128 + x) * 3);
      }
    const [face] = await detect(large, { width: 128, height: 128 });
    expect(Math.abs((face?.box.xmin ?? 0) - 16)).toBeLessThan(1);
    expect(Math.abs((face?.points?.[0].x ?? 0) - 32)).toBeLessThan(1);
  });

  test.each([
    ['blank', plain([255, 255, 255], TINY_SIDE)],
    ['a pixel', plain(RED, 1)],
    ['a row of pixels', plain([255, 255, 255], 900, 1)],
  ])('gives boxes inside of the picture, or none, in one that is %s', async (_, pixels) => {
    const original = { width: pixels.width, height: pixels.height };
    for (const { box } of await detect(pixels, original)) {
      expect(Math.min(box.xmin, box.ymin)).toBeGreaterThanOrEqual(0);
      expect(box.xmax).toBeLessThanOrEqual(original.width);
    }
  });
});

test('an SFace tells faces apart by what is around their points, whatever the picture is scaled by', async () => {
  const embedder = await opened(offlineModels(folder()).loadFaceEmbedder(await writeTinySface(folder())));
  const points: FivePoints = [
    { x: 16, y: 26 },
    { x: 24, y: 26 },
    { x: 20, y: 29 },
    { x: 17, y: 33 },
    { x: 23, y: 33 },
  ];
  const doubled = points.map(({ x, y }) => ({ x: x * 2, y: y * 2 })) as unknown as FivePoints;
  const blue = picture([16, 24, BLUE]);
  const shrunk = { ...blue, toOriginal: { scaleX: 2, scaleY: 2, offsetX: 0, offsetY: 0 } };
  const [one, other, same] = await embedder.embed([
    { pixels: blue, points },
    { pixels: picture([16, 24, GREEN]), points },
    { pixels: shrunk, points: doubled },
  ]);
  expect(cosine(one, one)).toBeCloseTo(1, 5);
  expect(cosine(one, same)).toBeCloseTo(1, 5);
  expect(cosine(one, other)).toBeLessThan(0.8);
});

describe('lone files', () => {
  test('are known by what they take and give', async () => {
    const models = offlineModels(folder());
    const [yunet, sface] = [await writeTinyYunet(folder()), await writeTinySface(folder())];
    expect(await models.describeFaceDetector(yunet)).toMatchObject({ model: yunet, hasPoints: true });
    expect(await models.describeFaceEmbedder(sface)).toMatchObject({ model: sface, dimension: 3 });
    await expect(models.describeFaceDetector(sface)).rejects.toThrow('it is a face embedder, not a face detector');
    await expect(models.describeDetector(yunet)).rejects.toThrow('it is a face detector, not a detector');
  });

  test('of cards have a dimension and a space before a byte is here', async () => {
    const { space, ...rest } = await offlineModels(folder()).describeFaceEmbedder('sface');
    expect(rest).toMatchObject({ model: 'sface', dimension: 128 });
    expect(space).toMatch(/^[0-9a-f]{64}$/);
  });
});
