/**
 * Settings of the decoder library for a process that exists to decode: global, so never made by importing something.
 *
 * @module
 */
import sharp from 'sharp';

/** One thread a picture (several pictures are decoded at once instead) and no cache of what won't be read again. */
export function configureForHost(): void {
  sharp.concurrency(1);
  sharp.cache(false);
}
