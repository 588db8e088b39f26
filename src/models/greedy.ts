/**
 * Greedy decoding of a sequence model: the likeliest token each time, under the rules that its configuration names.
 *
 *     tokens[0] = start;   tokens[n] = argmax of logits(tokens[0 … n−1]) over what the rules allow
 *
 * Rules as transformers applies them: a forced first token; no n-gram twice, the start token counted; an end where the length is
 * used up.
 *
 * @module
 */

export interface GreedyRules {
  readonly startToken: number;
  readonly endToken: number;
  /** The token behind the start, whatever the model says. */
  readonly forcedFirst?: number;
  /** Length of the sequences of which none may come twice; 0: any may. */
  readonly noRepeatNgram: number;
  /** Tokens at most, the start and the end among them; at least 2. */
  readonly maxLength: number;
}

/**
 * Tokens from the start token to the end token, both included.
 *
 * @param logitsOf The model's scores behind what was said so far, one a token of the vocabulary. Called once a position, except
 * where only one token is allowed and the sequence ends with it.
 */
export async function greedyDecode(
  logitsOf: (tokens: readonly number[]) => Promise<Float32Array>,
  rules: GreedyRules,
): Promise<number[]> {
  const tokens = [rules.startToken];
  while (tokens.length < rules.maxLength) {
    if (tokens.length === rules.maxLength - 1) return [...tokens, rules.endToken];
    const next = nextToken(await logitsOf(tokens), tokens, rules);
    tokens.push(next);
    if (next === rules.endToken) break;
  }
  return tokens;
}

/** The first of the likeliest tokens that the rules allow; the end token where they allow none. */
export function nextToken(logits: Float32Array, tokens: readonly number[], rules: GreedyRules): number {
  const { forcedFirst, noRepeatNgram, endToken } = rules;
  if (tokens.length === 1 && forcedFirst !== undefined) return forcedFirst;
  const banned = repeatedBy(tokens, noRepeatNgram);
  let best = -1;
  for (const [token, score] of logits.entries()) {
    if (banned.has(token) || Number.isNaN(score)) continue;
    if (best < 0 || score > (logits[best] ?? Number.NEGATIVE_INFINITY)) best = token;
  }
  return best < 0 ? endToken : best;
}

/** Tokens that would say an n-gram again. */
function repeatedBy(tokens: readonly number[], n: number): ReadonlySet<number> {
  const banned = new Set<number>();
  if (n < 1 || tokens.length < n - 1) return banned;
  const last = tokens.slice(tokens.length - (n - 1));
  for (let start = 0; start + n <= tokens.length; start++) {
    const next = tokens[start + n - 1];
    if (next !== undefined && last.every((token, i) => tokens[start + i] === token)) banned.add(next);
  }
  return banned;
}
