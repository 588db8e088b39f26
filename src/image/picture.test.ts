import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { hasTestData, testData } from '../../test/data.ts';
import { FoveaError } from '../contract/index.ts';
import { synthetic } from './fixtures/synthetic.ts';
import { MAX_PIXELS, openPicture } from './picture.ts';
import { render } from './render.ts';
import { thumbnail } from './thumbnail.ts';

const square = { resize: 'shortestEdge', size: 32, crop: { width: 32, height: 32 }, kernel: 'bicubic' } as const;

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** A PNG whose header promises these sides, with hardly any pixels behind it. */
function hugePng(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  header[9] = 2;
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  const pixels = chunk('IDAT', deflateSync(Buffer.alloc(64)));
  return Buffer.concat([signature, chunk('IHDR', header), pixels, chunk('IEND', Buffer.alloc(0))]);
}

test('openPicture() refuses 100,000 × 100,000 pixels, with the numbers', async () => {
  await expect(openPicture(hugePng(100_000, 100_000))).rejects.toMatchObject({
    code: 'limit',
    message: 'Cannot read picture: 100000 × 100000 are 10,000 megapixels, more than the limit of 100 megapixels',
  });
});

test('openPicture() takes exactly the limit and not a row more', async () => {
  expect(await openPicture(hugePng(10_000, 10_000))).toMatchObject({ width: 10_000, height: 10_000 });
  await expect(openPicture(hugePng(10_000, 10_001))).rejects.toMatchObject({ code: 'limit' });
  expect(MAX_PIXELS).toBe(100_000_000);
  await expect(openPicture(hugePng(11, 10), { maxPixels: 100 })).rejects.toMatchObject({ code: 'limit' });
});

test.each([
  ['nothing', Buffer.alloc(0), undefined, 'Cannot read picture: the file is empty'],
  [
    'a text named .jpg',
    Buffer.from('Dear diary,\n'),
    'text/plain',
    'Cannot read picture: it is a text file, not a picture',
  ],
  [
    'noise',
    Buffer.from([7, 1, 2, 3]),
    undefined,
    'Cannot read picture: its bytes are of no format that is known; the file may be damaged',
  ],
  [
    'a PDF',
    Buffer.from('%PDF-1.7'),
    'application/pdf',
    'Cannot read picture: it is a file of another kind (PDF), not a picture',
  ],
  [
    'a JPEG XL',
    Buffer.from([0xff, 0x0a, 0, 0]),
    'image/jxl',
    'Cannot read picture: there is no decoder for JPEG XL pictures; convert it to JPEG or PNG',
  ],
])('openPicture() says what is wrong with %s', async (_, bytes, format, message) => {
  await expect(openPicture(bytes)).rejects.toMatchObject({ code: 'unreadable_image', format, message });
});

test('openPicture() refuses a JPEG that ends within its header', async () => {
  const whole = await sharp({ create: { width: 50, height: 50, channels: 3, background: 'red' } })
    .jpeg()
    .toBuffer();
  await expect(openPicture(whole.subarray(0, 100))).rejects.toMatchObject({
    message: 'Cannot read picture: the JPEG file is incomplete: it ends before the picture does',
  });
});

test('render() of a damaged PNG says that it is damaged', async () => {
  const { data, width, height } = synthetic(90, 90);
  const whole = await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
  whole.fill(0x55, 4000, 4200);
  const picture = await openPicture(whole);
  await expect(render(picture, square)).rejects.toMatchObject({
    code: 'unreadable_image',
    message: expect.stringContaining('the PNG file is damaged'),
  });
});

test('openPicture() counts the frames of an animation, and render() decodes the first', async () => {
  const frames = await Promise.all(
    ['red', 'lime', 'blue'].map((background) =>
      sharp({ create: { width: 8, height: 8, channels: 3, background } })
        .png()
        .toBuffer(),
    ),
  );
  const animation = sharp(frames, { join: { animated: true } });
  const still = frames[0] ?? Buffer.alloc(0);
  const control = chunk('acTL', Buffer.of(0, 0, 0, 3, 0, 0, 0, 0));
  const spellings = [
    await animation.clone().webp({ lossless: true }).toBuffer(),
    await animation.clone().gif().toBuffer(),
    await animation.clone().tiff({ compression: 'lzw' }).toBuffer(),
    Buffer.concat([still.subarray(0, 33), control, still.subarray(33)]),
  ];
  for (const bytes of spellings) {
    const picture = await openPicture(bytes);
    expect(picture, picture.format.name).toMatchObject({ width: 8, height: 8, frames: 3 });
    expect([...(await render(picture, square)).data.subarray(0, 3)], picture.format.name).toEqual([255, 0, 0]);
  }
  expect(await openPicture(still)).toMatchObject({ frames: 1 });
});

test('render() of an SVG reads no files', async () => {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="8" height="8">' +
    `<rect width="8" height="8" fill="#00ff00"/><image width="8" height="8" xlink:href="${new URL('fixtures/red.png', import.meta.url).href}"/></svg>`;
  const { data } = await render(await openPicture(Buffer.from(svg)), square);
  expect([...data.subarray(0, 3)]).toEqual([0, 255, 0]);
});

test('thumbnail() is an upright WebP of at most 320 pixels', async () => {
  const wide = sharp({ create: { width: 1000, height: 500, channels: 3, background: 'red' } }).withMetadata({
    orientation: 6,
  });
  const bytes = await thumbnail(await openPicture(await wide.jpeg().toBuffer()));
  expect(await openPicture(bytes)).toMatchObject({ format: { mimeType: 'image/webp' }, width: 160, height: 320 });
  expect(bytes.length).toBeLessThan(2000);
});

test.skipIf(!hasTestData)('every odd file ends as pixels or as a clear error', async () => {
  const folder = testData('data/odd-images');
  const counts: Record<string, number> = { decoded: 0 };
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    try {
      const { data } = await render(await openPicture(readFileSync(path)), square);
      expect(data.length, path).toBe(32 * 32 * 3);
      counts.decoded = (counts.decoded ?? 0) + 1;
    } catch (error) {
      if (!(error instanceof FoveaError)) throw new Error(`${path}: not one of our errors`, { cause: error });
      expect(error.message, path).toMatch(/^Cannot read picture: \S.{10,}[^.]$/);
      counts[error.code] = (counts[error.code] ?? 0) + 1;
    }
  }
  expect(counts).toEqual({ decoded: 189, unreadable_image: 14, limit: 5 });
});

test.skipIf(!hasTestData)('render() turns photographs of all eight orientations the same way', async () => {
  const mean = async (name: string) => {
    const { data } = await render(await openPicture(readFileSync(testData(`data/odd-images/sharp/${name}.jpg`))), {
      resize: 'squash',
      width: 8,
      height: 8,
      kernel: 'bilinear',
    });
    return data;
  };
  for (const name of ['Landscape', 'Portrait']) {
    const upright = await mean(`${name}_1`);
    for (let orientation = 2; orientation <= 8; orientation++) {
      const turned = await mean(`${name}_${orientation}`);
      const difference =
        turned.reduce((sum, value, index) => sum + Math.abs(value - (upright[index] ?? 0)), 0) / turned.length;
      expect([name, orientation, difference < 12]).toEqual([name, orientation, true]);
    }
  }
});
