/**
 * The same as the drawing, as a table: for phones and for those who read it by ear.
 *
 * @module
 */
import { Link } from '@tanstack/react-router';
import { useFovea } from '../../api/fovea.tsx';
import { formatCount } from '../../state/format.ts';
import { texts } from '../../texts.ts';
import { type Flow, type GraphNode, PICTURES, type PolicyNode } from './flow.ts';
import type { View } from './params.ts';
import { StateChip, totalOf } from './progress.tsx';
import tables from './tables.module.css';

const words = texts.pipelines.policy;
const COUNTS = ['waiting', 'running', 'done', 'failed'] as const;
/** On phones these are told by the policy's details alone. */
const CLASSES: Readonly<Record<(typeof COUNTS)[number], string>> = {
  waiting: `${tables.number} ${tables.extra}`,
  running: `${tables.number} ${tables.extra}`,
  done: tables.number ?? '',
  failed: tables.number ?? '',
};

export interface PolicyListProps {
  readonly graph: string;
  readonly flow: Flow;
  readonly view: View | undefined;
  readonly selected: string | undefined;
}

export function PolicyList({ graph, flow, view, selected }: PolicyListProps) {
  const policies = flow.nodes.filter((node) => node.kind === 'policy' && !node.foreign) as PolicyNode[];
  const linked = flow.nodes.filter((node): node is GraphNode => node.kind === 'graph');
  return (
    <div className={tables.section}>
      <div className={tables.scroll} tabIndex={0} role="region" aria-label={texts.pipelines.graph.view.list}>
        <table className={tables.table}>
          <thead>
            <tr>
              <th scope="col">{words.name}</th>
              <th scope="col" className={tables.extra}>
                {words.takes}
              </th>
              <th scope="col">{words.state}</th>
              {COUNTS.map((count) => (
                <th key={count} scope="col" className={CLASSES[count]}>
                  {words.count[count]}
                </th>
              ))}
              <th scope="col" className={CLASSES.running}>
                {words.count.left}
              </th>
            </tr>
          </thead>
          <tbody>
            {policies.map((node) => (
              <Row key={node.id} node={node} view={view} current={node.policy.name === selected} />
            ))}
          </tbody>
        </table>
      </div>
      {linked.map((node) => (
        <Linked key={node.id} node={node} from={flow.edges.find(({ to }) => to === node.id)?.from} graph={graph} />
      ))}
    </div>
  );
}

interface RowProps {
  readonly node: PolicyNode;
  readonly view: View | undefined;
  readonly current: boolean;
}

function Row({ node, view, current }: RowProps) {
  const { namespace } = useFovea();
  const { policy, progress, next } = node;
  return (
    <tr>
      <th scope="row">
        <Link
          to="/$namespace/pipelines"
          params={{ namespace }}
          search={{ graph: policy.graph, policy: policy.name, ...(view === undefined ? {} : { view }) }}
          aria-current={current ? 'true' : undefined}
          resetScroll={false}
        >
          {policy.name}
        </Link>
        <small>
          {policy.extractor}
          {policy.model !== undefined && ` · ${policy.model}`}
        </small>
      </th>
      <td className={tables.extra}>{takesText(policy.contentSource)}</td>
      <td>
        <StateChip node={node} />
        {policy.waitingFor !== undefined && <small>{policy.waitingFor}</small>}
        {next?.progress !== undefined && (
          <small>{words.next(next.policy.version, next.progress.done, totalOf(next.progress))}</small>
        )}
      </td>
      {COUNTS.map((count) => (
        <td key={count} className={CLASSES[count]}>
          {progress === undefined ? '' : formatCount(progress[count])}
        </td>
      ))}
      <td className={CLASSES.running}>
        {progress?.secondsLeft == null
          ? ''
          : `${texts.progress.left(progress.secondsLeft)}, ${texts.progress.rate(progress.perSecond)}`}
      </td>
    </tr>
  );
}

interface LinkedProps {
  readonly node: GraphNode;
  readonly from: string | undefined;
  readonly graph: string;
}

function Linked({ node, from, graph }: LinkedProps) {
  const { namespace } = useFovea();
  const source = from === undefined || from === PICTURES ? undefined : from.slice(graph.length + 1);
  return (
    <p className={tables.note}>
      {texts.pipelines.graph.link}:{' '}
      <Link to="/$namespace/pipelines" params={{ namespace }} search={{ graph: node.graph }}>
        {node.graph}
      </Link>{' '}
      ({words.takes}: {takesText(source)})
    </p>
  );
}

export function takesText(contentSource: string | undefined): string {
  return contentSource === undefined ? words.pictures : words.boxesOf(contentSource);
}
