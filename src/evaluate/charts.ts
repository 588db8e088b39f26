/**
 * Plots as SVG inside a page: colours are the page's `--series-1` … `--series-8`, so that they follow light and dark.
 *
 * @module
 */
import { escapeHtml } from './html.ts';

export interface Series {
  readonly name: string;
  readonly values: readonly number[];
}

export const SERIES_COLORS = 8;

const WIDTH = 520;
const HEIGHT = 300;
const FRAME = { left: 44, right: 12, top: 12, bottom: 40 };
const PLOT = { width: WIDTH - FRAME.left - FRAME.right, height: HEIGHT - FRAME.top - FRAME.bottom };
/** Lines of grid, in steps of 20 %. */
const LEVELS = [0, 0.2, 0.4, 0.6, 0.8, 1];
const CURVE_TICKS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

/** The colour of the n-th series, from 0; a ninth is dashed and has the first one's. */
export function seriesColor(index: number): string {
  return `var(--series-${(index % SERIES_COLORS) + 1})`;
}

/** Curves of values in [0, 1] over k = 1, 2, …; k on a logarithmic scale. */
export function curveChart(series: readonly Series[], axis: string): string {
  const most = Math.max(2, ...series.map(({ values }) => values.length));
  const x = (k: number): number => FRAME.left + (PLOT.width * Math.log(k)) / Math.log(most);
  const lines = series.map(({ name, values }, index) => {
    const points = values.map((value, place) => `${round(x(place + 1))},${round(yOf(value))}`);
    const dashes = index < SERIES_COLORS ? '' : ' stroke-dasharray="6 3"';
    return `<polyline points="${points.join(' ')}" fill="none" stroke="${seriesColor(index)}" stroke-width="2" stroke-linejoin="round"${dashes}><title>${escapeHtml(name)}</title></polyline>`;
  });
  const ticks = CURVE_TICKS.filter((k) => k <= most).map((k) => tick(x(k), String(k)));
  return chart(axis, [...levels(1), ...ticks, ...lines], axis);
}

/** Groups of bars, one bar a series; values are shares in [0, 1]. */
export function barChart(series: readonly Series[], groups: readonly string[], axis: string): string {
  const largest = Math.max(0.01, ...series.flatMap(({ values }) => values));
  const top = LEVELS.find((level) => level >= largest) ?? 1;
  const step = PLOT.width / groups.length;
  const width = (step * 0.8) / series.length;
  const bars = series.flatMap(({ name, values }, index) =>
    values.map((value, group) => {
      const left = FRAME.left + group * step + step * 0.1 + index * width;
      const y = yOf(value / top);
      const height = HEIGHT - FRAME.bottom - y;
      const title = `${name}, ${groups[group] ?? ''}: ${(100 * value).toFixed(1)} %`;
      return `<rect x="${round(left)}" y="${round(y)}" width="${round(Math.max(1, width - 1))}" height="${round(height)}" fill="${seriesColor(index)}"><title>${escapeHtml(title)}</title></rect>`;
    }),
  );
  const names = groups.map((group, index) => tick(FRAME.left + (index + 0.5) * step, group));
  return chart(axis, [...levels(top), ...names, ...bars], axis);
}

function chart(label: string, parts: readonly string[], axis: string): string {
  const below = `<text x="${FRAME.left + PLOT.width / 2}" y="${HEIGHT - 6}" text-anchor="middle">${escapeHtml(axis)}</text>`;
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(label)}">${parts.join('')}${below}</svg>`;
}

/** Lines of grid from 0 to `top`. */
function levels(top: number): string[] {
  return LEVELS.map((level) => {
    const y = round(yOf(level));
    return `<line x1="${FRAME.left}" x2="${WIDTH - FRAME.right}" y1="${y}" y2="${y}" class="grid"/><text x="${FRAME.left - 8}" y="${y + 4}" text-anchor="end">${Math.round(100 * level * top)} %</text>`;
  });
}

function tick(x: number, text: string): string {
  return `<text x="${round(x)}" y="${HEIGHT - FRAME.bottom + 16}" text-anchor="middle">${escapeHtml(text)}</text>`;
}

function yOf(share: number): number {
  return FRAME.top + PLOT.height * (1 - share);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
