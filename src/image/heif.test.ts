import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { hasTestData, testData } from '../../test/data.ts';
import { decode } from './decode.ts';
import { loadLibheif } from './heif.ts';
import { openPicture } from './picture.ts';
import { render } from './render.ts';

const HEIC = { mimeType: 'image/heic', name: 'HEIC', kind: 'picture', decodable: false } as const;
const read = (name: string): Buffer => readFileSync(testData(`data/odd-images/exif-samples/heic/${name}`));

test('loadLibheif() tells how to install the package where it is missing', async () => {
  const missing = () => Promise.reject(new Error("Cannot find package 'libheif-js'"));
  await expect(loadLibheif(HEIC, missing)).rejects.toMatchObject({
    code: 'unreadable_image',
    format: 'image/heic',
    message: expect.stringMatching(/HEIC.*"libheif-js".*not installed.*npm install libheif-js.*fovea retry --failed/),
  });
});

test('a HEIC that is no more than a header is damaged, not missing its decoder', async () => {
  const bytes = Buffer.from('\0\0\0\x14ftypheic\0\0\0\0mif1', 'latin1');
  await expect(openPicture(bytes)).rejects.toMatchObject({
    code: 'unreadable_image',
    message: expect.stringMatching(/the HEIC file is (damaged|incomplete)/),
  });
});

describe.skipIf(!hasTestData)('photos of telephones', () => {
  test('openPicture() gives the sides as they are shown; EXIF does not turn them again', async () => {
    // Stored as 4032 × 3024 with a rotation of the container, and with orientation 6 in EXIF.
    expect(await openPicture(read('mobile/iphone_13_pro_max.HEIC'))).toMatchObject({
      width: 3024,
      height: 4032,
      orientation: 1,
      frames: 1,
      hasAlpha: false,
    });
  });

  test('decode() brings Display P3 to sRGB', async () => {
    const bytes = read('mobile/iphone_13_pro_max.HEIC');
    const picture = await openPicture(bytes);
    const size = { width: 6, height: 8 };
    const shown = await decode(picture, size);
    const unprofiled = Buffer.from(bytes);
    // Without its signature the profile is none, and the same numbers count as sRGB.
    unprofiled.write('none', unprofiled.indexOf('acsp', unprofiled.indexOf('colrprof')), 'latin1');
    const wide = await decode({ ...picture, bytes: unprofiled }, size);
    let largest = 0;
    for (let at = 0; at < shown.data.length; at += 3) {
      const expected = srgbOfDisplayP3([...wide.data.subarray(at, at + 3)]);
      for (const [channel, value] of expected.entries()) {
        expect(Math.abs((shown.data[at + channel] ?? 0) - value), `pixel ${at / 3}`).toBeLessThanOrEqual(2);
        largest = Math.max(largest, Math.abs((wide.data[at + channel] ?? 0) - value));
      }
    }
    expect(largest).toBeGreaterThan(8);
  });

  test('render() refuses a file that ends too early, though its first tiles could be shown', async () => {
    const whole = read('IMG_5195.HEIC');
    await expect(openPicture(whole.subarray(0, whole.length / 2))).rejects.toMatchObject({
      message: 'Cannot read picture: the HEIC file is incomplete: it ends before the picture does',
    });
  });

  test('render() of a small one gives its colours, top left and bottom right', async () => {
    const { data } = await render(await openPicture(read('samplefilehub.heif')), {
      resize: 'squash',
      width: 4,
      height: 4,
      kernel: 'bilinear',
    });
    const redness = (at: number): number => (data[at] ?? 0) - (data[at + 2] ?? 0);
    // A grey sky above a red desert.
    expect([Math.abs(redness(0)) < 10, redness(45) > 20]).toEqual([true, true]);
  });
});

/** SMPTE EG 432-1 and IEC 61966-2-1 share the curve and the white point; the matrix goes from the primaries of one to the other's. */
function srgbOfDisplayP3(pixel: readonly number[]): number[] {
  const [red = 0, green = 0, blue = 0] = pixel.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return [
    1.22494 * red - 0.22494 * green,
    -0.04206 * red + 1.04206 * green,
    -0.01964 * red - 0.07864 * green + 1.09827 * blue,
  ].map((linear) => {
    const part = Math.min(1, Math.max(0, linear));
    return Math.round(255 * (part <= 0.0031308 ? part * 12.92 : 1.055 * part ** (1 / 2.4) - 0.055));
  });
}
