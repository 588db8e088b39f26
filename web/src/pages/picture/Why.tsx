/**
 * Why the picture is a hit of the search that it was opened from.
 *
 * @module
 */
import { type BoundingBox, type Explanation, type Hit, type LegEvidence, timeText } from 'fovea/client';
import type { ReactNode } from 'react';
import { Button } from '../../components/Button.tsx';
import { formatScore } from '../../state/format.ts';
import { texts } from '../../texts.ts';
import { type Box, boxAt } from './boxes.ts';
import styles from './Panel.module.css';
import type { BoxView } from './use-box-view.ts';
import type { Neighbours } from './use-neighbours.ts';
import { formatValue } from './values.ts';

const { why: words } = texts.picture;

export interface WhyProps {
  readonly neighbours: Neighbours;
  readonly boxes: readonly Box[];
  readonly view: BoxView;
}

export function Why({ neighbours: { hit, place, isLooking }, boxes, view }: WhyProps) {
  if (hit?.explanation === undefined || place === undefined) {
    return <p className={styles.empty}>{isLooking ? words.loading : words.notFound}</p>;
  }
  const { legs, rows, labels, conditions } = hit.explanation;
  return (
    <>
      <Legs hit={hit} legs={legs} place={place} boxes={boxes} view={view} />
      <Values title={words.labels} values={labels} />
      <Values title={words.conditions} values={conditions} />
      {rows.map(({ table, ord, region, values, moment }) => (
        <Values
          key={`${table} ${moment?.contentId ?? ''} ${ord}`}
          title={words.row(table, ord, moment === undefined ? undefined : timeText(moment.timeMs))}
          values={values}
        >
          <ShowBox region={region} boxes={boxes} view={view} />
        </Values>
      ))}
    </>
  );
}

interface LegsProps extends Pick<WhyProps, 'boxes' | 'view'> {
  readonly hit: Hit;
  readonly legs: Explanation['legs'];
  readonly place: number;
}

function Legs({ hit, legs, place, boxes, view }: LegsProps) {
  return (
    <section className={styles.section}>
      <h3 className={styles.heading}>
        {words.rank(place)}
        {hit.score !== null && (
          <span className={styles.aside}>
            {words.score} {formatScore(hit.score)}
          </span>
        )}
      </h3>
      {legs.length === 0 && <p className={styles.muted}>{words.conditionsOnly}</p>}
      <ul className={styles.legs} aria-label={words.legsTitle}>
        {legs.map((leg) => (
          <Leg key={`${leg.leg} ${leg.index}`} evidence={leg} boxes={boxes} view={view} />
        ))}
      </ul>
    </section>
  );
}

interface LegProps extends Pick<WhyProps, 'boxes' | 'view'> {
  readonly evidence: LegEvidence;
}

function Leg({ evidence, boxes, view }: LegProps) {
  const { leg, index, rank, score, share, ord, region, words: matched, moments = [] } = evidence;
  return (
    <li>
      <p>
        <strong>{words.legs[leg]}</strong> <span className={styles.aside}>{index}</span>
      </p>
      <meter className={styles.share} min={0} max={1} value={share} aria-label={words.share(share)} />
      <p className={styles.muted}>
        {words.share(share)} · {words.legRank(rank)} · {words.legScore[leg]} {formatScore(score)}
      </p>
      {matched.length > 0 && (
        <p className={styles.muted}>
          {words.words}: {matched.map((word) => `“${word}”`).join(', ')}
        </p>
      )}
      {moments.length > 0 && (
        <p className={styles.muted}>{words.moments(moments.map(({ timeMs }) => timeText(timeMs)))}</p>
      )}
      {ord !== null && <p className={styles.muted}>{words.box(ord)}</p>}
      <ShowBox region={region} boxes={boxes} view={view} />
    </li>
  );
}

interface ShowBoxProps extends Pick<WhyProps, 'boxes' | 'view'> {
  readonly region: BoundingBox | null;
}

function ShowBox({ region, boxes, view }: ShowBoxProps) {
  const box = region === null ? undefined : boxAt(boxes, region);
  if (box === undefined) return null;
  return (
    <Button kind="plain" onClick={() => view.highlight(view.highlighted === box.key ? null : box.key)}>
      {words.showBox}
    </Button>
  );
}

interface ValuesProps {
  readonly title: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly children?: ReactNode;
}

function Values({ title, values, children }: ValuesProps) {
  const entries = Object.entries(values);
  if (entries.length === 0) return null;
  return (
    <section className={styles.section}>
      <h3 className={styles.heading}>{title}</h3>
      <dl className={styles.list}>
        {entries.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{formatValue(value)}</dd>
          </div>
        ))}
      </dl>
      {children}
    </section>
  );
}
