/**
 * Calls of the functions that are written as other SQL before a statement runs: `embed` and `similarity`.
 *
 * @module
 */
import type { Random } from './random.ts';

/** Texts that `embed` takes, in the ways in which SQL writes them. */
export const TEXTS: readonly string[] = ["'a dog'", '$1', "$$it's )$$", "E'\\n'"];

export interface VectorPieces {
  /** What stands for the name of an index and for its text, as SQL. */
  readonly name: string;
  readonly text: string;
  /** What may stand between words. */
  readonly space: string;
  readonly hasEmbedding: boolean;
}

/** Something that is a vector, where its pieces are what they should be. */
export function vector(random: Random, { name, text, space, hasEmbedding }: VectorPieces): string {
  return random.pick([
    `embed(${name},${space}${text})`,
    `embed${space}(${name}${space}, ${text})`,
    hasEmbedding ? 'c.embedding' : "'[1,0,0]'",
  ]);
}

/** How near two vectors are. */
export function nearness(random: Random, a: string, b: string): string {
  return random.pick([
    `similarity(${a}, ${b})`,
    `similarity(${a}/* ) */,\t${b}--,\n)`,
    `(${a} <=> ${b})`,
    `round(similarity(${a}, ${b})::numeric, 2)`,
  ]);
}
