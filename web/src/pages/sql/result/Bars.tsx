/**
 * Lying bars, so that labels can be read.
 *
 * @module
 */
import { formatValue } from './axis.ts';
import { type Chart, valueRange } from './chart.ts';
import styles from './ResultChart.module.css';

/** CSS pixels. */
const ROW = 28;
const BAR = 18;
const CHARACTER = 7;
/** Beside a bar, for its number. */
const NUMBER = 72;

export interface DrawingProps {
  readonly chart: Chart;
  readonly width: number;
  readonly title: string;
}

export function Bars({ chart: { points }, width, title }: DrawingProps) {
  const { low, high } = valueRange(points);
  const longest = Math.max(...points.map(({ label }) => label.length));
  const labels = Math.min(Math.round(width * 0.35), longest * CHARACTER + 12);
  const letters = Math.max(4, Math.floor(labels / CHARACTER) - 1);
  const scale = Math.max(1, width - labels - NUMBER) / (high - low);
  const zero = labels - low * scale;
  return (
    <svg className={styles.drawing} width={width} height={points.length * ROW} role="img" aria-label={title}>
      {points.map(({ label, value }, index) => {
        const y = index * ROW;
        const length = Math.max(1, Math.abs(value) * scale);
        const x = value < 0 ? zero - length : zero;
        return (
          <g key={index}>
            <title>{`${label}: ${formatValue(value)}`}</title>
            <rect className={styles.row} x={0} y={y} width={width} height={ROW} />
            <text className={styles.label} x={labels - 12} y={y + ROW / 2} textAnchor="end">
              {label.length > letters ? `${label.slice(0, letters - 1)}…` : label}
            </text>
            <rect className={styles.bar} x={x} y={y + (ROW - BAR) / 2} width={length} height={BAR} rx={3} />
            <text className={styles.number} x={Math.max(x + length, zero) + 8} y={y + ROW / 2}>
              {formatValue(value)}
            </text>
          </g>
        );
      })}
    </svg>
  );
}
