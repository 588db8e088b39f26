/**
 * Models that are here and that can be fetched, what they are for, and which policies wait for one.
 *
 * @module
 */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Graph, ModelInfo, PullProgress } from 'fovea/client';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { useFovea } from '../../api/fovea.tsx';
import { graphsQuery } from '../../api/queries.ts';
import { Button } from '../../components/Button.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { texts } from '../../texts.ts';
import styles from './ModelsTab.module.css';
import { modelsQuery } from './queries.ts';
import { Refused } from './Refused.tsx';
import tables from './tables.module.css';

const words = texts.pipelines.models;

export function ModelsTab() {
  const fovea = useFovea();
  const { data: models, error, refetch } = useQuery(modelsQuery(fovea));
  const { data: graphs = [] } = useQuery(graphsQuery(fovea));
  if (error !== null && models === undefined) return <Refused error={error} onRetry={() => void refetch()} />;
  if (models === undefined) return null;
  return (
    <>
      <WaitingPolicies graphs={graphs} />
      <div className={tables.scroll} tabIndex={0} role="region" aria-label={texts.pipelines.tab.models}>
        <table className={tables.table}>
          <thead>
            <tr>
              <th scope="col">{words.name}</th>
              <th scope="col" className={tables.extra}>
                {words.kind}
              </th>
              <th scope="col" className={tables.number}>
                {words.size}
              </th>
              <th scope="col" className={tables.extra}>
                {words.licence}
              </th>
              <th scope="col">{words.usedBy}</th>
              <th scope="col">{words.state}</th>
            </tr>
          </thead>
          <tbody>
            {models.map((model) => (
              <Row key={model.name} model={model} usedBy={usersOf(model.name, graphs)} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** Policies that were resolved to the model, or name it. */
function usersOf(model: string, graphs: readonly Graph[]): string[] {
  const users = graphs
    .flatMap(({ policies }) => policies)
    .filter((policy) => policy.model === model || policy.params.model === model);
  return [...new Set(users.map(({ graph, name }) => `${graph}.${name}`))];
}

function WaitingPolicies({ graphs }: { readonly graphs: readonly Graph[] }) {
  const waiting = graphs.flatMap(({ policies }) => policies).filter(({ waitingFor }) => waitingFor !== undefined);
  if (waiting.length === 0) return null;
  return (
    <section className={styles.waiting}>
      <h2>{words.waiting}</h2>
      <ul>
        {waiting.map(({ id, graph, name, waitingFor }) => (
          <li key={id}>
            <strong>
              {graph}.{name}
            </strong>
            : {waitingFor}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Row({ model, usedBy }: { readonly model: ModelInfo; readonly usedBy: readonly string[] }) {
  const { name, summary, kind, licence, state, sizeBytes, source } = model;
  return (
    <tr>
      <th scope="row" className={tables.wide}>
        {name}
        <small>{summary}</small>
        <small>{source}</small>
      </th>
      <td className={tables.extra}>{words.kinds[kind]}</td>
      <td className={tables.number}>{sizeBytes === null ? words.unknown : texts.count.bytes(sizeBytes)}</td>
      <td className={`${tables.wide} ${tables.extra}`}>{licence}</td>
      <td>{usedBy.join(', ')}</td>
      <td className={styles.state}>
        <span className={tables.chip} data-state={state === 'absent' ? undefined : 'done'}>
          {words.states[state]}
        </span>
        {state === 'absent' && <Fetch model={name} />}
      </td>
    </tr>
  );
}

function Fetch({ model }: { readonly model: string }) {
  const fovea = useFovea();
  const cache = useQueryClient();
  const [progress, setProgress] = useState<PullProgress>();
  const pull = useMutation({
    mutationFn: () => fovea.models.pull(model, { onProgress: setProgress }),
    onSuccess: () => cache.invalidateQueries(),
  });
  return (
    <div className={styles.fetch}>
      {pull.isPending ? (
        <>
          <progress
            aria-label={words.fetching(model)}
            {...(progress?.totalBytes == null ? {} : { value: progress.receivedBytes, max: progress.totalBytes })}
          />
          <span>{progress !== undefined && words.received(progress.receivedBytes, progress.totalBytes)}</span>
        </>
      ) : (
        <Button aria-label={words.fetchOf(model)} onClick={() => pull.mutate()}>
          <Download aria-hidden="true" />
          {words.fetch}
        </Button>
      )}
      {pull.error !== null && <ErrorNotice error={pull.error} />}
    </div>
  );
}
