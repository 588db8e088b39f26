/**
 * Why the picture is a hit of the search that it was opened from.
 *
 * @module
 */
import { useQuery } from '@tanstack/react-query';
import type { Explanation, Hit, LegEvidence } from 'fovea/client';
import { useFovea } from '../../api/fovea.tsx';
import { Button } from '../../components/Button.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatScore } from '../../state/format.ts';
import { texts } from '../../texts.ts';
import type { SearchParams } from '../search/params.ts';
import styles from './Panel.module.css';
import type { BoxView } from './use-box-view.ts';
import type { Neighbours } from './use-neighbours.ts';
import { formatValue } from './values.ts';
import { whyQuery } from './why-query.ts';

const { why: words } = texts.picture;

export interface WhyProps {
  readonly contentId: string;
  readonly params: SearchParams;
  readonly neighbours: Neighbours;
  readonly view: BoxView;
}

export function Why({ contentId, params, neighbours: { place, isLooking }, view }: WhyProps) {
  const query = { ...whyQuery(useFovea(), params, place ?? 1), enabled: place !== undefined };
  const { data: hits, error, refetch } = useQuery(query);
  if (error !== null) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (place === undefined) return <p className={styles.empty}>{isLooking ? words.loading : words.notFound}</p>;
  const hit = hits?.find((each) => each.contentId === contentId);
  if (hits === undefined) return <p className={styles.empty}>{words.loading}</p>;
  if (hit?.explanation === undefined) return <p className={styles.empty}>{words.notFound}</p>;
  return <Reasons hit={hit} explanation={hit.explanation} place={place} view={view} />;
}

interface ReasonsProps {
  readonly hit: Hit;
  readonly explanation: Explanation;
  readonly place: number;
  readonly view: BoxView;
}

function Reasons({ hit, explanation: { legs, labels, conditions }, place, view }: ReasonsProps) {
  return (
    <>
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
            <Leg key={`${leg.leg} ${leg.index}`} evidence={leg} view={view} />
          ))}
        </ul>
      </section>
      <Values title={words.labels} values={labels} />
      <Values title={words.conditions} values={conditions} />
    </>
  );
}

function Leg({ evidence, view }: { readonly evidence: LegEvidence; readonly view: BoxView }) {
  const { leg, index, rank, score, share, ord, region, words: matched } = evidence;
  return (
    <li className={styles.leg}>
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
      {ord !== null && region !== null && (
        <p className={styles.muted}>
          {words.box(ord)}{' '}
          <Button kind="quiet" onClick={() => view.highlight(boxKeyOf(index, ord))}>
            {words.showBox}
          </Button>
        </p>
      )}
    </li>
  );
}

function Values({ title, values }: { readonly title: string; readonly values: Readonly<Record<string, unknown>> }) {
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
    </section>
  );
}

/** Of the row that an index `<graph>.<policy>.<output>` has the vector of; rows of boxes have the same `ord` (`boxes.ts`). */
function boxKeyOf(index: string, ord: number): string {
  return `${index.split('.').slice(0, 2).join('.')}/${ord}`;
}
