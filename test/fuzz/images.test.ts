/**
 * Damaged pictures of every kind that can be decoded: recognised, opened, turned into pixels and read for EXIF, each ends
 * with a result or with a reason for people. A failure prints the seed: `FOVEA_FUZZ_SEED=<seed>` repeats it.
 */
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { FoveaError } from '../../src/contract/index.ts';
import { synthetic } from '../../src/image/fixtures/synthetic.ts';
import { openPicture, readExif, render, sniff, thumbnail } from '../../src/image/index.ts';
import { damaged } from './http-request.ts';
import { Random, seedOfRun } from './random.ts';

const COUNT = 600;
const SEED = seedOfRun(7);
const WIDTH = 48;
const HEIGHT = 36;
/** A damaged header may tell of any size; decoding a hundred megapixels is not what is tried here. */
const MAX_PIXELS = 1_000_000;

const pictures = new Map<string, Uint8Array>();

/** BMP of 24 bits, from the bottom row up: "BM", sizes, a header of 40 bytes, pixels. */
function bmp(): Uint8Array {
  const bytes = Buffer.alloc(54 + WIDTH * HEIGHT * 3, 0x7f);
  bytes.write('BM');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(WIDTH, 18);
  bytes.writeInt32LE(HEIGHT, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  return bytes;
}

beforeAll(async () => {
  const { data, width, height } = synthetic(WIDTH, HEIGHT);
  const picture = sharp(data, { raw: { width, height, channels: 3 } });
  for (const format of ['jpeg', 'png', 'gif', 'webp', 'tiff', 'avif'] as const) {
    const exif = {
      IFD0: { Make: 'Maker', Model: 'Model' },
      IFD3: { GPSLatitude: '41/1 54/1 0/1', GPSLatitudeRef: 'N' },
    };
    pictures.set(format, await picture.clone().toFormat(format).withExif(exif).toBuffer());
  }
  pictures.set('bmp', bmp());
  pictures.set(
    'svg',
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="5" height="5"/></svg>'),
  );
});

/** The error of some work where it is none for people, else whether there was one. */
async function fault(work: () => unknown): Promise<unknown> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error instanceof FoveaError && error.message.startsWith('Cannot ') ? 'refused' : error;
  }
}

test(`damaged pictures are refused with a reason or read (seed ${SEED})`, async () => {
  const random = new Random(SEED);
  const outcomes = { read: 0, refused: 0 };
  for (let index = 0; index < COUNT; index += 1) {
    const [format, whole] = random.pick([...pictures]);
    const bytes = index < pictures.size * 2 ? whole : damaged(random, whole);
    const shown = `seed ${SEED}, picture ${index}, ${format}: ${Buffer.from(bytes).toString('base64').slice(0, 400)}`;
    expect(() => sniff(bytes), shown).not.toThrow();
    expect(() => readExif(bytes), shown).not.toThrow();
    const result = await fault(async () => {
      const opened = await openPicture(bytes, { maxPixels: MAX_PIXELS });
      await render(opened, { resize: 'maxSide', side: 16, kernel: 'bicubic' });
      await thumbnail(opened);
    });
    expect([undefined, 'refused'], `${shown}: ${String(result)}`).toContain(result);
    outcomes[result === undefined ? 'read' : 'refused'] += 1;
  }
  expect(outcomes.read).toBeGreaterThan(COUNT / 10);
  expect(outcomes.refused).toBeGreaterThan(COUNT / 10);
});
