/**
 * Perceptual hashes, which stay almost the same when a picture is resized or saved again: what finds copies.
 *
 * They are texts of 16 hexadecimal digits, since SQL has no unsigned number of 64 bits. The number of bits that differ is
 * `bit_count(('x' || a.phash)::bit(64) # ('x' || b.phash)::bit(64))`; up to about 10 of 64 mean the same picture.
 *
 * With the parameter `grey` the 32 × 32 grey picture that the hash is made of is kept too: by it `fovea duplicates` finds
 * copies with their edges cut off, and makes sure of all others.
 *
 * @module
 */
import { z } from 'zod';
import { row, text } from '../extractor/columns.ts';
import { encodeBase64 } from '../contract/index.ts';
import { defineExtractor } from '../extractor/define.ts';
import type { Extractor, ExtractorItem } from '../extractor/types.ts';
import { dHash, greyPicture, HASH_PIXELS, hashToHex, pHash } from '../image/index.ts';
import { pixelsOf } from './pixels-of.ts';

export const imagePhash: Extractor = defineExtractor({
  name: 'image/phash',
  version: '1',
  summary: 'Hashes pictures by their looks, to find copies',
  accepts: ['image/*'],
  params: z.object({
    /** Without it the output is what it has always been: policies of older libraries go on as they are. */
    grey: z.boolean().default(false).describe('keep the small grey picture by which "fovea duplicates" compares'),
  }),
  describe: async ({ grey }) => ({
    pixels: HASH_PIXELS,
    columns: {
      phash: text({
        description: 'hash of the low frequencies, 16 hexadecimal digits; copies differ in up to about 10 bits',
      }),
      dhash: text({ description: 'hash of brightness differences, 16 hexadecimal digits' }),
      ...(grey ? { grey: text({ description: '32 × 32 grey values, base64', bulky: true }) } : {}),
    },
    vectors: {},
  }),
  load: async ({ grey }) => ({
    run: async (items) => new Map(items.map((item) => [item.id, hashRows(item, grey)])),
    close: async () => {},
  }),
});

function hashRows(item: ExtractorItem, grey: boolean) {
  const pixels = pixelsOf(item);
  const kept = grey ? { grey: encodeBase64(greyPicture(pixels)) } : {};
  return [row({ phash: hashToHex(pHash(pixels)), dhash: hashToHex(dHash(pixels)), ...kept })];
}
