/**
 * How far indexing is, in the corner of every page: a slim bar while it runs, with the details behind it.
 *
 * @module
 */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Status } from 'fovea/client';
import { useFovea } from '../api/fovea.tsx';
import { statusQuery } from '../api/queries.ts';
import { formatCount } from '../state/format.ts';
import { texts } from '../texts.ts';
import styles from './Progress.module.css';

const DETAILS = 'progress-details';

export function Progress() {
  const fovea = useFovea();
  const { data: status } = useQuery(statusQuery(fovea));
  if (!status) return null;
  const failed = status.failedContents + status.unreadableFiles.total;
  if (!status.busy && failed === 0 && status.notes.length === 0) return null;
  return (
    <>
      <button type="button" className={styles.trigger} popoverTarget={DETAILS}>
        <span className="visually-hidden">{texts.progress.label}</span>
        {status.busy && <Running status={status} />}
        {failed > 0 && <span className={styles.failed}>{formatCount(failed)}</span>}
        {!status.busy && failed === 0 && <span className={styles.note}>!</span>}
      </button>
      <section id={DETAILS} popover="auto" className={styles.popup} aria-label={texts.progress.label}>
        <Details status={status} namespace={fovea.namespace} />
      </section>
    </>
  );
}

function Running({ status }: { readonly status: Status }) {
  const { indexedContents: done, contents: total, perSecond, secondsLeft } = status;
  const { progress } = texts;
  return (
    <>
      <span className={styles.numbers}>{progress.brief(done, total)}</span>
      {perSecond > 0 && <span className={styles.extra}>{progress.rate(perSecond)}</span>}
      {secondsLeft !== null && <span className={styles.extra}>{progress.left(secondsLeft)}</span>}
      <progress className={styles.bar} value={done} max={Math.max(1, total)} aria-hidden="true" />
    </>
  );
}

function Details({ status, namespace }: { readonly status: Status; readonly namespace: string }) {
  const { progress } = texts;
  return (
    <>
      <h2 className={styles.title}>
        {status.busy ? progress.brief(status.indexedContents, status.contents) : progress.done(status.indexedContents)}
      </h2>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{progress.policy.name}</th>
            <th scope="col">{progress.policy.done}</th>
            <th scope="col">{progress.policy.left}</th>
            <th scope="col">{progress.policy.failed}</th>
          </tr>
        </thead>
        <tbody>
          {status.policies.map((policy) => (
            <tr key={`${policy.graph}.${policy.policy}.${policy.version}`}>
              <th scope="row">
                {policy.graph}.{policy.policy}
                {policy.waitingFor !== null && <small>{policy.waitingFor}</small>}
              </th>
              <td>{formatCount(policy.done)}</td>
              <td>{formatCount(policy.waiting + policy.running)}</td>
              <td>{formatCount(policy.failed)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {status.notes.map((note) => (
        <p key={note} className={styles.hint}>
          {note}
        </p>
      ))}
      {status.failedContents > 0 && (
        <p className={styles.hint}>
          {progress.failed(status.failedContents)}{' '}
          <Link to="/$namespace/library" params={{ namespace }} search={{ state: 'failed' }}>
            {progress.see}
          </Link>
        </p>
      )}
      {status.unreadableFiles.total > 0 && (
        <div className={styles.hint}>
          {progress.unreadable(status.unreadableFiles.total)}
          <ul className={styles.problems}>
            {status.unreadableFiles.problems.map((problem) => (
              <li key={problem.path}>{problem.message}</li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}
