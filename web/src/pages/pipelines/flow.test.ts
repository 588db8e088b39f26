import { describe, expect, it } from 'vitest';
import type { Graph, Policy, PolicyProgress } from 'fovea/client';
import { flowOf } from './flow.ts';
import { layoutFlow, MARGIN } from './layout.ts';

function policyOf(graph: string, name: string, more: Partial<Policy> = {}): Policy {
  const output = { columns: {}, vectors: {} };
  return {
    id: 1,
    graph,
    name,
    version: 1,
    state: 'active',
    extractor: 'image/colors',
    extractorVersion: '1',
    params: {},
    filter: [],
    output,
    accepts: ['image/*'],
    ...more,
  };
}

function graphOf(name: string, ...policies: Policy[]): Graph {
  return { name, spec: { name, policies: [] }, yaml: '', policies };
}

function progressOf(graph: string, policy: string, version: number, done: number): PolicyProgress {
  return {
    graph,
    policy,
    version,
    state: 'active',
    waiting: 0,
    running: 0,
    done,
    failed: 0,
    perSecond: 0,
    secondsLeft: null,
    waitingFor: null,
    model: null,
  };
}

const kb = graphOf('kb', policyOf('kb', 'parts', { contentSource: 'objects' }), policyOf('kb', 'objects'));
const faces = graphOf(
  'faces',
  policyOf('faces', 'embed'),
  policyOf('faces', 'embed_of_kb_objects', {
    contentSource: 'kb.objects',
    filter: [{ key: 'album', op: '=', value: 'rome' }],
  }),
);
const edges = (flow: ReturnType<typeof flowOf>): string[] =>
  flow.edges.map(({ from, to, kind, filter }) => [from, to, kind, filter].filter(Boolean).join(' '));

describe('flowOf()', () => {
  it('goes from pictures through sources to those that take from them', () => {
    const flow = flowOf({ graph: kb, graphs: [kb], progress: [], links: [] });
    expect(flow.nodes.map(({ id }) => id)).toEqual(['pictures', 'kb.objects', 'kb.parts']);
    expect(edges(flow)).toEqual(['pictures kb.objects content', 'kb.objects kb.parts content']);
  });

  it('has policies of other graphs, and graphs that are linked to, at its border', () => {
    const flow = flowOf({ graph: faces, graphs: [kb, faces], progress: [], links: [] });
    expect(flow.nodes.map((node) => [node.id, node.kind === 'policy' && node.foreign])).toEqual([
      ['pictures', false],
      ['faces.embed', false],
      ['kb.objects', true],
      ['faces.embed_of_kb_objects', false],
    ]);
    expect(edges(flow)).toContain('kb.objects faces.embed_of_kb_objects content album=rome');
    const linked = flowOf({
      graph: kb,
      graphs: [kb, faces],
      progress: [],
      links: [{ contentSource: 'objects', linkedGraph: 'faces' }],
    });
    expect(edges(linked)).toContain('kb.objects faces: link');
  });

  it('shows the version in use with its own counts, and the one that is built beside it', () => {
    const versions = graphOf('g', policyOf('g', 'a', { version: 2, state: 'building' }), policyOf('g', 'a'));
    const { nodes } = flowOf({
      graph: versions,
      graphs: [versions],
      progress: [progressOf('g', 'a', 1, 7), progressOf('g', 'a', 2, 3)],
      links: [],
    });
    expect(nodes).toHaveLength(2);
    expect(nodes[1]).toMatchObject({
      policy: { version: 1 },
      progress: { done: 7 },
      next: { policy: { version: 2 }, progress: { done: 3 } },
    });
  });
});

describe('layoutFlow()', () => {
  const flow = flowOf({ graph: kb, graphs: [kb], progress: [], links: [] });

  it('places no two nodes over each other, all within its size', () => {
    const { places, width, height } = layoutFlow(flow, { width: 1400, height: 760 });
    const boxes = [...places.values()];
    for (const [index, a] of boxes.entries()) {
      expect(Math.min(a.x, a.y)).toBeGreaterThanOrEqual(MARGIN - 1);
      expect([a.x + a.width <= width, a.y + a.height <= height]).toEqual([true, true]);
      for (const b of boxes.slice(index + 1)) {
        const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        expect(apart).toBe(true);
      }
    }
  });

  it('keeps the order of policies, and turns where that makes the drawing larger', () => {
    const many = graphOf('m', ...['a', 'b', 'c', 'd', 'e', 'f'].map((name) => policyOf('m', name)));
    const wide = flowOf({ graph: many, graphs: [many], progress: [], links: [] });
    const down = layoutFlow(wide, { width: 1800, height: 760 });
    const across = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => down.places.get(`m.${name}`)?.x ?? 0);
    expect([down.direction, across]).toEqual(['down', across.toSorted((x, y) => x - y)]);
    expect(layoutFlow(wide, { width: 700, height: 900 }).direction).toBe('right');
  });
});
