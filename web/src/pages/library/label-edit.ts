/**
 * Labels of several contents as one form: what they have in common, and what an edit of it changes.
 *
 * @module
 */
import type { LabelChange, Labels } from 'fovea/client';
import { kindOf, type LabelKind, type LabelValue, parseLabel } from '../../state/label-value.ts';

export type { LabelValue } from '../../state/label-value.ts';
export type LabelType = LabelKind;

/** One key over all contents. */
export interface CommonLabel {
  readonly key: string;
  /** Contents that have it. */
  readonly count: number;
  /** Its value where all that have it have the same; undefined where they differ. */
  readonly value: LabelValue | undefined;
  /** How many different values it has. */
  readonly values: number;
}

/** Keys by name. */
export function commonLabels(contents: Iterable<{ readonly labels: Labels }>): CommonLabel[] {
  const keys = new Map<string, { count: number; values: Set<LabelValue> }>();
  for (const { labels } of contents) {
    for (const [key, value] of Object.entries(labels)) {
      const known = keys.get(key) ?? { count: 0, values: new Set() };
      known.count += 1;
      known.values.add(value);
      keys.set(key, known);
    }
  }
  return [...keys]
    .map(([key, { count, values }]) => ({ key, count, values: values.size, value: only(values) }))
    .toSorted((a, b) => a.key.localeCompare(b.key));
}

function only(values: ReadonlySet<LabelValue>): LabelValue | undefined {
  const [value] = values;
  return values.size === 1 ? value : undefined;
}

/** One line of the form. */
export interface LabelLine {
  readonly key: string;
  readonly type: LabelType;
  /** As it is typed; of `boolean`: `true` or `false`. */
  readonly text: string;
  readonly isRemoved: boolean;
  /** Whether a value was typed or chosen, so that it is set on all. */
  readonly isTouched: boolean;
  /** Not a label of any of the contents yet. */
  readonly isNew: boolean;
}

export const typeOf = (value: LabelValue | undefined): LabelType => (value === undefined ? 'text' : kindOf(value));

export function lineOf({ key, value }: CommonLabel): LabelLine {
  const text = value === undefined ? '' : String(value);
  return { key, type: typeOf(value), text, isRemoved: false, isTouched: false, isNew: false };
}

export const newLine = (): LabelLine => ({
  key: '',
  type: 'text',
  text: '',
  isRemoved: false,
  isTouched: true,
  isNew: true,
});

/** Another type of the same line, with what it held where that fits. */
export function withType(line: LabelLine, type: LabelType): LabelLine {
  const text = type === 'boolean' ? String(line.text === 'true') : line.text;
  return { ...line, type, text, isTouched: true };
}

/** Undefined where the text is no value of the type. */
export const valueOf = ({ type, text }: Pick<LabelLine, 'type' | 'text'>): LabelValue | undefined =>
  parseLabel(text, type);

/** Why a line can't be saved; undefined where it can. */
export function faultOf(line: LabelLine, lines: readonly LabelLine[]): 'no-key' | 'twice' | 'no-number' | undefined {
  if (line.isRemoved || !line.isTouched) return undefined;
  const key = line.key.trim();
  if (key === '') return line.text === '' ? undefined : 'no-key';
  if (lines.some((other) => other !== line && !other.isRemoved && other.key.trim() === key)) return 'twice';
  return valueOf(line) === undefined ? 'no-number' : undefined;
}

/** What saving changes; undefined where nothing does. */
export function changeOf(lines: readonly LabelLine[]): Required<LabelChange> | undefined {
  const set: Labels = {};
  const remove: string[] = [];
  for (const line of lines) {
    const key = line.key.trim();
    const value = valueOf(line);
    if (line.isRemoved) {
      if (!line.isNew) remove.push(key);
    } else if (line.isTouched && key !== '' && value !== undefined) set[key] = value;
  }
  return Object.keys(set).length + remove.length === 0
    ? undefined
    : { set, remove: remove.filter((key) => !(key in set)) };
}

/** Labels after a change. */
export function applyChange(labels: Labels, { set, remove }: Required<LabelChange>): Labels {
  return Object.fromEntries(Object.entries({ ...labels, ...set }).filter(([key]) => !remove.includes(key)));
}
