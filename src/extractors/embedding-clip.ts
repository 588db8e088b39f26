/**
 * Embeddings of pictures in a space that texts share: the index behind a search by words or by a picture.
 *
 * One row with one L2-normalised vector a picture. With `content_source` a detector it embeds that one's boxes.
 *
 * Radford et al., "Learning Transferable Visual Models From Natural Language Supervision", ICML 2021.
 *
 * @module
 */
import { z } from 'zod';
import { defineExtractor } from '../extractor/define.ts';
import { row, vector } from '../extractor/columns.ts';
import type { Extractor } from '../extractor/types.ts';
import { pixelsOf } from './pixels-of.ts';

export const embeddingClip: Extractor = defineExtractor({
  name: 'embedding/clip',
  version: '1',
  summary: 'Embeds pictures and boxes, to be found by words and by pictures',
  aliases: [
    'tensorlake/clip-extractor',
    'embedding/clip_embedding',
    'embedding/clip-embedding',
    'openai_clip_extractor:ClipEmbeddingExtractor',
  ],
  accepts: ['image/*'],
  regions: true,
  params: z.object({
    model: z
      .string()
      .min(1)
      .default('auto')
      .describe('An image-text model: the name of a card, a hub repository, a folder, or "auto"'),
  }),
  describe: async ({ model }, models) => {
    const resolved = await models.describeImageText(model);
    return {
      pixels: resolved.pixels,
      columns: {},
      vectors: { embedding: vector(resolved.dimension) },
      space: resolved.space,
      params: { model: resolved.model },
      model: resolved.model,
      weights: resolved.weights,
      ...(resolved.note === undefined ? {} : { notes: [resolved.note] }),
    };
  },
  load: async ({ model }, models) => {
    const loaded = await models.loadImageText(model);
    return {
      run: async (items) => {
        const embeddings = await loaded.encodeImages(items.map(pixelsOf));
        return new Map(items.map(({ id }, index) => [id, embeddingRows(embeddings[index])]));
      },
      encodeText: (texts) => loaded.encodeTexts(texts),
      encodeImage: (items) => loaded.encodeImages(items.map(pixelsOf)),
      close: () => loaded.close(),
    };
  },
});

function embeddingRows(embedding: Float32Array | undefined) {
  return embedding === undefined
    ? new Error('Cannot embed picture: the model gave no vector for it')
    : [row({}, { embedding })];
}
