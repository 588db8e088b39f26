/**
 * A grouped result, drawn: bars for texts, a line for days and numbers; the same numbers as a table for who can't see it.
 *
 * @module
 */
import type { SqlResult } from 'fovea/client';
import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import { texts } from '../../../texts.ts';
import { Bars } from './Bars.tsx';
import { type Chart, chartOf } from './chart.ts';
import { Line } from './Line.tsx';
import styles from './ResultChart.module.css';

export function ResultChart({ result }: { readonly result: SqlResult }) {
  const chart = useMemo(() => chartOf(result), [result]);
  if ('why' in chart) return <p className={styles.reason}>{texts.sql.chart[chart.why](chart.values)}</p>;
  return <Drawing chart={chart} />;
}

function Drawing({ chart }: { readonly chart: Chart }) {
  const figure = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = figure.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setWidth(Math.floor(element.clientWidth)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const { kind, labels, values, left } = chart;
  const title = texts.sql.chart.title(values.name, labels.name);
  return (
    <div className={styles.scroller} tabIndex={0} role="region" aria-label={texts.sql.chart.label}>
      <figure ref={figure} className={styles.figure}>
        <figcaption className={styles.title}>{title}</figcaption>
        {width > 0 &&
          (kind === 'bars' ? (
            <Bars chart={chart} width={width} title={title} />
          ) : (
            <Line chart={chart} width={width} title={title} />
          ))}
        {left > 0 && <p className={styles.left}>{texts.sql.chart.left(left)}</p>}
        <Numbers chart={chart} />
      </figure>
    </div>
  );
}

function Numbers({ chart: { labels, values, points } }: { readonly chart: Chart }) {
  return (
    <table className="visually-hidden">
      <thead>
        <tr>
          <th scope="col">{labels.name}</th>
          <th scope="col">{values.name}</th>
        </tr>
      </thead>
      <tbody>
        {points.map(({ label, value }, index) => (
          <tr key={index}>
            <th scope="row">{label}</th>
            <td>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
