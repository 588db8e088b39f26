/**
 * A line over days or numbers.
 *
 * @module
 */
import { formatDay } from '../../../state/format.ts';
import { formatValue } from './axis.ts';
import type { DrawingProps } from './Bars.tsx';
import { type Chart, ticks, valueRange } from './chart.ts';
import { isMoment } from './cells.ts';
import styles from './ResultChart.module.css';

/** CSS pixels: of the drawing, and around the lines for what is written there. */
const HEIGHT = 320;
const LEFT = 56;
const RIGHT = 24;
const TOP = 12;
const BOTTOM = 32;
/** Width of a label below the axis. */
const LABEL = 100;
/** Points that are marked each: more would cover the line. */
const MARKED = 100;

export function Line({ chart, width, title }: DrawingProps) {
  const { points } = chart;
  const { low, high } = valueRange(points);
  const first = points[0]?.at ?? 0;
  const last = points.at(-1)?.at ?? 0;
  const span = last === first ? 1 : last - first;
  const inner = Math.max(1, width - LEFT - RIGHT);
  const x = (at: number): number => LEFT + ((at - first) / span) * inner;
  const y = (value: number): number => TOP + (1 - (value - low) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  const path = points.map(
    ({ at, value }, index) => `${index === 0 ? 'M' : 'L'}${x(at).toFixed(1)} ${y(value).toFixed(1)}`,
  );
  return (
    <svg className={styles.drawing} width={width} height={HEIGHT} role="img" aria-label={title}>
      {ticks(low, high, 5).map((value) => (
        <g key={value}>
          <line className={styles.grid} x1={LEFT} x2={width - RIGHT} y1={y(value)} y2={y(value)} />
          <text className={styles.number} x={LEFT - 8} y={y(value)} textAnchor="end">
            {formatValue(value)}
          </text>
        </g>
      ))}
      {axisLabels(chart, x, Math.floor(inner / LABEL)).map(({ at, text }) => (
        <text
          key={at}
          className={styles.number}
          x={x(at)}
          y={HEIGHT - BOTTOM / 2}
          textAnchor={x(at) > width - LABEL / 2 ? 'end' : 'middle'}
        >
          {text}
        </text>
      ))}
      <path className={styles.line} d={path.join('')} />
      {points.length <= MARKED &&
        points.map(({ at, label, value }, index) => (
          <circle key={index} className={styles.point} cx={x(at)} cy={y(value)} r={3}>
            <title>{`${label}: ${formatValue(value)}`}</title>
          </circle>
        ))}
    </svg>
  );
}

/** What stands below the axis: round numbers, or days that have a point, as far apart as their texts need. */
function axisLabels({ labels, points }: Chart, x: (at: number) => number, count: number) {
  const first = points[0]?.at ?? 0;
  const last = points.at(-1)?.at ?? first;
  if (!isMoment(labels)) return ticks(first, last, Math.max(1, count)).map((at) => ({ at, text: String(at) }));
  const shown: { readonly at: number; readonly text: string }[] = [];
  for (const { at } of points) {
    const before = shown.at(-1);
    if (before !== undefined && x(at) - x(before.at) < LABEL) continue;
    shown.push({ at, text: formatDay(new Date(at).toISOString()) });
  }
  return shown;
}
