import { expect, test } from 'vitest';
import type { OutputSpec } from '../contract/index.ts';
import { pgliteDialect } from './pglite/dialect.ts';
import type { PolicyRecord } from './records.ts';
import { viewDdl } from './view-sql.ts';
import { planViews } from './views.ts';

const views = (graphs: string[], ...policies: PolicyRecord[]) => planViews('demo', graphs, policies, pgliteDialect);
const columnsOf = (planned: ReturnType<typeof views>, name: string) =>
  planned.find((view) => view.name === name)?.columns.map((column) => `${column.name} ${column.type}`);

test('planViews() gives a view to everything, also to a graph without policies', () => {
  const planned = views(['empty', 'g'], policy(1, 'g', 'p', {}));
  expect(planned.map(({ name }) => name)).toEqual(['content', 'ingestion', 'empty', 'g', 'g.p']);
  expect(columnsOf(planned, 'empty')).toEqual([
    'content_id uuid',
    'name text',
    'graph text',
    'policy text',
    'ord integer',
  ]);
});

test('planViews() shares a column of equal name and type, and gives another type a name of its own', () => {
  const planned = views(
    ['g', 'h'],
    policy(1, 'g', 'p', { score: 'real' }),
    policy(2, 'g', 'q', { score: 'real' }),
    policy(3, 'g', 'r', { score: 'text' }),
    policy(4, 'h', 'r', { score: 'integer' }),
  );
  expect(columnsOf(planned, 'g')?.slice(5)).toEqual(['score double precision', 'r_score text']);
  expect(columnsOf(planned, 'h')?.slice(5)).toEqual(['score bigint']);
  expect(columnsOf(planned, 'ingestion')?.slice(5)).toEqual([
    'score double precision',
    'r_score text',
    'h_r_score bigint',
  ]);
  expect(columnsOf(planned, 'g.r')).toEqual(['content_id uuid', 'ord integer', 'score text']);
});

test('planViews() never gives a column the name of one that every view has, nor one name to two columns', () => {
  const planned = views(
    ['g'],
    policy(1, 'g', 'p', { name: 'text', p_name: 'text' }),
    policy(2, 'g', 'q', { policy: 'real', q_policy: 'real' }),
  );
  expect(columnsOf(planned, 'g')?.slice(5)).toEqual([
    'p_name text',
    'p_p_name text',
    'q_policy double precision',
    'q_q_policy double precision',
  ]);
});

test('planViews() keeps names within 63 bytes and apart', () => {
  const long = 'c'.repeat(60);
  const planned = views(
    ['g'],
    policy(1, 'g', 'p', { [long]: 'real' }),
    policy(2, 'g', 'policy', { [long]: 'text' }),
    policy(3, 'g', 'policx', { [long]: 'json' }),
  );
  const names =
    columnsOf(planned, 'g')
      ?.slice(5)
      .map((column) => column.split(' ')[0] ?? '') ?? [];
  expect(new Set(names).size).toBe(3);
  expect(names.every((name) => name.length <= 63)).toBe(true);
});

test('viewDdl() writes a statement with units and descriptions as comments', () => {
  expect(
    viewDdl('g.p', [
      { name: 'x1', type: 'double precision', unit: 'px', description: 'left edge' },
      { name: 'Odd', type: 'text' },
    ]),
  ).toBe('CREATE TABLE "g.p" (\n  x1 double precision, -- px; left edge\n  "Odd" text\n)');
});

function policy(
  id: number,
  graph: string,
  name: string,
  types: Record<string, OutputSpec['columns'][string]['type']>,
): PolicyRecord {
  return {
    id,
    version: 1,
    namespace: 'demo',
    graph,
    name,
    state: 'active',
    extractor: 'test/extractor',
    extractorVersion: '1',
    askedParams: {},
    params: {},
    filter: [],
    accepts: ['image/*'],
    output: {
      columns: Object.fromEntries(Object.entries(types).map(([column, type]) => [column, { type }])),
      vectors: {},
    },
  };
}

test('planViews() leaves policies that write only vectors out of the shared views', () => {
  const planned = views(['g'], policy(1, 'g', 'boxes', { score: 'real' }), policy(2, 'g', 'clip', {}));
  const select = (name: string) => planned.find((view) => view.name === name)?.select ?? '';
  expect(select('g')).toContain('_p1_v1');
  expect(select('g')).not.toContain('_p2_v1');
  expect(select('ingestion')).not.toContain('_p2_v1');
  expect(select('g.clip')).toContain('_p2_v1');
});
