/**
 * Where nodes of a drawing stand: by Dagre, along the axis on which the drawing becomes larger in the room that there is.
 *
 * @module
 */
import { Graph as Layers, layout } from '@dagrejs/dagre';
import type { Flow, FlowNode } from './flow.ts';

/** CSS pixels, at scale 1. */
const SIZES: Readonly<Record<FlowNode['kind'], Size>> = {
  pictures: { width: 200, height: 64 },
  policy: { width: 256, height: 108 },
  graph: { width: 200, height: 64 },
};
const GAP_BETWEEN = 28;
const GAP_ALONG = 56;
/** Around the drawing. */
export const MARGIN = 24;

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Placed extends Size {
  /** Top left. */
  readonly x: number;
  readonly y: number;
}

export interface Layout extends Size {
  readonly direction: 'down' | 'right';
  /** By id of the node. */
  readonly places: ReadonlyMap<string, Placed>;
  /** What it has to be scaled by to fit; at most 1. */
  readonly scale: number;
}

/** Flowing down takes less of the page's height, unless it gets this much smaller. */
const MUCH_LARGER = 1.25;

/** @param room What there is for the drawing, in CSS pixels; its height is the most that it may take. */
export function layoutFlow(flow: Flow, room: Size): Layout {
  const [down, right] = [layoutAlong(flow, 'down', room), layoutAlong(flow, 'right', room)];
  return right.scale > MUCH_LARGER * down.scale ? right : down;
}

function layoutAlong({ nodes, edges }: Flow, direction: Layout['direction'], room: Size): Layout {
  const layers = new Layers();
  layers.setGraph({
    rankdir: direction === 'down' ? 'TB' : 'LR',
    nodesep: GAP_BETWEEN,
    ranksep: GAP_ALONG,
    marginx: MARGIN,
    marginy: MARGIN,
  });
  layers.setDefaultEdgeLabel(() => ({}));
  // Dagre puts what comes last first.
  for (const { id, kind } of nodes.toReversed()) layers.setNode(id, { ...SIZES[kind] });
  for (const { from, to } of edges.toReversed()) layers.setEdge(from, to);
  layout(layers);
  const places = new Map(
    nodes.map(({ id, kind }) => {
      const { width, height } = SIZES[kind];
      const { x = 0, y = 0 } = layers.node(id) as { x?: number; y?: number };
      return [id, { x: x - width / 2, y: y - height / 2, width, height }];
    }),
  );
  const width = Math.max(...[...places.values()].map((place) => place.x + place.width)) + MARGIN;
  const height = Math.max(...[...places.values()].map((place) => place.y + place.height)) + MARGIN;
  return { direction, places, width, height, scale: Math.min(1, room.width / width, room.height / height) };
}
