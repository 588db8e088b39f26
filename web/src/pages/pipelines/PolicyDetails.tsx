/**
 * Everything about one policy, beside the drawing.
 *
 * @module
 */
import { Link } from '@tanstack/react-router';
import type { Graph, Policy, PolicyProgress } from 'fovea/client';
import { X } from 'lucide-react';
import { useEffect, useRef, type ReactNode } from 'react';
import { useFovea } from '../../api/fovea.tsx';
import { formatCount } from '../../state/format.ts';
import { texts } from '../../texts.ts';
import type { PolicyNode } from './flow.ts';
import { OutputTable } from './OutputTable.tsx';
import type { View } from './params.ts';
import styles from './PolicyDetails.module.css';
import { takesText } from './PolicyList.tsx';
import { Extent, StateChip } from './progress.tsx';
import { promptOf } from './prompt-text.ts';
import { PromptForm } from './PromptForm.tsx';
import { tableQueryText } from './sql-text.ts';
import tables from './tables.module.css';

const words = texts.pipelines.policy;

export interface PolicyDetailsProps {
  readonly graph: Graph;
  readonly node: PolicyNode;
  readonly view: View | undefined;
}

export function PolicyDetails({ graph, node, view }: PolicyDetailsProps) {
  const { namespace } = useFovea();
  const { policy, progress, next } = node;
  const newest = next?.policy ?? policy;
  const prompt = promptOf(newest.params);
  const heading = useRef<HTMLHeadingElement>(null);
  // What was asked for by a click is where the keys go on.
  useEffect(() => heading.current?.focus(), [node.id]);
  return (
    <aside className={styles.details} aria-label={policy.name}>
      <header className={styles.head}>
        <h3 ref={heading} tabIndex={-1}>
          {policy.name}
        </h3>
        <StateChip node={node} />
        <Link
          className={styles.close}
          to="/$namespace/pipelines"
          params={{ namespace }}
          search={{ graph: policy.graph, ...(view === undefined ? {} : { view }) }}
          aria-label={words.close}
          resetScroll={false}
        >
          <X aria-hidden="true" />
        </Link>
      </header>
      <Extent progress={progress} />
      {progress !== undefined && <Counts progress={progress} />}
      {next?.progress !== undefined && (
        <>
          <p className={tables.note}>
            {words.version} {next.policy.version}: {words.building}
          </p>
          <Counts progress={next.progress} />
        </>
      )}
      <Waiting policy={newest} />
      {prompt !== undefined && <PromptForm key={node.id} graph={graph} policy={policy.name} prompt={prompt} />}
      <Facts policy={policy} />
      <h4>{words.writes}</h4>
      <OutputTable output={policy.output} />
      <p className={tables.actionsRow}>
        <Link to="/$namespace/sql" params={{ namespace }} search={sqlSearch(`${policy.graph}.${policy.name}`)}>
          {words.toRows}
        </Link>
        {(progress?.failed ?? 0) > 0 && (
          <Link to="/$namespace/pipelines" params={{ namespace }} search={{ tab: 'failures' }}>
            {words.toFailures}
          </Link>
        )}
      </p>
    </aside>
  );
}

/** The SQL page's address for the rows of a table. */
export const sqlSearch = (table: string): { query: string } => ({ query: tableQueryText(table) });

function Counts({ progress }: { readonly progress: PolicyProgress }) {
  const { waiting, running, done, failed, perSecond, secondsLeft } = progress;
  const counts = { waiting, running, done, failed };
  return (
    <dl className={styles.counts}>
      {(Object.keys(counts) as (keyof typeof counts)[]).map((count) => (
        <div key={count}>
          <dt>{words.count[count]}</dt>
          <dd data-state={count === 'failed' && failed > 0 ? 'failed' : undefined}>{formatCount(counts[count])}</dd>
        </div>
      ))}
      {perSecond > 0 && waiting + running > 0 && (
        <div>
          <dt>{words.count.rate}</dt>
          <dd>{texts.progress.rate(perSecond)}</dd>
        </div>
      )}
      {secondsLeft !== null && (
        <div>
          <dt>{words.count.left}</dt>
          <dd>{texts.progress.left(secondsLeft)}</dd>
        </div>
      )}
    </dl>
  );
}

function Waiting({ policy: { waitingFor } }: { readonly policy: Policy }) {
  const { namespace } = useFovea();
  if (waitingFor === undefined) return null;
  return (
    <div className={styles.waiting}>
      <h4>{words.waitingFor}</h4>
      <p>{waitingFor}</p>
      <Link to="/$namespace/pipelines" params={{ namespace }} search={{ tab: 'models' }}>
        {words.toModels}
      </Link>
    </div>
  );
}

function Facts({ policy }: { readonly policy: Policy }) {
  const { namespace } = useFovea();
  const { extractor, extractorVersion, model, contentSource, filter, params, version } = policy;
  const facts: readonly (readonly [string, ReactNode])[] = [
    [
      words.extractor,
      <>
        <Link to="/$namespace/pipelines" params={{ namespace }} search={{ tab: 'extractors', extractor }}>
          {extractor}
        </Link>{' '}
        {texts.pipelines.extractors.version(extractorVersion)}
      </>,
    ],
    [words.model, model ?? words.none],
    [words.takes, takesText(contentSource)],
    [words.filter, filter.map(({ key, op, value }) => `${key} ${op} ${JSON.stringify(value)}`).join(', ')],
    [
      words.params,
      Object.entries(params)
        .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
        .join('\n'),
    ],
    [words.version, formatCount(version)],
  ];
  return (
    <dl className={styles.facts}>
      {facts
        .filter(([, value]) => value !== '')
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
