/**
 * The graphs of the library: which one is shown, and how.
 *
 * @module
 */
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { Graph } from 'fovea/client';
import { Plus, Trash2 } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useState, useSyncExternalStore } from 'react';
import { useFovea } from '../../api/fovea.tsx';
import { graphsQuery, statusQuery } from '../../api/queries.ts';
import { Button } from '../../components/Button.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { texts } from '../../texts.ts';
import { DeleteGraphDialog } from './DeleteGraphDialog.tsx';
import { type Flow, flowOf } from './flow.ts';
import styles from './GraphsTab.module.css';
import type { View } from './params.ts';
import { PolicyDetails } from './PolicyDetails.tsx';
import { PolicyList } from './PolicyList.tsx';
import { linksQuery } from './queries.ts';
import tables from './tables.module.css';

const GraphDrawing = lazy(() => import('./GraphDrawing.tsx'));
const GraphEditor = lazy(() => import('./GraphEditor.tsx'));

const words = texts.pipelines.graph;
const SHOWN_VIEWS = ['drawing', 'list', 'yaml'] as const;

export function GraphsTab() {
  const fovea = useFovea();
  const { data: graphs, error, refetch } = useQuery(graphsQuery(fovea));
  const { graph: name, view } = useSearch({ from: '/$namespace/pipelines' });
  if (error !== null && graphs === undefined) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (graphs === undefined) return null;
  if (view === 'new') return <NewGraph graphs={graphs} />;
  if (graphs.length === 0) return <NoGraph />;
  const shown = name === undefined ? graphs[0] : graphs.find((graph) => graph.name === name);
  return (
    <>
      <GraphChoice graphs={graphs} shown={shown?.name} />
      {shown === undefined ? (
        <p className={tables.note}>{words.missing(name ?? '')}</p>
      ) : (
        <OneGraph key={shown.name} graph={shown} graphs={graphs} />
      )}
    </>
  );
}

function NoGraph() {
  return (
    <div className={tables.empty}>
      <h2>{words.none}</h2>
      <p className={tables.note}>{words.noneBody}</p>
      <NewGraphLink />
    </div>
  );
}

function NewGraphLink() {
  const { namespace } = useFovea();
  return (
    <Link className={styles.add} to="/$namespace/pipelines" params={{ namespace }} search={{ view: 'new' }}>
      <Plus aria-hidden="true" />
      {words.add}
    </Link>
  );
}

function GraphChoice({ graphs, shown }: { readonly graphs: readonly Graph[]; readonly shown: string | undefined }) {
  const { namespace } = useFovea();
  return (
    <nav className={styles.choice} aria-label={words.choose}>
      {graphs.map(({ name }) => (
        <Link
          key={name}
          to="/$namespace/pipelines"
          params={{ namespace }}
          search={{ graph: name }}
          aria-current={name === shown ? 'true' : undefined}
        >
          {name}
        </Link>
      ))}
      <NewGraphLink />
    </nav>
  );
}

function NewGraph({ graphs }: { readonly graphs: readonly Graph[] }) {
  return (
    <>
      <GraphChoice graphs={graphs} shown={undefined} />
      <Suspense>
        <GraphEditor graph={undefined} graphs={graphs} />
      </Suspense>
    </>
  );
}

function OneGraph({ graph, graphs }: { readonly graph: Graph; readonly graphs: readonly Graph[] }) {
  const fovea = useFovea();
  const [removing, setRemoving] = useState(false);
  const { view, policy } = useSearch({ from: '/$namespace/pipelines' });
  const { data: status } = useQuery(statusQuery(fovea));
  const { data: links = [] } = useQuery(linksQuery(fovea, graph.name));
  const narrow = useNarrow();
  const shown: View = view ?? (narrow ? 'list' : 'drawing');
  const flow = flowOf({ graph, graphs, progress: status?.policies ?? [], links });
  const selected = flow.nodes.find((node) => node.kind === 'policy' && !node.foreign && node.policy.name === policy);
  return (
    <>
      <div className={styles.bar}>
        <div className={styles.title}>
          <h2>{graph.name}</h2>
          {graph.description !== undefined && <p className={tables.note}>{graph.description}</p>}
        </div>
        <ViewChoice graph={graph.name} shown={shown} />
        <Button kind="quiet" onClick={() => setRemoving(true)}>
          <Trash2 aria-hidden="true" />
          {words.remove}
        </Button>
      </div>
      <div className={styles.body} data-split={(selected !== undefined && shown !== 'yaml') || undefined}>
        <GraphView shown={shown} graph={graph} graphs={graphs} flow={flow} selected={policy} />
        {selected?.kind === 'policy' && shown !== 'yaml' && <PolicyDetails graph={graph} node={selected} view={view} />}
      </div>
      {removing && <DeleteGraphDialog graph={graph} onClose={() => setRemoving(false)} />}
    </>
  );
}

interface GraphViewProps {
  readonly shown: View;
  readonly graph: Graph;
  readonly graphs: readonly Graph[];
  readonly flow: Flow;
  readonly selected: string | undefined;
}

function GraphView({ shown, graph, graphs, flow, selected }: GraphViewProps): ReactNode {
  const { view } = useSearch({ from: '/$namespace/pipelines' });
  if (shown === 'list') return <PolicyList graph={graph.name} flow={flow} view={view} selected={selected} />;
  return (
    <Suspense>
      {shown === 'yaml' ? (
        <GraphEditor graph={graph} graphs={graphs} />
      ) : (
        <GraphDrawing graph={graph.name} flow={flow} view={view} selected={selected} />
      )}
    </Suspense>
  );
}

function ViewChoice({ graph, shown }: { readonly graph: string; readonly shown: View }) {
  const navigate = useNavigate({ from: '/$namespace/pipelines' });
  return (
    <div className={styles.views} role="group" aria-label={words.views}>
      {SHOWN_VIEWS.map((each) => (
        <button
          key={each}
          type="button"
          aria-pressed={each === shown}
          onClick={() => void navigate({ search: ({ policy }) => ({ graph, view: each, policy }) })}
        >
          {words.view[each]}
        </button>
      ))}
    </div>
  );
}

const NARROW = '(max-width: 720px)';

/** Whether the window is a phone's, on which a list says more than a drawing. */
function useNarrow(): boolean {
  return useSyncExternalStore(
    (listener) => {
      const query = matchMedia(NARROW);
      query.addEventListener('change', listener);
      return () => query.removeEventListener('change', listener);
    },
    () => matchMedia(NARROW).matches,
  );
}
