/**
 * Workers that are alive, what they do, and those that ended within the last hour.
 *
 * @module
 */
import { useQuery } from '@tanstack/react-query';
import type { WorkerInfo } from 'fovea/client';
import { useFovea } from '../../api/fovea.tsx';
import { formatCount, formatMoment } from '../../state/format.ts';
import { texts } from '../../texts.ts';
import { Refused } from './Refused.tsx';
import { workersQuery } from './queries.ts';
import tables from './tables.module.css';

const words = texts.pipelines.workers;
const ENDED: ReadonlySet<WorkerInfo['state']> = new Set(['stopped', 'died', 'lost']);

export function WorkersTab() {
  const { data, error, refetch } = useQuery(workersQuery(useFovea()));
  if (error !== null) return <Refused error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return null;
  const alive = data.filter(({ state }) => !ENDED.has(state));
  const ended = data.filter(({ state }) => ENDED.has(state));
  return (
    <>
      {alive.length === 0 ? <p className={tables.note}>{words.none}</p> : <Workers label={words.id} workers={alive} />}
      {ended.length > 0 && (
        <section className={tables.section}>
          <h2>{words.ended}</h2>
          <Workers label={words.ended} workers={ended} />
        </section>
      )}
    </>
  );
}

function Workers({ label, workers }: { readonly label: string; readonly workers: readonly WorkerInfo[] }) {
  return (
    <div className={tables.scroll} tabIndex={0} role="region" aria-label={label}>
      <table className={tables.table}>
        <thead>
          <tr>
            <th scope="col">{words.id}</th>
            <th scope="col">{words.state}</th>
            <th scope="col">{words.doing}</th>
            <th scope="col" className={tables.number}>
              {words.completed}
            </th>
            <th scope="col">{words.started}</th>
            <th scope="col">{words.seen}</th>
          </tr>
        </thead>
        <tbody>
          {workers.map((worker) => (
            <Row key={worker.id} worker={worker} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ worker }: { readonly worker: WorkerInfo }) {
  const { id, host, version, local, extractors, state, startedAt, seenAt, doing, completed, refuses } = worker;
  const where = [host, local ? words.here : words.elsewhere, version].filter(Boolean).join(' · ');
  return (
    <tr>
      <th scope="row" className={tables.wide}>
        {id}
        <small>{where}</small>
        {extractors !== null && (
          <small>
            {words.extractors} {extractors.join(', ')}
          </small>
        )}
        {refuses.map(({ policy, reason }) => (
          <small key={policy}>{words.refuses(policy, reason)}</small>
        ))}
      </th>
      <td>
        <span className={tables.chip} data-state={CHIPS[state]}>
          {words.states[state]}
        </span>
      </td>
      <td className={tables.wide}>
        {doing === null ? words.nothing : words.doingNow(doing.contents, doing.policies.join(', '))}
        {doing !== null && (
          <small>
            {words.started} {formatMoment(doing.since)}
          </small>
        )}
      </td>
      <td className={tables.number}>{formatCount(completed)}</td>
      <td>{formatMoment(startedAt)}</td>
      <td>{formatMoment(seenAt)}</td>
    </tr>
  );
}

const CHIPS: Readonly<Record<WorkerInfo['state'], string | undefined>> = {
  working: 'done',
  waiting: undefined,
  stopped: undefined,
  died: 'failed',
  lost: 'failed',
};
