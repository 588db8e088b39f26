/**
 * Texts as terms: what a text is found by.
 *
 *     "The dogs ran, 黑狗在跑"   english   →   the dogs ran | 黑狗 狗在 在跑 跑
 *
 * Words of scripts that put spaces between them are handed to the database, which stems them with the dictionary of the
 * column's language. Scripts that put none are cut into overlapping pairs of characters here, since PostgreSQL's parser
 * finds no words in them and each database would find something else; the last character of a run stands for itself too, so
 * that one character alone is found as the beginning of a term, wherever it stands.
 *
 * @module
 */
import type { Labels } from '../contract/index.ts';

/** A word is cut after so many characters, in documents and in questions: tsvector takes no lexeme above 2 kB. */
const MAX_WORD = 64;

/** What lies beyond is not searched: a tsvector ends at 1 MB of lexemes, and stems may be longer than their words. */
const MAX_DOCUMENT_BYTES = 512 * 1024;

/** Characters that are looked at. */
const MAX_TEXT = 2 ** 20;

const UNSPACED = String.raw`\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}`;

/** Letters, marks and numbers only: scripts' own full stops and commas are in the same blocks. */
const WORDS = new RegExp(`(?:(?=[\\p{L}\\p{M}\\p{N}])[${UNSPACED}])+|(?:(?![${UNSPACED}])[\\p{L}\\p{M}\\p{N}])+`, 'gu');

const IS_UNSPACED = new RegExp(`^[${UNSPACED}]`, 'u');
const IS_ASCII = /^[0-9a-z]+$/i;
const HAS_LETTER_OR_NUMBER = /[\p{L}\p{N}]/u;

/** A document's terms. */
export interface DocumentTerms {
  /** To be stemmed. */
  readonly words: readonly string[];
  /** Finished. */
  readonly grams: readonly string[];
}

/** The distinct terms of a text, in the order in which they are met. */
export function documentTerms(text: string): DocumentTerms {
  const words = new Set<string>();
  const grams = new Set<string>();
  let bytes = 0;
  for (const { term, unspaced } of runs(text)) {
    for (const each of unspaced ? pairs(term) : [term]) {
      const set = unspaced ? grams : words;
      if (set.has(each)) continue;
      bytes += Buffer.byteLength(each);
      if (bytes > MAX_DOCUMENT_BYTES) return { words: [...words], grams: [...grams] };
      set.add(each);
    }
  }
  return { words: [...words], grams: [...grams] };
}

/** A term of a question. */
export interface QueryTerm {
  /** Folded. */
  readonly term: string;
  /** A word is to be stemmed; a gram is finished; a single character is the beginning of one. */
  readonly kind: 'word' | 'gram' | 'character';
  /** As it was written; a gram, folded. */
  readonly written: string;
}

/** The distinct terms of a question, in its order; none for one without letters and numbers. */
export function queryTerms(text: string): QueryTerm[] {
  const terms = new Map<string, QueryTerm>();
  for (const { term, unspaced, written } of runs(text)) {
    const characters = unspaced ? [...term] : [];
    if (!unspaced) terms.set(term, terms.get(term) ?? { term, kind: 'word', written });
    else if (characters.length === 1) terms.set(term, { term, kind: 'character', written });
    else for (const gram of pairs(term).slice(0, -1)) terms.set(gram, { term: gram, kind: 'gram', written: gram });
  }
  return [...terms.values()];
}

/** A file's name as a text: no extension, and the parts of `IMG_2041` and `BeachParty2` beside the whole. */
export function nameText(name: string): string {
  const stem = name.replace(/\.[A-Za-z0-9]{1,5}$/, '');
  const parts = stem
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\p{L})(\p{N})/gu, '$1 $2')
    .replaceAll(/(\p{N})(\p{L})/gu, '$1 $2');
  return parts === stem ? stem : `${stem} ${parts}`;
}

/** The labels' values as a text: what somebody would type who has the picture in mind, not its keys. */
export function labelText(labels: Labels): string {
  return Object.values(labels)
    .filter((value) => typeof value === 'string' || typeof value === 'number')
    .join(' ');
}

/** Dictionaries that both databases ship: PostgreSQL 15 has them all. */
const DICTIONARIES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ar: 'arabic',
    ca: 'catalan',
    da: 'danish',
    de: 'german',
    el: 'greek',
    en: 'english',
    es: 'spanish',
    eu: 'basque',
    fi: 'finnish',
    fr: 'french',
    ga: 'irish',
    hi: 'hindi',
    hu: 'hungarian',
    hy: 'armenian',
    id: 'indonesian',
    it: 'italian',
    lt: 'lithuanian',
    nb: 'norwegian',
    ne: 'nepali',
    nl: 'dutch',
    nn: 'norwegian',
    no: 'norwegian',
    pt: 'portuguese',
    ro: 'romanian',
    ru: 'russian',
    sr: 'serbian',
    sv: 'swedish',
    ta: 'tamil',
    tr: 'turkish',
    yi: 'yiddish',
  }),
);

/** The dictionary that stems words of a language (BCP 47); undefined where words are left as they are. */
export function dictionaryOf(language: string): string | undefined {
  const name = DICTIONARIES.get(new Intl.Locale(language).language);
  return name === undefined ? undefined : `pg_catalog.${name}_stem`;
}

interface Run {
  readonly term: string;
  readonly unspaced: boolean;
  readonly written: string;
}

/** Words, and runs of a script without spaces. Folded after they were found, so that `written` is what stands there. */
function* runs(text: string): Generator<Run> {
  for (const [written] of text.slice(0, MAX_TEXT).matchAll(WORDS)) {
    if (IS_ASCII.test(written)) yield { term: cut(written.toLowerCase()), unspaced: false, written };
    else yield* foldedRuns(written);
  }
}

/** A compatibility form may stand for several words, and for what is no word. */
function* foldedRuns(written: string): Generator<Run> {
  for (const [folded] of fold(written).matchAll(WORDS)) {
    if (!HAS_LETTER_OR_NUMBER.test(folded)) continue;
    const unspaced = IS_UNSPACED.test(folded);
    yield { term: unspaced ? folded : cut(folded), unspaced, written };
  }
}

/** Compatibility forms and case are no difference: `Ａ` is `a`. */
function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase().normalize('NFKC');
}

function cut(word: string): string {
  return word.length <= MAX_WORD ? word : [...word].slice(0, MAX_WORD).join('');
}

function pairs(run: string): string[] {
  const characters = [...run];
  return characters.map((character, index) => character + (characters[index + 1] ?? ''));
}
