/**
 * The meaning of texts that another policy wrote of a picture: descriptions, captions, words that were read. One vector a row of
 * that policy, to be searched by words.
 *
 * @module
 */
import { z } from 'zod';
import { row, vector } from '../extractor/columns.ts';
import { defineExtractor } from '../extractor/define.ts';
import type { Extractor, ExtractorItem, ExtractorResult } from '../extractor/types.ts';

export const textEmbed: Extractor = defineExtractor({
  name: 'text/embed',
  version: '1',
  summary: 'Embeds descriptions, captions and texts read in pictures, to be found by their meaning',
  aliases: [
    'tensorlake/minilm-l6',
    'embedding/minilm-l6',
    'minilm_l6:MiniLML6Extractor',
    'tensorlake/e5_small_embedding',
    'embedding/e5_embedding',
  ],
  accepts: ['text/plain'],
  params: z.object({
    model: z
      .string()
      .min(1)
      .default('auto')
      .describe('A text embedder: the name of a card, a hub repository, a folder, or "auto"'),
  }),
  describe: async ({ model }, models) => {
    const resolved = await models.describeTextEmbedder(model);
    return {
      pixels: { resize: 'none' },
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
    const embedder = await models.loadTextEmbedder(model);
    return {
      run: async (items) => {
        const texts = items.filter(hasText);
        const embeddings = await embedder.encode(
          texts.map(({ text }) => text),
          'passage',
        );
        const vectors = new Map(texts.map(({ id }, place) => [id, embeddings[place]]));
        return new Map(items.map(({ id }) => [id, rowsOf(vectors.get(id))]));
      },
      encodeText: (texts) => embedder.encode(texts, 'query'),
      close: () => embedder.close(),
    };
  },
});

function hasText(item: ExtractorItem): item is ExtractorItem & { readonly text: string } {
  return item.text !== undefined;
}

function rowsOf(embedding: Float32Array | undefined): ExtractorResult {
  return embedding === undefined
    ? new Error('Cannot embed: it takes texts that another policy writes ("content_source"), and this is none')
    : [row({}, { embedding })];
}
