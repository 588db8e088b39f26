/**
 * Helpers with which an extractor declares what it writes: `columns: { score: real({ range: [0, 1] }) }`.
 *
 * @module
 */
import type { ColumnSpec, ColumnType, ColumnValue, FeatureRow, QueryKind, VectorSpec } from '../contract/index.ts';

/** What may be said of any column. */
export interface ColumnOptions {
  /** One line for people and for language models that write SQL. */
  readonly description?: string;
  /** Long values that nobody reads, e.g. small pictures: shown by the view of the policy only, and not with a content's features. */
  readonly bulky?: true;
}

/** What may be said of a text. */
export interface TextOptions extends ColumnOptions {
  /**
   * BCP 47 tag of the language that the text is written in: `en`, `zh`, `und` where it is not known. Makes the column one
   * that a search looks words up in; without it the column is for SQL alone.
   */
  readonly language?: string;
}

/** What may be said of a number. */
export interface NumberOptions extends ColumnOptions {
  /** E.g. `px` (pixels of the upright original), `deg`, `s`, `m`. */
  readonly unit?: string;
  /** Lowest and highest value, inclusive; a row outside fails its picture. */
  readonly range?: readonly [number, number];
}

/** Unicode text without NUL characters. */
export function text(options: TextOptions = {}): ColumnSpec {
  return column('text', options);
}

/** A whole number, exact: within ±(2⁵³ − 1). 64-bit hashes are texts. */
export function integer(options: NumberOptions = {}): ColumnSpec {
  return column('integer', options);
}

/** A finite number. */
export function real(options: NumberOptions = {}): ColumnSpec {
  return column('real', options);
}

export function boolean(options: ColumnOptions = {}): ColumnSpec {
  return column('boolean', options);
}

/** An instant, written as ISO 8601 with `Z` or an offset: `2024-05-01T12:00:00+02:00`. */
export function timestamp(options: ColumnOptions = {}): ColumnSpec {
  return column('timestamp', options);
}

/** Any JSON object or array: for what has no fixed columns. What people will ask for deserves a column of its own. */
export function json(options: ColumnOptions = {}): ColumnSpec {
  return column('json', options);
}

/** `[x1, y1, x2, y2]` in pixels of the upright original, x2 and y2 exclusive. */
export function box(options: ColumnOptions = {}): ColumnSpec {
  return column('box', { unit: 'px', ...options });
}

/** A list of texts. */
export function texts(options: TextOptions = {}): ColumnSpec {
  return column('text[]', options);
}

/** A list of numbers; `range` holds for each. */
export function reals(options: NumberOptions = {}): ColumnSpec {
  return column('real[]', options);
}

/**
 * A searchable vector of that many components, which rows carry L2-normalised.
 *
 * @param queries What questions the extractor encodes in its space; absent: words and pictures.
 */
export function vector(dimension: number, queries?: readonly QueryKind[]): VectorSpec {
  return { dimension, metric: 'cosine', ...(queries === undefined ? {} : { queries: [...queries] }) };
}

/** One row of a result. Every declared column is named; `null` says "not known". */
export function row(
  columns: Readonly<Record<string, ColumnValue>>,
  vectors: Readonly<Record<string, Float32Array>> = {},
): FeatureRow {
  return { columns, vectors };
}

function column(type: ColumnType, { range, ...options }: NumberOptions & TextOptions): ColumnSpec {
  return { type, ...options, ...(range === undefined ? {} : { range: [range[0], range[1]] }) };
}
