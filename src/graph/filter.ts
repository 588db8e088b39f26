/**
 * Conditions on labels: `key OP value`, e.g. `source=google`, `size>=10`.
 *
 *     OP     =  !=  >  <  >=  <=          the first one in the text ends the key
 *     value  JSON where it is a text in quotes, a number, true, false or null; else the text as it stands
 *
 * Conditions of a list must all hold. Two values compare only if they have the same type, and a label that is missing
 * matches nothing, not even `!=` (Indexify's rules). Texts compare by UTF-16 units, `false < true`.
 *
 * @module
 */
import { InvalidInputError } from '../contract/index.ts';
import type { LabelFilter, Labels } from '../contract/index.ts';

const GRAMMAR = /^([^=!<>]*(?:!(?!=)[^=!<>]*)*)(!=|>=|<=|=|>|<)(.*)$/s;

/** Begins of a value that show a wrong operator, with the right one. */
const MISTAKEN: readonly (readonly [string, string])[] = [
  ['==', '='],
  ['=>', '>='],
  ['=<', '<='],
  ['<>', '!='],
];

/** @throws InvalidInputError with what is wrong and an example. */
export function parseFilter(text: string): LabelFilter {
  const [, key = '', op = '', value = ''] = GRAMMAR.exec(text) ?? [];
  if (op === '') throw refused(text, 'it has no operator; write it like "source=google" or "size>=10"');
  if (key.trim() === '') throw refused(text, 'it has no key before the operator; write it like "source=google"');
  const rest = value.trim();
  const mistake = MISTAKEN.find(([wrong]) => `${op}${rest}`.startsWith(wrong));
  if (mistake !== undefined) throw refused(text, `"${mistake[0]}" is no operator, did you mean "${mistake[1]}"?`);
  if (/^[=<>]/.test(rest))
    throw refused(text, 'the value starts with an operator; put it in double quotes if it should');
  return { key: key.trim(), op: operator(op), value: parseLabelValue(rest) };
}

/** A value as the grammar reads it: JSON text, number, boolean or null; else the text itself, without spaces around it. */
export function parseLabelValue(text: string): string | number | boolean | null {
  const trimmed = text.trim();
  try {
    const value: unknown = JSON.parse(trimmed);
    if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
  } catch {
    // No JSON: the text itself.
  }
  return trimmed;
}

/** The text of a condition; reading it gives the condition again unless its key holds an operator or outer spaces. */
export function formatFilter({ key, op, value }: LabelFilter): string {
  const plain = typeof value === 'string' && !/^[=<>]/.test(value) && parseLabelValue(value) === value;
  return `${key}${op}${plain ? value : JSON.stringify(value)}`;
}

/** True where every condition holds. */
export function matches(filters: readonly LabelFilter[], labels: Labels): boolean {
  return filters.every((filter) => mismatch(filter, labels) === undefined);
}

/** Why the condition does not hold, for people; undefined where it does. */
export function mismatch(filter: LabelFilter, labels: Labels): string | undefined {
  const wanted = `filter "${formatFilter(filter)}"`;
  const label = Object.hasOwn(labels, filter.key) ? labels[filter.key] : undefined;
  if (label === undefined) return `${wanted} needs label "${filter.key}", which it does not have`;
  if (typeof label !== typeof filter.value) {
    return `${wanted} compares with ${article(filter.value)}, and its label "${filter.key}" is ${article(label)}: ${JSON.stringify(label)}`;
  }
  return holds(label, filter) ? undefined : `${wanted} does not hold: its label is ${JSON.stringify(label)}`;
}

/** Both sides have one type. */
function holds(label: string | number | boolean, { op, value }: LabelFilter): boolean {
  if (value === null) return false;
  switch (op) {
    case '=':
      return label === value;
    case '!=':
      return label !== value;
    case '>':
      return label > value;
    case '<':
      return label < value;
    case '>=':
      return label >= value;
    case '<=':
      return label <= value;
  }
}

function article(value: LabelFilter['value']): string {
  if (value === null) return 'null, which no label is';
  return typeof value === 'string' ? 'a text' : `a ${typeof value}`;
}

function operator(text: string): LabelFilter['op'] {
  switch (text) {
    case '!=':
    case '>=':
    case '<=':
    case '>':
    case '<':
      return text;
    default:
      return '=';
  }
}

function refused(text: string, why: string): InvalidInputError {
  return new InvalidInputError(`Cannot read filter "${text}": ${why}`, [{ path: '', message: why }]);
}
