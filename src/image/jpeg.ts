/**
 * Pixels as a JPEG, for who takes nothing else.
 *
 * @module
 */
import { fromRaster } from './decode.ts';
import type { Raster } from './resample.ts';

/** Quality 85, as cameras and vision models' own clients send them. */
export async function encodeJpeg(pixels: Raster): Promise<Uint8Array> {
  return fromRaster(pixels).jpeg({ quality: 85 }).toBuffer();
}
