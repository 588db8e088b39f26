/**
 * Values of labels as they are typed into a form: a text, a number, or yes or no.
 *
 * @module
 */
import type { Labels } from 'fovea/client';

export type LabelValue = Labels[string];
export type LabelKind = 'text' | 'number' | 'boolean';

export function kindOf(value: LabelValue): LabelKind {
  return typeof value === 'string' ? 'text' : typeof value === 'number' ? 'number' : 'boolean';
}

/** Undefined where the text is no value of that kind. */
export function parseLabel(text: string, kind: LabelKind): LabelValue | undefined {
  if (kind === 'text') return text;
  if (kind === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  const number = Number(text.trim());
  return text.trim() === '' || !Number.isFinite(number) ? undefined : number;
}
