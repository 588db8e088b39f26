/**
 * JPEGs of 12 megapixels, made once from small photos: enlarged, with the noise of a sensor, EXIF orientations mixed. They
 * lie in `.cache/`, since making them takes minutes.
 *
 * @module
 */
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import sharp from 'sharp';

const WIDTH = 4000;
const HEIGHT = 3000;
/** Standard deviation of the noise, of 255. */
const NOISE = 6;

/** Paths of as many pictures as there are `sources`. */
export async function largePictures(sources: readonly string[]): Promise<string[]> {
  const folder = resolve('.cache/bench-pictures');
  mkdirSync(folder, { recursive: true });
  const paths: string[] = [];
  for (const [place, source] of sources.entries()) {
    const path = join(folder, `${place}.jpg`);
    paths.push(path);
    if (!existsSync(path)) await enlarge(source, path, (place % 8) + 1);
  }
  return paths;
}

async function enlarge(source: string, path: string, orientation: number): Promise<void> {
  const noise = await sharp({
    create: {
      width: WIDTH,
      height: HEIGHT,
      channels: 3,
      background: '#808080',
      noise: { type: 'gaussian', mean: 128, sigma: NOISE },
    },
  })
    .png({ compressionLevel: 0 })
    .toBuffer();
  const half = `${path}.half`;
  await sharp(source)
    .resize(WIDTH, HEIGHT, { fit: 'cover', kernel: 'cubic' })
    .composite([{ input: noise, blend: 'soft-light' }])
    .jpeg({ quality: 90 })
    .withMetadata({ orientation })
    .toFile(half);
  renameSync(half, path);
}
