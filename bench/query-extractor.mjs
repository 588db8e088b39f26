/**
 * An extractor of the search bench: it writes nothing, and encodes the words "q17 …" as the 17th query vector of the file that
 * BENCH_QUERIES names (little-endian float32, 512 a row).
 */
import { readFileSync } from 'node:fs';
import { defineExtractor, vector, z } from 'fovea/extractor';

const DIMENSION = 512;

export default defineExtractor({
  name: 'bench/query',
  version: '1',
  summary: 'Query vectors of the search bench',
  accepts: ['image/*'],
  params: z.object({}),
  describe: async () => ({
    pixels: { resize: 'none' },
    columns: {},
    vectors: { embedding: vector(DIMENSION) },
    space: 'bench',
  }),
  load: async () => {
    const { buffer, byteOffset, byteLength } = readFileSync(process.env.BENCH_QUERIES ?? '');
    const all = new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
    return {
      run: async () => new Map(),
      encodeText: async (texts) =>
        texts.map((text) => all.slice(numberOf(text) * DIMENSION, (numberOf(text) + 1) * DIMENSION)),
      close: async () => {},
    };
  },
});

/** 17 of `q17 a dog on the beach`. */
function numberOf(text) {
  return Number.parseInt(text.slice(1), 10);
}
