/**
 * The texts of `embed()` become vectors, before a statement runs.
 *
 * @module
 */
import { FoveaError, SqlError } from '../../contract/index.ts';
import type { Dialect } from '../database.ts';
import { gateCondition } from './gate.ts';
import { embedTextFault, type EmbedCall, type SqlIndex } from './meaning.ts';
import type { Refusal } from './parse.ts';

/** What makes vectors of texts. */
export interface TextEmbedder {
  readonly indexes: readonly { readonly name: string; readonly dimension: number }[];
  /**
   * The L2-normalised vector of a text in an index's space.
   *
   * @throws FoveaError; `invalid_input` and `not_found` where the index takes no words.
   */
  embed(index: string, text: string): Promise<Float32Array>;
}

/** The indexes as the gate knows them. */
export function sqlIndexes(dialect: Dialect, embedder: TextEmbedder | undefined): SqlIndex[] {
  return (embedder?.indexes ?? []).map(({ name, dimension }) => ({ name, type: dialect.vectorType(dimension) }));
}

export interface EmbedOptions {
  /** Values of the statement's parameters. */
  readonly params?: readonly unknown[];
  readonly embedder: TextEmbedder | undefined;
  readonly refuse: Refusal;
}

/**
 * Vectors of the calls, in their order.
 *
 * @throws what `refuse` makes, for a parameter that is no text and for an index that takes no words.
 */
export async function embedTexts(
  calls: readonly EmbedCall[],
  { params = [], embedder, refuse }: EmbedOptions,
): Promise<Float32Array[]> {
  const asked = calls.map(({ index, text, position }) => {
    const value = typeof text === 'number' ? params[text - 1] : text;
    const fault = embedTextFault(value);
    if (fault !== undefined) throw refuse(`the value of $${text}, the text of embed(), ${fault}`, position);
    return { index, text: String(value), position };
  });
  return Promise.all(
    asked.map(async ({ index, text, position }) => {
      try {
        if (embedder === undefined) throw new RangeError('There is no embedder, and yet an index was known');
        return await embedder.embed(index, text);
      } catch (error) {
        const isTheIndex = error instanceof FoveaError && ['invalid_input', 'not_found'].includes(error.code);
        if (!isTheIndex) throw error;
        const refusal = refuse(`index "${index}" takes no words (${error.message})`, position);
        throw new SqlError(refusal.message, { position: refusal.position }, { cause: error });
      }
    }),
  );
}

/**
 * A condition over the view `content` (alias `c`) with the vectors that it needs.
 *
 * @returns SQL text of exactly one expression. May end in a comment: put it in parentheses, the closing one on its own line.
 * @throws as `gateCondition` and `embedTexts`.
 */
export async function readCondition(
  dialect: Dialect,
  where: string,
  options: Omit<Parameters<typeof gateCondition>[1], 'indexes'> & { readonly embedder?: TextEmbedder },
): Promise<string> {
  const { embedder } = options;
  const gated = await gateCondition(where, { ...options, indexes: sqlIndexes(dialect, embedder) });
  const refuse: Refusal = (reason, position) =>
    new SqlError(`Cannot filter by this condition: ${reason}`, { position });
  const vectors = await embedTexts(gated.embeds, { embedder, refuse });
  return gated.text(vectors.map((vector) => dialect.vector(vector)));
}
