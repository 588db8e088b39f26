/**
 * Perceptual hashes, which stay almost the same when a picture is resized or saved again: what finds copies.
 *
 * They are texts of 16 hexadecimal digits, since SQL has no unsigned number of 64 bits. The number of bits that differ is
 * `bit_count(('x' || a.phash)::bit(64) # ('x' || b.phash)::bit(64))`; up to about 10 of 64 mean the same picture.
 *
 * @module
 */
import { z } from 'zod';
import { row, text } from '../extractor/columns.ts';
import { defineExtractor } from '../extractor/define.ts';
import type { Extractor, ExtractorItem } from '../extractor/types.ts';
import { dHash, HASH_PIXELS, hashToHex, pHash } from '../image/index.ts';
import { pixelsOf } from './pixels-of.ts';

export const imagePhash: Extractor = defineExtractor({
  name: 'image/phash',
  version: '1',
  summary: 'Hashes pictures by their looks, to find copies',
  accepts: ['image/*'],
  params: z.object({}),
  describe: async () => ({
    pixels: HASH_PIXELS,
    columns: {
      phash: text({
        description: 'hash of the low frequencies, 16 hexadecimal digits; copies differ in up to about 10 bits',
      }),
      dhash: text({ description: 'hash of brightness differences, 16 hexadecimal digits' }),
    },
    vectors: {},
  }),
  load: async () => ({
    run: async (items) => new Map(items.map((item) => [item.id, hashRows(item)])),
    close: async () => {},
  }),
});

function hashRows(item: ExtractorItem) {
  const pixels = pixelsOf(item);
  return [row({ phash: hashToHex(pHash(pixels)), dhash: hashToHex(dHash(pixels)) })];
}
