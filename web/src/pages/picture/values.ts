/**
 * Values of columns as people read them.
 *
 * @module
 */
import { formatMoment } from '../../state/format.ts';
import { texts } from '../../texts.ts';

/** Numbers of an array that are still shown one by one. */
const MOST_NUMBERS = 8;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:?\d{2})$/;

const { values, numbers } = texts.picture.found;
const whole = new Intl.NumberFormat(navigator.language, { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat(navigator.language, { maximumFractionDigits: 1 });
const small = new Intl.NumberFormat(navigator.language, { maximumSignificantDigits: 3 });
const degrees = new Intl.NumberFormat(navigator.language, { maximumFractionDigits: 5 });

/** @param unit As the table names it, e.g. `px`, `deg`. */
export function formatValue(value: unknown, unit?: string): string {
  if (value === null || value === undefined) return values.null;
  if (typeof value === 'boolean') return value ? values.yes : values.no;
  if (typeof value === 'number') return formatNumber(value, unit);
  if (typeof value === 'string') return INSTANT.test(value) ? formatMoment(value) : value;
  if (Array.isArray(value)) {
    if (value.length > MOST_NUMBERS && value.every((each) => typeof each === 'number')) return numbers(value.length);
    return value.map((each) => formatValue(each, unit)).join(', ');
  }
  return JSON.stringify(value);
}

function formatNumber(value: number, unit: string | undefined): string {
  if (unit === 'deg') return degrees.format(value);
  if (Number.isInteger(value) || Math.abs(value) >= 1000) return whole.format(value);
  return Math.abs(value) < 10 ? small.format(value) : short.format(value);
}
