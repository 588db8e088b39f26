/**
 * Photos for a measurement where there are no others: the size, the detail and the weight of a phone's.
 *
 * @module
 */
import sharp from 'sharp';

/** 12 megapixels. */
const WIDTH = 4000;
const HEIGHT = 3000;
/** Noise of a quarter of the size, enlarged, compresses to about 4 MB, as a busy street does. */
const GRAIN = 4;

/** Yields `count` JPEGs that all differ, one at a time. */
export async function* madeUpPhotos(count: number): AsyncGenerator<Uint8Array> {
  const size = { width: WIDTH / GRAIN, height: HEIGHT / GRAIN };
  const { data, info } = await sharp({
    create: { ...size, channels: 3, background: '#808080', noise: { type: 'gaussian', mean: 128, sigma: 40 } },
  })
    .raw()
    .toBuffer({ resolveWithObject: true });
  for (let place = 0; place < count; place++) {
    yield sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } })
      .modulate({ hue: Math.round((360 * place) / count) })
      .resize(WIDTH, HEIGHT, { kernel: 'cubic' })
      .jpeg({ quality: 85 })
      .toBuffer();
  }
}
