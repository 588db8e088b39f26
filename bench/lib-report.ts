/**
 * What every bench prints: a table, then one line of JSON `{ bench, ok, figures, missed }` as its last line.
 *
 * @module
 */

/** A figure with what it must reach; `goal` undefined: reported only. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly goal?: string;
  readonly met?: boolean;
}

/** Prints and sets the exit code: 1 when a goal was missed. */
export function report(bench: string, figures: readonly Figure[]): void {
  const width = Math.max(...figures.map(({ name }) => name.length));
  for (const { name, value, goal, met } of figures) {
    const verdict = goal === undefined ? '' : `  ${met === true ? 'ok ' : 'MISSED'} ${goal}`;
    console.log(`${name.padEnd(width)}  ${String(round(value)).padStart(10)}${verdict}`);
  }
  const missed = figures
    .filter(({ goal, met }) => goal !== undefined && met !== true)
    .map(({ name, goal }) => `${name}: ${goal}`);
  console.log(
    JSON.stringify({
      bench,
      ok: missed.length === 0,
      figures: Object.fromEntries(figures.map(({ name, value }) => [name, round(value)])),
      missed,
    }),
  );
  if (missed.length > 0) process.exitCode = 1;
}

/** A value that must lie within `tolerance` of `wanted`. */
export function near(name: string, value: number, wanted: number, tolerance: number): Figure {
  return { name, value, goal: `${wanted} ± ${tolerance}`, met: Math.abs(value - wanted) <= tolerance };
}

/** The q-quantile (0 … 1) of some numbers, by the nearest rank. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))] ?? Number.NaN;
}

function round(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value * 10) / 10 : Math.round(value * 10_000) / 10_000;
}
