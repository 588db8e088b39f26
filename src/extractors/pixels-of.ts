/**
 * The pixels that an extractor asked for.
 *
 * @module
 */
import type { ExtractorItem } from '../extractor/types.ts';
import type { Pixels } from '../image/pixels.ts';

/** The item's pixels. Throws `TypeError` where whoever prepared the item left them out. */
export function pixelsOf({ id, pixels }: ExtractorItem): Pixels {
  if (pixels === undefined)
    throw new TypeError(`Cannot run on item "${id}": its pixels were asked for and are missing`);
  return pixels;
}
