/**
 * Encoders of texts, as Sentence Transformers has them: the mean of the last layer's vectors over the text's tokens.
 *
 *     v = Σ mask · last_hidden_state / Σ mask        then L2-normalised
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { InvalidInputError } from '../contract/index.ts';
import { batchRule, inBatches } from './batches.ts';
import type { TextPrefixes } from './card.ts';
import { parseJsonFile } from './config.ts';
import type { LocatedModel } from './locate.ts';
import { modelFile, TOKENIZER_CONFIG } from './onnx-files.ts';
import { openSession, outputOf } from './session.ts';
import { bertTokenizer } from './tokenizer.ts';
import type { TextEmbedderDescription, TextEmbedderModel } from './types.ts';
import { unitRows } from './unit-vector.ts';
import { usable } from './usable.ts';

const PREFERRED_BATCH = 16;
const OUTPUT = 'last_hidden_state';
/** Raised when tokens or pooling change so that vectors change. */
const POOLING_VERSION = 1;

const EncoderConfig = z.looseObject({
  hidden_size: z.int().positive(),
  max_position_embeddings: z.int().positive().default(512),
});

interface Facts {
  readonly dimension: number;
  readonly maxTokens: number;
  readonly prefixes: TextPrefixes;
}

/** Of a repository without a card the name tells whether it is an E5, which wants prefixes. */
async function factsOf({ card, files, model }: LocatedModel): Promise<Facts> {
  if (card?.kind === 'text-embedding') return card;
  const { hidden_size: dimension, max_position_embeddings: maxTokens } = await parseJsonFile(
    await files.path('config.json'),
    EncoderConfig,
  );
  const isE5 = /(^|[-_/])e5([-_/:]|$)/i.test(model);
  return {
    dimension,
    maxTokens,
    prefixes: isE5 ? { query: 'query: ', passage: 'passage: ' } : { query: '', passage: '' },
  };
}

/** May fetch `config.json`, never weights. */
export async function describeTextEmbedder(located: LocatedModel): Promise<Omit<TextEmbedderDescription, 'note'>> {
  const { files, variant, model } = located;
  const { dimension, maxTokens, prefixes } = await factsOf(located);
  const weights = await files.sha256(modelFile(variant));
  const facts = [weights, variant, POOLING_VERSION, maxTokens, prefixes.query, prefixes.passage, dimension];
  const space = createHash('sha256')
    .update(['fovea text space 1', ...facts].join('\n'))
    .digest('hex');
  return { model, dimension, space, weights: join(files.folder, modelFile(variant)) };
}

/** Loads the weights. */
export async function loadTextEmbedder(located: LocatedModel): Promise<TextEmbedderModel> {
  const { model } = located;
  const embedder = await usable(model, () => openTextEmbedder(located));
  return { ...embedder, encode: (texts, as) => usable(model, () => embedder.encode(texts, as)) };
}

async function openTextEmbedder(located: LocatedModel): Promise<TextEmbedderModel> {
  const { files, variant } = located;
  const { dimension, maxTokens, prefixes } = await factsOf(located);
  const settings = (await files.optional(TOKENIZER_CONFIG)) && (await files.sound(TOKENIZER_CONFIG));
  const tokenize = await bertTokenizer(await files.sound('tokenizer.json'), settings, maxTokens);
  const path = await files.sound(modelFile(variant));
  const session = await openSession(path);
  const run = async (texts: readonly string[]): Promise<Float32Array[]> => {
    const { ids, mask, length } = tokenize(texts);
    const dims = [texts.length, length];
    const types = { data: ids.map(() => 0), dims };
    const feeds = { input_ids: { data: ids, dims }, attention_mask: { data: mask, dims }, token_type_ids: types };
    const hidden = outputOf(await session.run(feeds), OUTPUT, path).data;
    if (hidden.length !== ids.length * dimension) {
      throw new InvalidInputError(
        `Cannot use model file "${path}": it gives ${hidden.length / ids.length} numbers a token, and its configuration says ${dimension}`,
      );
    }
    return unitRows(meanOverTokens(hidden, mask, texts.length, dimension), texts.length);
  };
  const batch = batchRule(session, 'input_ids', PREFERRED_BATCH);
  return {
    encode: (texts, as) =>
      inBatches(
        texts.map((text) => `${prefixes[as]}${text}`),
        batch,
        run,
      ),
    close: () => session.close(),
  };
}

/** [rows, tokens, dimension] and a mask of [rows, tokens] → [rows, dimension]. */
function meanOverTokens(hidden: Float32Array, mask: readonly number[], rows: number, dimension: number): Float32Array {
  const tokens = mask.length / rows;
  const means = new Float32Array(rows * dimension);
  for (let row = 0; row < rows; row++) {
    const counted = mask.slice(row * tokens, (row + 1) * tokens);
    const length = Math.max(
      1,
      counted.reduce((sum, one) => sum + one, 0),
    );
    for (const [token, one] of counted.entries()) {
      if (one === 0) continue;
      const from = (row * tokens + token) * dimension;
      for (let i = 0; i < dimension; i++) {
        const at = row * dimension + i;
        means[at] = (means[at] ?? 0) + (hidden[from + i] ?? 0) / length;
      }
    }
  }
  return means;
}
