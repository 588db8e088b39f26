// @ts-check
/**
 * An extractor of one's own: the mean colour of a picture, as columns that SQL can ask for.
 *
 *     fovea extractor run ./examples/custom-extractor/average-color.mjs photo.jpg
 *
 * It takes pixels and gives back rows: no database, no network, no clock.
 */
import { defineExtractor, real, row, z } from 'fovea/extractor';

export default defineExtractor({
  name: 'image/average-color',
  version: '1',
  summary: 'The mean colour of a picture',
  accepts: ['image/*'],
  params: z.object({
    /** Reads every n-th pixel; 1 reads all. */
    stride: z.int().positive().default(1),
  }),
  describe: async () => ({
    pixels: { resize: 'maxSide', side: 256, kernel: 'bilinear' },
    columns: { red: real({ range: [0, 255] }), green: real({ range: [0, 255] }), blue: real({ range: [0, 255] }) },
    vectors: {},
  }),
  load: async ({ stride }) => ({
    run: async (items) => new Map(items.map(({ id, pixels }) => [id, [meanColor(pixels, stride)]])),
    close: async () => {},
  }),
});

/**
 * @param {import('fovea/extractor').Pixels | undefined} pixels
 * @param {number} stride
 */
function meanColor(pixels, stride) {
  if (pixels === undefined) throw new TypeError('Pixels were asked for and are missing');
  const sums = [0, 0, 0];
  const count = Math.ceil((pixels.width * pixels.height) / stride);
  for (let at = 0; at < pixels.data.length; at += 3 * stride) {
    for (const channel of [0, 1, 2]) sums[channel] += pixels.data[at + channel];
  }
  const [red, green, blue] = sums.map((sum) => sum / count);
  return row({ red, green, blue });
}
