/**
 * Small pictures for tests that need many and cheap ones.
 *
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';

/** Makes `count` pictures, `0.png` and on, each of another width; `marks` are written behind their last byte. @returns `folder`. */
export async function makePictures(
  folder: string,
  count: number,
  marks: Readonly<Record<number, string>> = {},
): Promise<string> {
  mkdirSync(folder, { recursive: true });
  for (let n = 0; n < count; n++) {
    const background = { r: (n * 37) % 256, g: (n * 101) % 256, b: (n * 11) % 256 };
    const create = { width: 20 + n, height: 16, channels: 3, background } as const;
    const png = await sharp({ create }).png().toBuffer();
    writeFileSync(join(folder, `${n}.png`), Buffer.concat([png, Buffer.from(marks[n] ?? '')]));
  }
  return folder;
}
