/**
 * What a Grounding DINO is asked for: phrases that end with full stops, as many in a pass as its text has room for.
 *
 *     skateboard. person.   →   [CLS] skate ##board . person . [SEP]
 *
 * The graph lets a token see its own phrase only: it masks attention between [CLS], [SEP], "." and "?". So neither of the two
 * can stand in a phrase, and phrases of one pass do not know of each other.
 *
 * @module
 */
import { InvalidInputError } from '../contract/index.ts';
import type { BertPieces } from './tokenizer.ts';

/** A word of a phrase: positions `from` to `to` (exclusive) of its pass have its pieces. */
interface PlacedWord {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** A phrase, with at least one word. */
export interface PlacedPhrase {
  readonly text: string;
  readonly words: readonly PlacedWord[];
}

/** One text of the model. */
export interface PromptPass {
  readonly ids: readonly number[];
  readonly phrases: readonly PlacedPhrase[];
}

/** What is between full stops (also question marks and line ends): lower case, each once, in their order. */
export function phrasesOf(prompt: string): string[] {
  const phrases = prompt
    .normalize('NFKC')
    .toLowerCase()
    .split(/[.?。\n\r]/u)
    .map((phrase) => phrase.replaceAll(/[\s\p{Cc}\p{Cs}]+/gu, ' ').trim());
  return [...new Set(phrases)].filter((phrase) => phrase !== '');
}

/**
 * Texts of at most `maxTokens` tokens that have all phrases of the prompt.
 *
 * @throws InvalidInputError for a prompt without phrases, a phrase of which the vocabulary knows nothing, and one that is longer
 * than a text.
 */
export function planPasses(prompt: string, pieces: BertPieces, maxTokens: number): PromptPass[] {
  const passes: { ids: number[]; phrases: PlacedPhrase[] }[] = [];
  for (const phrase of phrasesOf(prompt)) {
    const words = phrase.split(' ').map((text) => ({ text, ids: pieces.encode(text) }));
    const length = words.reduce((sum, { ids }) => sum + ids.length, 0);
    check(phrase, words, { ...pieces, room: maxTokens - 3, length });
    let pass = passes.at(-1);
    // With its stop and the pass's end.
    if (pass === undefined || pass.ids.length + length + 2 > maxTokens) {
      pass = { ids: [pieces.start], phrases: [] };
      passes.push(pass);
    }
    pass.phrases.push({ text: phrase, words: place(words, pass.ids) });
    pass.ids.push(pieces.stop);
  }
  if (passes.length === 0)
    throw refusal('the prompt names nothing; write what is looked for, with full stops: "skateboard. person."');
  return passes.map(({ ids, phrases }) => ({ ids: [...ids, pieces.end], phrases }));
}

/** Appends the words' tokens to `ids`. */
function place(words: readonly { text: string; ids: readonly number[] }[], ids: number[]): PlacedWord[] {
  return words.map(({ text, ids: own }) => {
    const from = ids.length;
    ids.push(...own);
    return { text, from, to: ids.length };
  });
}

function check(
  phrase: string,
  words: readonly { ids: readonly number[] }[],
  { unknown, room, length }: { unknown: number; room: number; length: number },
): void {
  const short = phrase.length > 60 ? `${phrase.slice(0, 60)}…` : phrase;
  if (words.every(({ ids }) => ids.every((id) => id === unknown)))
    throw refusal(`"${short}" is nothing that the model's vocabulary has; it was trained on English`);
  if (length > room)
    throw refusal(
      `"${short}" takes ${length} tokens, and the model reads ${room} at a time; divide what is looked for by full stops`,
    );
}

function refusal(reason: string): InvalidInputError {
  return new InvalidInputError(`Cannot look for the objects of this prompt: ${reason}`, [
    { path: 'prompt', message: reason },
  ]);
}
