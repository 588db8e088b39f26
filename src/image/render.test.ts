import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { synthetic } from './fixtures/synthetic.ts';
import { openPicture } from './picture.ts';
import type { Kernel } from './pixels.ts';
import { type ResizeRequest, place } from './placement.ts';
import { regionSize, render, renderAll, renderRegion, renderRegions } from './render.ts';
import { type Raster, resample } from './resample.ts';

const encode = (raster: Raster) =>
  sharp(raster.data, { raw: { width: raster.width, height: raster.height, channels: 3 } });

async function openPng(raster: Raster) {
  return openPicture(await encode(raster).png({ compressionLevel: 1 }).toBuffer());
}

/** Decibels between two pictures of the same size. */
function psnr(a: Uint8Array, b: Uint8Array): number {
  expect(a.length).toBe(b.length);
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2;
  return sum === 0 ? Infinity : 10 * Math.log10((255 * 255 * a.length) / sum);
}

/** Pillow's result: its resampler is proven in `resample.test.ts`. */
function reference(raster: Raster, request: ResizeRequest): Raster {
  const { scaled, window, kernel } = place(raster, request);
  return resample(raster, scaled, kernel, { window });
}

const cropped = (size: number, kernel: Kernel): ResizeRequest => ({
  resize: 'shortestEdge',
  size,
  crop: { width: size, height: size },
  kernel,
});

const square: ResizeRequest = { resize: 'squash', width: 2, height: 2, kernel: 'bilinear' };

describe('render() is Pillow within 50 dB', () => {
  const sizes = [
    [640, 480],
    [480, 640],
    [641, 427],
    [500, 375],
    [375, 500],
    [1024, 768],
    [1600, 1200],
    [333, 1000],
    [1353, 901],
    [2001, 1127],
    [1279, 2272],
    [2592, 1944],
    [4003, 3004],
    [700, 2900],
  ] as const;
  for (const [width, height] of sizes) {
    test(`from ${width}×${height}, PNG and JPEG`, async () => {
      const raster = synthetic(width, height);
      const jpeg = await encode(raster).jpeg({ quality: 95 }).toBuffer();
      const decoded = await sharp(jpeg).raw().toBuffer();
      const pictures = [
        { picture: await openPng(raster), whole: raster },
        { picture: await openPicture(jpeg), whole: { ...raster, data: new Uint8Array(decoded) } },
      ];
      const requests = [cropped(224, 'bicubic'), cropped(160, 'bilinear'), cropped(256, 'bilinear')];
      for (const { picture, whole } of pictures) {
        const together = await renderAll(picture, requests);
        for (const [index, request] of requests.entries()) {
          const expected = reference(whole, request).data;
          expect(psnr((await render(picture, request)).data, expected)).toBeGreaterThanOrEqual(50);
          expect(psnr(together[index]?.data ?? new Uint8Array(), expected)).toBeGreaterThanOrEqual(50);
        }
      }
    });
  }
});

describe('render() enlarges like Pillow, bit for bit', () => {
  for (const [width, height] of [
    [100, 80],
    [64, 64],
    [37, 211],
    [3, 2],
    [1, 1],
    [30, 900],
  ] as const) {
    test(`from ${width}×${height}`, async () => {
      const raster = synthetic(width, height);
      for (const kernel of ['bilinear', 'bicubic', 'lanczos'] as const) {
        const request = cropped(224, kernel);
        expect(
          Buffer.compare((await render(await openPng(raster), request)).data, reference(raster, request).data),
        ).toBe(0);
      }
    });
  }
});

test('render() is exact for pictures of 224×224', async () => {
  const raster = synthetic(224, 224);
  for (const request of [cropped(160, 'bilinear'), cropped(224, 'bicubic')]) {
    expect(Buffer.compare((await render(await openPng(raster), request)).data, reference(raster, request).data)).toBe(
      0,
    );
  }
});

/** EXIF 2.32, Orientation: the visual side at which the 0th row and the 0th column of the stored picture lie. */
const SIDES = [
  ['top', 'left'],
  ['top', 'right'],
  ['bottom', 'right'],
  ['bottom', 'left'],
  ['left', 'top'],
  ['right', 'top'],
  ['right', 'bottom'],
  ['left', 'bottom'],
] as const;

/** What a camera stores of an upright scene. */
function store(scene: Raster, [zerothRow, zerothColumn]: (typeof SIDES)[number]): Raster {
  const sideways = zerothRow === 'left' || zerothRow === 'right';
  const width = sideways ? scene.height : scene.width;
  const height = sideways ? scene.width : scene.height;
  const data = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [across, down] = sideways ? [row, column] : [column, row];
      const x = zerothRow === 'right' || zerothColumn === 'right' ? scene.width - 1 - across : across;
      const y = zerothRow === 'bottom' || zerothColumn === 'bottom' ? scene.height - 1 - down : down;
      const start = (y * scene.width + x) * 3;
      data.set(scene.data.subarray(start, start + 3), (row * width + column) * 3);
    }
  }
  return { data, width, height };
}

