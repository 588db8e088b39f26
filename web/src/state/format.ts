/**
 * Numbers, sizes, dates and durations as people read them.
 *
 * @module
 */
const LOCALE = navigator.language;
const numbers = new Intl.NumberFormat(LOCALE);
const scores = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const days = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium' });
const moments = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'short' });
const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** `1,204` */
export const formatCount = (value: number): string => numbers.format(value);

/** `0.31` */
export const formatScore = (value: number): string => scores.format(value);

/** `4.2 MB`, of 1,000 kB each */
export function formatBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  return new Intl.NumberFormat(LOCALE, {
    style: 'unit',
    unit: UNITS[power] ?? 'byte',
    unitDisplay: 'short',
    maximumSignificantDigits: 3,
  }).format(bytes / 1000 ** power);
}

/** @param iso ISO 8601 */
export const formatDay = (iso: string): string => days.format(new Date(iso));

/** @param iso ISO 8601 */
export const formatMoment = (iso: string): string => moments.format(new Date(iso));

/** `40 s`, `16 min`, `3 h 5 min` */
export function formatDuration(seconds: number): string {
  if (seconds < 90) return `${formatCount(Math.max(1, Math.round(seconds)))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  return `${formatCount(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}
