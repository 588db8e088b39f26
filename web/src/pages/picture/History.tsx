/**
 * What was done with the picture and how it went, and what it comes from.
 *
 * @module
 */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Content, Task } from 'fovea/client';
import { useFovea } from '../../api/fovea.tsx';
import { derivedQuery } from './derived-query.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatMoment } from '../../state/format.ts';
import { texts } from '../../texts.ts';
import styles from './Panel.module.css';
import { Retry } from './Retry.tsx';

const { history: words } = texts.picture;

export interface HistoryProps {
  readonly content: Content;
  readonly tasks: readonly Task[] | undefined;
  readonly error: Error | null;
}

export function History({ content, tasks = [], error }: HistoryProps) {
  return (
    <>
      <section className={styles.section}>
        <h3 className={styles.heading}>{words.tasks}</h3>
        {error !== null && <ErrorNotice error={error} />}
        <ul className={styles.tasks}>
          {tasks.map((task) => (
            <TaskItem key={`${task.graph ?? ''}.${task.policy}.${task.version}`} task={task} />
          ))}
        </ul>
        {tasks.some(({ state }) => state === 'failed') && <Retry contentId={content.contentId}>{words.retry}</Retry>}
      </section>
      <Lineage content={content} />
    </>
  );
}

function TaskItem({ task: { graph, policy, version, state, attempts, error } }: { readonly task: Task }) {
  return (
    <li className={styles.task} data-state={state}>
      <span className={styles.taskName}>
        {graph === undefined ? (
          words.reading
        ) : (
          <>
            {policy} <span className={styles.aside}>{graph}</span>
          </>
        )}
      </span>
      <span className={styles.state}>{words.states[state]}</span>
      <span className={styles.muted}>
        {words.version(version)} · {words.attempts(attempts)}
      </span>
      {error !== null && <p className={styles.taskError}>{error}</p>}
    </li>
  );
}

function Lineage({ content: { contentId, parentId, rootId, createdAt } }: { readonly content: Content }) {
  const fovea = useFovea();
  const { data: derived = [] } = useQuery(derivedQuery(fovea, contentId));
  return (
    <section className={styles.section}>
      <h3 className={styles.heading}>{words.lineage}</h3>
      {parentId === null && <p>{words.root}</p>}
      <p className={styles.muted}>{words.added(formatMoment(createdAt))}</p>
      <dl className={styles.list}>
        {parentId !== null && (
          <div>
            <dt>{words.parent}</dt>
            <dd>
              <ContentLink contentId={parentId} name={parentId} />
            </dd>
          </div>
        )}
        {rootId !== contentId && rootId !== parentId && (
          <div>
            <dt>{words.origin}</dt>
            <dd>
              <ContentLink contentId={rootId} name={rootId} />
            </dd>
          </div>
        )}
        {derived.length > 0 && (
          <div>
            <dt>{words.derived}</dt>
            <dd>
              <ul>
                {derived.map((each) => (
                  <li key={each.contentId}>
                    <ContentLink {...each} />
                  </li>
                ))}
              </ul>
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
}

function ContentLink({ contentId, name }: { readonly contentId: string; readonly name: string }) {
  const { namespace } = useFovea();
  return (
    <Link to="/$namespace/picture/$contentId" params={{ namespace, contentId }}>
      {name === '' ? contentId : name}
    </Link>
  );
}
