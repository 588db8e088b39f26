/**
 * What stands at the nodes of a drawing.
 *
 * @module
 */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Images, Workflow } from 'lucide-react';
import { useFovea } from '../../api/fovea.tsx';
import { statusQuery } from '../../api/queries.ts';
import { texts } from '../../texts.ts';
import styles from './cards.module.css';
import type { PolicyNode } from './flow.ts';
import type { View } from './params.ts';
import { Extent, StateChip, totalOf } from './progress.tsx';

/** Where pictures come from: the library. */
export function PicturesCard() {
  const fovea = useFovea();
  const { data: status } = useQuery(statusQuery(fovea));
  return (
    <Link className={styles.small} to="/$namespace/library" params={{ namespace: fovea.namespace }} search={{}}>
      <Images aria-hidden="true" />
      <strong>{texts.pipelines.graph.pictures}</strong>
      <span>{texts.count.photos(status?.contents ?? 0)}</span>
    </Link>
  );
}

/** A graph that the shown one is linked to. */
export function GraphCard({ graph }: { readonly graph: string }) {
  const { namespace } = useFovea();
  return (
    <Link className={styles.small} to="/$namespace/pipelines" params={{ namespace }} search={{ graph }}>
      <Workflow aria-hidden="true" />
      <strong>{graph}</strong>
      <span>{texts.pipelines.graph.linkBody}</span>
    </Link>
  );
}

export interface PolicyCardProps {
  readonly node: PolicyNode;
  readonly view: View | undefined;
  readonly selected: boolean;
}

export function PolicyCard({ node, view, selected }: PolicyCardProps) {
  const { namespace } = useFovea();
  const { policy, progress, next, foreign } = node;
  const words = texts.pipelines.policy;
  const note = next?.progress ?? progress;
  return (
    <Link
      className={styles.card}
      data-foreign={foreign || undefined}
      data-selected={selected || undefined}
      aria-current={selected ? 'true' : undefined}
      to="/$namespace/pipelines"
      params={{ namespace }}
      search={{ graph: policy.graph, policy: policy.name, ...(view === undefined ? {} : { view }) }}
      resetScroll={false}
    >
      <span className={styles.head}>
        <strong>{policy.name}</strong>
        <StateChip node={node} />
      </span>
      <span className={styles.what}>
        {foreign ? texts.pipelines.graph.ofGraph(policy.graph) : policy.extractor}
        {policy.model !== undefined && ` · ${policy.model}`}
      </span>
      <Extent progress={progress} />
      <span className={styles.counts}>
        {progress !== undefined && words.progress(progress.done, totalOf(progress))}
        {progress?.secondsLeft != null && (
          <span>
            {texts.progress.rate(progress.perSecond)} · {texts.progress.left(progress.secondsLeft)}
          </span>
        )}
      </span>
      <span className={styles.note}>
        {policy.waitingFor ??
          (next?.progress === undefined
            ? note !== undefined && words.counts({ ...note, failed: 0 })
            : words.next(next.policy.version, next.progress.done, totalOf(next.progress)))}
      </span>
    </Link>
  );
}
