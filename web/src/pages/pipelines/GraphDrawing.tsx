/**
 * A graph as a drawing: pictures flow along its edges through policies. Its nodes are links, so keys go through them in
 * the order in which pictures do.
 *
 * @module
 */
import '@xyflow/react/dist/base.css';
import {
  Background,
  type Edge,
  Handle,
  MarkerType,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from '@xyflow/react';
import { Maximize, Minus, Plus } from 'lucide-react';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { Button } from '../../components/Button.tsx';
import { texts } from '../../texts.ts';
import type { Flow, FlowEdge, FlowNode } from './flow.ts';
import { GraphCard, PicturesCard, PolicyCard } from './cards.tsx';
import styles from './GraphDrawing.module.css';
import { type Layout, layoutFlow, MARGIN, type Size } from './layout.ts';
import type { View } from './params.ts';

/** The most that a drawing takes of the page's height, in CSS pixels; and the least. */
const MAX_HEIGHT = 760;
const MIN_HEIGHT = 240;
/** The smallest it is drawn; beyond that it is moved about. */
const MIN_SCALE = 0.3;

export interface GraphDrawingProps {
  readonly graph: string;
  readonly flow: Flow;
  readonly view: View | undefined;
  /** Name of the policy whose details are shown. */
  readonly selected: string | undefined;
}

type Drawn = Node<{
  readonly node: FlowNode;
  readonly layout: Layout;
  readonly view: View | undefined;
  readonly selected: boolean;
}>;

export default function GraphDrawing(props: GraphDrawingProps) {
  return (
    <ReactFlowProvider>
      <Drawing {...props} />
    </ReactFlowProvider>
  );
}

/** The margin is the layout's. */
const FIT = { padding: `${MARGIN}px`, maxZoom: 1 } as const;
const nodeTypes = { flow: Card };

function Drawing({ graph, flow, view, selected }: GraphDrawingProps) {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  // Places depend on what is connected to what, not on counts that change every second.
  const shape = JSON.stringify([flow.nodes.map(({ id, kind }) => [id, kind]), flow.edges]);
  const layout = useMemo(() => layoutFlow(flow, { width, height: MAX_HEIGHT }), [shape, width]);
  const height = Math.max(MIN_HEIGHT, Math.ceil(layout.height * Math.max(MIN_SCALE, layout.scale)));
  const nodes = flow.nodes.map((node): Drawn => {
    const { x, y, ...size } = layout.places.get(node.id) ?? { x: 0, y: 0, width: 0, height: 0 };
    const isSelected = node.kind === 'policy' && !node.foreign && node.policy.name === selected;
    const data = { node, layout, view, selected: isSelected };
    return { id: node.id, type: 'flow', className: 'nopan', position: { x, y }, ...size, data };
  });
  return (
    <div ref={frame} className={styles.frame} style={{ height }}>
      {width > 0 && (
        <ReactFlow<Drawn>
          aria-label={texts.pipelines.graph.drawing(graph)}
          nodes={nodes}
          edges={flow.edges.map(drawnEdge)}
          nodeTypes={nodeTypes}
          fitView
          fitViewOptions={FIT}
          minZoom={MIN_SCALE}
          maxZoom={1.5}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          zoomOnScroll={false}
          preventScrolling={false}
          disableKeyboardA11y
          colorMode="system"
        >
          <Background gap={20} />
          <Fit to={layout} room={{ width, height }} />
          <Zoom />
        </ReactFlow>
      )}
    </div>
  );
}

/** Shows all of the drawing whenever it or its room has changed. */
function Fit({ to, room }: { readonly to: Layout; readonly room: Size }) {
  const { fitView } = useReactFlow();
  useEffect(() => {
    void fitView(FIT);
  }, [fitView, to, room.width, room.height]);
  return null;
}

function Zoom() {
  const { zoomIn, zoomOut, fitView } = useReactFlow();
  const words = texts.pipelines.graph;
  return (
    <div className={styles.zoom}>
      <Button kind="quiet" square aria-label={words.zoomIn} title={words.zoomIn} onClick={() => void zoomIn()}>
        <Plus aria-hidden="true" />
      </Button>
      <Button kind="quiet" square aria-label={words.zoomOut} title={words.zoomOut} onClick={() => void zoomOut()}>
        <Minus aria-hidden="true" />
      </Button>
      <Button kind="quiet" square aria-label={words.fit} title={words.fit} onClick={() => void fitView(FIT)}>
        <Maximize aria-hidden="true" />
      </Button>
    </div>
  );
}

function Card({ data: { node, layout, view, selected } }: NodeProps<Drawn>) {
  const down = layout.direction === 'down';
  return (
    <>
      <Handle type="target" position={down ? Position.Top : Position.Left} className={styles.handle} />
      {node.kind === 'pictures' && <PicturesCard />}
      {node.kind === 'policy' && <PolicyCard node={node} view={view} selected={selected} />}
      {node.kind === 'graph' && <GraphCard graph={node.graph} />}
      <Handle type="source" position={down ? Position.Bottom : Position.Right} className={styles.handle} />
    </>
  );
}

function drawnEdge({ from, to, kind, filter }: FlowEdge): Edge {
  return {
    id: `${from} ${to} ${kind}`,
    source: from,
    target: to,
    className: styles[kind] ?? '',
    markerEnd: { type: MarkerType.ArrowClosed, color: 'var(--line-strong)', width: 16, height: 16 },
    ...(filter === '' ? {} : { label: filter }),
  };
}

function useWidth(ref: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const measure = (): void => setWidth(Math.floor(element.clientWidth));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return width;
}
