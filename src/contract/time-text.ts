/**
 * Times in a video as people read them: `12.4 s`, and from a minute on `2:05.3` or `1:02:05.3`.
 *
 * @module
 */

/** @param timeMs From the start of the video, 0 or more. */
export function timeText(timeMs: number): string {
  const tenths = Math.round(timeMs / 100);
  const seconds = (tenths % 600) / 10;
  if (tenths < 600) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(tenths / 600);
  const padded = seconds.toFixed(1).padStart(4, '0');
  if (minutes < 60) return `${minutes}:${padded}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${padded}`;
}