describe('render() turns stored pictures upright', () => {
  const scene = synthetic(60, 40);
  for (const [index, sides] of SIDES.entries()) {
    test(`orientation ${index + 1}: row 0 is ${sides[0]}, column 0 is ${sides[1]}`, async () => {
      const stored = encode(store(scene, sides)).withMetadata({ orientation: index + 1 });
      const picture = await openPicture(await stored.png().toBuffer());
      expect(picture).toMatchObject({ orientation: index + 1, width: 60, height: 40 });
      const { data } = await render(picture, { resize: 'maxSide', side: 60, kernel: 'bilinear' });
      expect(data).toEqual(scene.data);
      const cut = await renderRegion(
        picture,
        { xmin: 7, ymin: 5, xmax: 19, ymax: 9 },
        { resize: 'maxSide', side: 60, kernel: 'bilinear' },
      );
      expect(cut.data.subarray(0, 12 * 3)).toEqual(scene.data.subarray((5 * 60 + 7) * 3, (5 * 60 + 19) * 3));
    });
  }
});

test('render() lays transparency on white and makes three channels of one', async () => {
  const clear = { create: { width: 4, height: 4, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0.5 } } } as const;
  const picture = await openPicture(await sharp(clear).png().toBuffer());
  expect(picture.hasAlpha).toBe(true);
  expect([...(await render(picture, square)).data.subarray(0, 3)]).toEqual([127, 127, 127]);
  const grey = await sharp({ create: { width: 4, height: 4, channels: 3, background: '#505050' } })
    .toColourspace('b-w')
    .png()
    .toBuffer();
  expect([...(await render(await openPicture(grey), square)).data]).toEqual(Array.from({ length: 12 }, () => 0x50));
});

test('render() brings 16 bits, CMYK and wide gamuts to 8-bit sRGB', async () => {
  const orange = sharp({ create: { width: 8, height: 8, channels: 3, background: '#ff8000' } });
  const files = [
    await orange.clone().toColourspace('rgb16').png().toBuffer(),
    await orange.clone().withIccProfile('p3').png().toBuffer(),
  ];
  for (const file of files) {
    const [red = 0, green = 0, blue = 0] = (await render(await openPicture(file), square)).data;
    expect(Math.abs(red - 255) + Math.abs(green - 128) + blue).toBeLessThanOrEqual(6);
  }
  const cmyk = await openPicture(await orange.clone().toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer());
  const [red = 0, green = 0, blue = 0] = (await render(cmyk, square)).data;
  expect(red).toBeGreaterThan(200);
  expect(green).toBeGreaterThan(90);
  expect(blue).toBeLessThan(90);
});

test('render() letterboxes: picture above, grey below', async () => {
  const { data, width, height } = await render(await openPng(synthetic(64, 32)), {
    resize: 'letterbox',
    width: 8,
    height: 8,
    background: 114,
    anchor: 'topLeft',
    kernel: 'bilinear',
  });
  expect([width, height, data.length]).toEqual([8, 8, 192]);
  expect(new Set(data.subarray(4 * 8 * 3))).toEqual(new Set([114]));
  expect(new Set(data.subarray(0, 4 * 8 * 3)).size).toBeGreaterThan(10);
});

test('renderRegions() cuts as if each region were a picture of its own', async () => {
  const raster = synthetic(300, 200);
  const picture = await openPng(raster);
  const boxes = [
    { xmin: 10.4, ymin: 20.9, xmax: 90.2, ymax: 60 },
    { xmin: -50, ymin: -50, xmax: 1000, ymax: 1000 },
    { xmin: 299.5, ymin: 150, xmax: 299.5, ymax: 150 },
  ];
  expect(boxes.map((box) => regionSize(picture, box))).toEqual([
    { width: 81, height: 40 },
    { width: 300, height: 200 },
    { width: 1, height: 1 },
  ]);
  const [first, second, third] = await renderRegions(picture, boxes, cropped(32, 'bilinear'));
  const from = { left: 10, top: 20, width: 81, height: 40 };
  const window = { left: 16, top: 0, width: 32, height: 32 };
  expect(first?.data).toEqual(resample(raster, { width: 64, height: 32 }, 'bilinear', { from, window }).data);
  expect(second?.data).toEqual((await render(picture, cropped(32, 'bilinear'))).data);
  expect(third?.data.length).toBe(32 * 32 * 3);
});

test('render() of a file that is cut off says so instead of returning a part', async () => {
  const raster = synthetic(200, 200);
  for (const [name, whole] of [
    ['JPEG', await encode(raster).jpeg().toBuffer()],
    ['PNG', await encode(raster).png().toBuffer()],
    ['WebP', await encode(raster).webp().toBuffer()],
    ['TIFF', await encode(raster).tiff({ compression: 'none' }).toBuffer()],
    ['GIF', await encode(raster).gif().toBuffer()],
  ] as const) {
    const cut = async () => render(await openPicture(whole.subarray(0, whole.length / 2)), square);
    await expect(cut(), name).rejects.toMatchObject({
      code: 'unreadable_image',
      format: `image/${name.toLowerCase()}`,
    });
  }
});
