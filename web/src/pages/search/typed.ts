/**
 * What somebody typed into the box: words that say what to look for, and among them
 *
 *     object:dog  color:"light blue"  camera:…  year:2015  label:trip=rome       hits must have it
 *     -object:dog                                                                hits must not have it
 *     text:"no parking"                                                          hits must have this text
 *     -car  -text:"no parking"  -"no parking"                                    hits must not have these words
 *
 * @module
 */
import type { FacetColumn } from './facet-columns.ts';
import type { FacetValue } from './params.ts';

export interface Understood {
  /** What is left: words to look for. */
  readonly words: string;
  readonly values: readonly { readonly of: string; readonly value: FacetValue; readonly mode: 'must' | 'without' }[];
  readonly has: readonly string[];
  readonly not: readonly string[];
}

/** What is being typed at the end of the text, and may be completed. */
export interface Unfinished {
  readonly column: FacetColumn;
  readonly mode: 'must' | 'without';
  /** Beginning of the value. */
  readonly start: string;
  /** The text before it. */
  readonly before: string;
}

const TOKEN = /(?<=^|\s)(-?)(?:([a-z]+):((?:[^\s"=]+=)?)("[^"]*"|\S+)|("[^"]*"|[^\s-]\S*))(?=\s|$)/giu;
const UNFINISHED = /(?<=^|\s)(-?)([a-z]+):([^"\s]*|(?:[^\s"=]+=)?"[^"]*)$/iu;

/** Reads a text that is finished. What names no facet of the library stays among the words. */
export function understand(text: string, columns: readonly FacetColumn[]): Understood {
  const values: Understood['values'][number][] = [];
  const has: string[] = [];
  const not: string[] = [];
  const words = text.replaceAll(TOKEN, (whole, ...groups: (string | undefined)[]) => {
    const [minus, name, key, value, word] = groups;
    if (name === undefined || value === undefined) {
      if (minus !== '-' || word === undefined) return whole;
      if (unquoted(word) !== '') not.push(unquoted(word));
      return '';
    }
    if (unquoted(value) === '') return whole;
    if (name.toLowerCase() === 'text') {
      (minus === '-' ? not : has).push(unquoted(`${key ?? ''}${value}`));
      return '';
    }
    const found = columnOf(name, key ?? '', columns);
    if (found === undefined) return whole;
    values.push({ of: found.of, value: valueOf(found, unquoted(value)), mode: minus === '-' ? 'without' : 'must' });
    return '';
  });
  return { words: words.replaceAll(/\s+/g, ' ').trim(), values, has, not };
}

/** What stands at the end of the text and could be completed to a value of a facet. */
export function unfinished(text: string, columns: readonly FacetColumn[]): Unfinished | undefined {
  const match = UNFINISHED.exec(text);
  if (match === null) return undefined;
  const [, minus = '', name = '', rest = ''] = match;
  const at = rest.indexOf('=');
  const key = name === 'label' && at > 0 ? rest.slice(0, at + 1) : '';
  const column = columnOf(name, key, columns);
  if (column === undefined) return undefined;
  const start = rest.slice(key.length).replace(/^"/, '');
  return { column, mode: minus === '-' ? 'without' : 'must', start, before: text.slice(0, match.index) };
}

function columnOf(name: string, key: string, columns: readonly FacetColumn[]): FacetColumn | undefined {
  const kind = name.toLowerCase() === 'colour' ? 'color' : name.toLowerCase();
  if (kind !== 'label') return columns.find((column) => column.kind === kind);
  return columns.find((column) => column.kind === kind && column.name === key.slice(0, -1));
}

function valueOf({ kind }: FacetColumn, text: string): FacetValue {
  return kind === 'year' && /^\d{1,6}$/.test(text) ? Number(text) : text;
}

const unquoted = (text: string): string => (/^".*"$/u.test(text) ? text.slice(1, -1) : text).trim();

/** Begins with something that is understood as more than words, and may not be finished. */
const TAIL = /(?<=^|\s)(-?(?:[a-z]+:)?(?:[^\s"=]+=)?"[^"]*|-\S*|[a-z]+:\S*)$/iu;

/** What can be read already while somebody types, and what at its end may go on. */
export function settledPart(text: string): [settled: string, rest: string] {
  const match = TAIL.exec(text);
  return match === null ? [text, ''] : [text.slice(0, match.index), text.slice(match.index)];
}

/** The text with what stands unfinished at its end completed to a value. */
export function completed(text: string, columns: readonly FacetColumn[], value: FacetValue): string {
  const open = unfinished(text, columns);
  if (open === undefined) return text;
  const name = open.column.kind === 'label' ? `label:${open.column.name}=` : `${open.column.kind}:`;
  return `${open.before}${open.mode === 'without' ? '-' : ''}${name}"${value}"`;
}
