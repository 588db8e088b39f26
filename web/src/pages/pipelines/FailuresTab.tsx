/**
 * What could not be extracted, by policy and reason.
 *
 * @module
 */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { RotateCcw } from 'lucide-react';
import { useFovea } from '../../api/fovea.tsx';
import { statusQuery } from '../../api/queries.ts';
import { Button } from '../../components/Button.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { texts } from '../../texts.ts';
import { byReason } from './failures.ts';
import styles from './FailuresTab.module.css';
import { failuresQuery } from './queries.ts';
import tables from './tables.module.css';

const words = texts.pipelines.failures;
/** The built-in policy that reads a picture's size; it has no graph. */
const READING = { graph: undefined, policy: 'picture' } as const;
/** Pictures that are named for a reason; the Library page has all. */
const NAMED = 8;

export function FailuresTab() {
  const fovea = useFovea();
  const cache = useQueryClient();
  const { data: status } = useQuery(statusQuery(fovea));
  const retry = useMutation({
    mutationFn: () => fovea.retry(),
    onSuccess: () => cache.invalidateQueries({ queryKey: [fovea.namespace] }),
  });
  if (status === undefined) return null;
  const failing = (status?.policies ?? []).filter(({ failed }) => failed > 0);
  const policies = new Map(failing.map(({ graph, policy }) => [`${graph}.${policy}`, { graph, policy }]));
  const isFine = (status?.failedContents ?? 0) === 0 && failing.length === 0;
  return (
    <>
      {isFine ? <NothingFailed /> : <Actions onRetry={() => retry.mutate()} isPending={retry.isPending} />}
      <p role="status" className={styles.status}>
        {retry.data === undefined ? '' : words.retried(retry.data)}
      </p>
      {retry.error !== null && <ErrorNotice error={retry.error} />}
      {!isFine &&
        [READING, ...policies.values()].map(({ graph, policy }) => (
          <PolicyFailures key={`${graph}.${policy}`} graph={graph} policy={policy} />
        ))}
    </>
  );
}

function NothingFailed() {
  return (
    <div className={tables.empty}>
      <h2>{words.none}</h2>
      <p className={tables.note}>{words.noneBody}</p>
    </div>
  );
}

interface ActionsProps {
  readonly onRetry: () => void;
  readonly isPending: boolean;
}

function Actions({ onRetry, isPending }: ActionsProps) {
  const { namespace } = useFovea();
  return (
    <div className={tables.actionsRow}>
      <Button onClick={onRetry} disabled={isPending}>
        <RotateCcw aria-hidden="true" />
        {words.retry}
      </Button>
      <Link to="/$namespace/library" params={{ namespace }} search={{ state: 'failed' }}>
        {words.library}
      </Link>
    </div>
  );
}

interface PolicyFailuresProps {
  readonly graph: string | undefined;
  readonly policy: string;
}

function PolicyFailures({ graph, policy }: PolicyFailuresProps) {
  const fovea = useFovea();
  const { data, error } = useQuery(failuresQuery(fovea, graph, policy));
  if (error !== null && data === undefined) return <ErrorNotice error={error} />;
  const reasons = byReason((data?.tasks ?? []).filter((task) => task.graph === graph));
  if (data === undefined || reasons.length === 0) return null;
  const title = graph === undefined ? words.reading : `${graph}.${policy}`;
  return (
    <section className={tables.section} aria-label={title}>
      <div className={tables.actionsRow}>
        <h2>{title}</h2>
        <span className={tables.chip} data-state="failed">
          {words.count(graph === undefined ? reasons.reduce((sum, each) => sum + each.tasks.length, 0) : data.total)}
        </span>
      </div>
      <ul className={styles.reasons}>
        {reasons.map(({ reason, tasks }) => (
          <li key={reason}>
            <p>{reason}</p>
            <ul className={styles.names}>
              {tasks.slice(0, NAMED).map(({ contentId, name }) => (
                <li key={contentId}>
                  <Link
                    to="/$namespace/picture/$contentId"
                    params={{ namespace: fovea.namespace, contentId }}
                    search={{}}
                  >
                    {name === '' ? texts.grid.unnamed : name}
                  </Link>
                </li>
              ))}
              {tasks.length > NAMED && <li>{words.more(tasks.length - NAMED)}</li>}
            </ul>
          </li>
        ))}
      </ul>
    </section>
  );
}
