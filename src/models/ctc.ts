/**
 * Greedy decoding of connectionist temporal classification: at each step the likeliest class; repeats are one, blanks none.
 *
 *     0 H H 0 e l l 0 l o  →  H e l l o          class 0 is the blank
 *
 * Graves et al., "Connectionist Temporal Classification: Labelling Unsegmented Sequence Data with Recurrent Neural
 * Networks", ICML 2006.
 *
 * @module
 */

export interface DecodedText {
  readonly text: string;
  /** Of each character (as the dictionary has it): the middle of its steps, as a share of all, in [0, 1]. */
  readonly characters: readonly { readonly text: string; readonly at: number }[];
  /** Mean probability of its characters, in [0, 1]; 0 for an empty text. */
  readonly score: number;
}

/**
 * Decodes a sequence of probabilities `[steps, classes]`.
 *
 * @param characters Of the classes from 1 on.
 */
export function ctcGreedy(probabilities: Float32Array, classes: number, characters: readonly string[]): DecodedText {
  const steps = Math.floor(probabilities.length / classes);
  const found: { text: string; first: number; last: number }[] = [];
  let sum = 0;
  let before = 0;
  for (let step = 0; step < steps; step++) {
    const start = step * classes;
    let best = 0;
    for (let each = 1; each < classes; each++) {
      if ((probabilities[start + each] ?? 0) > (probabilities[start + best] ?? 0)) best = each;
    }
    const last = found.at(-1);
    if (best !== 0 && best === before && last !== undefined) last.last = step;
    if (best !== 0 && best !== before) {
      found.push({ text: characters[best - 1] ?? '', first: step, last: step });
      sum += probabilities[start + best] ?? 0;
    }
    before = best;
  }
  return {
    text: found.map((each) => each.text).join(''),
    characters: found.map((each) => ({ text: each.text, at: (each.first + each.last + 1) / (2 * steps) })),
    score: found.length === 0 ? 0 : Math.min(1, sum / found.length),
  };
}
