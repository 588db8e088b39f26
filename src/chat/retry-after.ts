/**
 * `Retry-After` of HTTP: seconds, or a date (RFC 9110, 10.2.3).
 *
 * @module
 */

/** Milliseconds from `now` on, at least 0; undefined where there is none, or none that can be read. */
export function retryAfterMs(header: string | null, now: number = Date.now()): number | undefined {
  if (header === null) return undefined;
  const text = header.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const date = /^[A-Z][a-z]{2},/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
