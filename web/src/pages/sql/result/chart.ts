/**
 * Whether and how a result can be drawn: what is along the axis, which number is drawn over it, and why not.
 *
 * @module
 */
import type { SqlResult } from 'fovea/client';
import { cellText, type Column, isCode, isMoment, isNumber } from './cells.ts';

export interface Point {
  readonly label: string;
  readonly value: number;
  /** Along the axis of a line: a number, or milliseconds since 1970. */
  readonly at: number;
}

export interface Chart {
  readonly kind: 'bars' | 'line';
  readonly labels: Column;
  readonly values: Column;
  readonly points: readonly Point[];
  /** Rows that are not drawn: those without a value, and those beyond the most that can be read. */
  readonly left: number;
}

/** Why a result can't be drawn: no rows; nothing to count by; no number; none in the column `values`. */
export interface NotDrawn {
  readonly why: 'empty' | 'noLabel' | 'noNumber' | 'noValue';
  readonly values: string;
}

/** Bars that can be read below each other, and points of a line. */
const MOST_BARS = 60;
const MOST_POINTS = 2000;

/**
 * The first text (or day) is the axis, the first number besides it the value; a result of numbers only has the first as
 * its axis. Texts are bars, days and numbers a line in their order.
 *
 * @returns Why it can't be drawn, where it can't.
 */
export function chartOf({ columns, rows }: Pick<SqlResult, 'columns' | 'rows'>): Chart | NotDrawn {
  if (rows.length === 0) return { why: 'empty', values: '' };
  const numbers = columns.filter(isNumber);
  const labels = columns.find((column) => !isNumber(column) && !isCode(column)) ?? numbers[0];
  const values = numbers.find((column) => column !== labels);
  if (labels === undefined) return { why: 'noLabel', values: '' };
  if (values === undefined) return { why: 'noNumber', values: '' };
  const isLine = isNumber(labels) || isMoment(labels);
  const points = rows.flatMap((row): Point[] => {
    const { [labels.name]: label, [values.name]: given } = row;
    if (given === null || given === undefined) return [];
    const value = Number(given);
    const at = isMoment(labels) ? Date.parse(String(label)) : Number(label ?? Number.NaN);
    if (!Number.isFinite(value) || (isLine && !Number.isFinite(at))) return [];
    return [{ label: cellText(label, labels) ?? 'null', value, at }];
  });
  if (points.length === 0) return { why: 'noValue', values: values.name };
  if (isLine && points.length > 1) {
    const kept = points.toSorted((a, b) => a.at - b.at).slice(0, MOST_POINTS);
    return { kind: 'line', labels, values, points: kept, left: rows.length - kept.length };
  }
  const kept = points.slice(0, MOST_BARS);
  return { kind: 'bars', labels, values, points: kept, left: rows.length - kept.length };
}

/** Lowest and highest value of the axis: with zero, so that lengths can be compared. */
export function valueRange(points: readonly Point[]): { readonly low: number; readonly high: number } {
  let low = 0;
  let high = 0;
  for (const { value } of points) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low === high ? { low, high: low + 1 } : { low, high };
}

/** Round numbers from `low` to `high`, about `count` of them: steps of 1, 2 or 5 times a power of ten. */
export function ticks(low: number, high: number, count: number): number[] {
  const rough = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((one) => one >= rough) ?? power;
  const first = Math.ceil(low / step);
  const last = Math.floor(high / step);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}
