/**
 * Questions: search, SQL, and what can be asked.
 *
 * @module
 */
import { z } from 'zod';
import {
  type Graph,
  type Hit,
  indexName,
  parseInput,
  SearchRequest,
  sourcePolicy,
  SqlError,
  type SqlResult,
  type TableInfo,
} from '../../contract/index.ts';
import { parseFilter } from '../../graph/index.ts';
import type { Services } from '../services.ts';
import { type ContentMetadata, findPolicy, readTrees, rowMetadata, type Tree } from './content-metadata.ts';
import { findContents } from './find.ts';
import { GRAPH_OF_MARCH } from './graphs.ts';
import { shownIds } from './ids.ts';
import type { DialectCall, DialectRouter } from './router.ts';
import { dialect } from './routes.ts';

const SearchBody = z.object({
  query: z.string(),
  k: z.int().min(1).max(1000).nullish(),
  filters: z.array(z.string()).nullish(),
  include_content: z.boolean().nullish(),
  /** March 2024. */
  index: z.string().nullish(),
});

/** The door lets out fewer where they are large. */
const MAX_SQL_ROWS = 100_000;
const DEFAULT_HITS = 5;

export function questionRoutes(router: DialectRouter, services: Services): void {
  router.on(dialect.sql, async (call) => {
    const { query } = await call.body(z.object({ query: z.string() }), 'answer the query');
    return { rows: await runSql(services, call, query) };
  });
  router.on(dialect.schemas, async ({ namespace }) => schemas(services, namespace));
  router.on(dialect.listIndexes, async ({ namespace }) => {
    const { indexes } = await services.listIndexes(namespace);
    return {
      indexes: indexes.map(({ name, dimension, metric }) => ({
        name,
        embedding_schema: { dim: dimension, distance: metric },
      })),
    };
  });
  router.on(dialect.searchIndex, (call) => search(services, call, call.param('index')));
  router.on(dialect.search, (call) => search(services, call, undefined));
}

async function runSql(services: Services, call: DialectCall, query: string) {
  const { namespace } = call;
  let result: SqlResult;
  try {
    result = await services.sql(namespace, { query, params: [], limit: MAX_SQL_ROWS });
  } catch (error) {
    throw error instanceof SqlError ? withHint(error) : error;
  }
  const { columns, rows, truncated } = result;
  if (truncated) call.warn(`There are more rows than the ${rows.length} here; ask for fewer, or by pages`);
  const uuids = columns.filter(({ type }) => type === 'uuid').map(({ name }) => name);
  const texts = rows.flatMap((row) => uuids.map((name) => row[name])).filter((value) => typeof value === 'string');
  const show = await shownIds(services, namespace, texts);
  return rows.map((row) => {
    const shown = uuids.map((name) => [name, typeof row[name] === 'string' ? show(row[name]) : row[name]] as const);
    return { data: { ...row, ...Object.fromEntries(shown) } };
  });
}

/** SQL compares ids as numbers of 32 digits. */
function withHint(error: SqlError): SqlError {
  if (!error.message.includes('uuid')) return error;
  const hint = 'a content id is 32 hex digits in SQL: write one that was given with fewer with zeros in front';
  return new SqlError(`${error.message}; ${hint}`, { sqlState: error.sqlState, position: error.position });
}

/** Graphs as tables, and what is beside them: `ingestion`, rows of all graphs, and `content`. */
async function schemas(services: Services, namespace: string) {
  const [{ tables }, { graphs }] = await Promise.all([services.listTables(namespace), services.listGraphs(namespace)]);
  const names = new Set(['ingestion', 'content', ...graphs.map(({ name }) => name)]);
  const shown = tables.filter(({ name }) => names.has(name));
  return {
    schemas: shown.map((table) => ({
      id: table.name,
      extraction_graph_name: table.name,
      namespace,
      columns: Object.fromEntries(table.columns.map((column) => [column.name, columnReply(column)])),
    })),
    ddls: Object.fromEntries(shown.map(({ name, ddl }) => [name, `${ddl};`])),
  };
}

/** SQL types under their names. */
function columnReply({ type, unit, description }: TableInfo['columns'][number]) {
  const note = [unit, description].filter((part) => part !== undefined && part !== '').join('; ');
  return { type: oldType(type), comment: note === '' ? null : note };
}

function oldType(type: string): string {
  if (type.endsWith('[]') || /^(half)?vec/.test(type)) return 'LIST';
  if (/^(integer|bigint|smallint)/.test(type)) return 'INT';
  if (/^(real|double|numeric)/.test(type)) return 'FLOAT';
  if (type === 'boolean') return 'BOOLEAN';
  return /^jsonb?$/.test(type) ? 'JSON' : 'TEXT';
}

async function search(services: Services, call: DialectCall, named: string | undefined) {
  const { namespace } = call;
  const body = await call.body(SearchBody, 'search');
  const { graphs } = await services.listGraphs(namespace);
  const given = named ?? body.index ?? undefined;
  const index = given === undefined ? undefined : fullName(given, graphs);
  const request = parseInput(
    SearchRequest,
    {
      query: body.query,
      limit: body.k ?? DEFAULT_HITS,
      filter: (body.filters ?? []).map(parseFilter),
      // Its score is a cosine.
      legs: ['vector'],
      ...(index === undefined ? {} : { index }),
    },
    'search',
  );
  const { hits, notes } = await services.search(namespace, request);
  notes.forEach(call.warn);
  // There a frame of a video is what is found, as the child of its video.
  const ids = hits.map(({ contentId, moments }) => moments?.[0]?.contentId ?? contentId);
  const roots = hits.flatMap(({ contentId, moments }) => (moments === undefined ? [] : [contentId]));
  const contents = (await findContents(services, namespace, [...ids, ...roots])).filter((each) => each !== undefined);
  const trees = await readTrees(services, namespace, contents, graphs);
  const treeOf = (id: string): Tree | undefined => trees[contents.findIndex(({ contentId }) => contentId === id)];
  return {
    results: hits.flatMap((hit, at) => {
      const [tree, root] = [treeOf(ids[at] ?? ''), treeOf(hit.contentId)];
      return tree === undefined || root === undefined ? [] : [hitReply(tree, root, hit, { index, graphs })];
    }),
  };
}

/** In March 2024 an index was called `<policy>.<output>`. */
function fullName(name: string, graphs: readonly Graph[]): string {
  const known = new Set(
    graphs.flatMap((graph) =>
      graph.policies.flatMap((policy) =>
        Object.keys(policy.output.vectors).map((output) => indexName(graph.name, policy.name, output)),
      ),
    ),
  );
  const full = `${GRAPH_OF_MARCH}.${name}`;
  return !known.has(name) && known.has(full) ? full : name;
}

function hitReply(
  tree: Tree,
  { root }: Tree,
  hit: Hit,
  { index, graphs }: { readonly index: string | undefined; readonly graphs: readonly Graph[] },
) {
  const region = hit.ord === null ? undefined : regionOf(tree, hit.ord, index, graphs);
  const shown = region ?? tree.root;
  return {
    content_id: shown.id,
    text: '',
    mime_type: shown.mime_type,
    confidence_score: Math.max(0, hit.similarity ?? 0),
    labels: shown.labels,
    root_content_metadata: shown === root ? null : root,
    content_metadata: shown,
  };
}

/** The box whose vector was found, as a child of its picture. */
function regionOf(
  { root, rows }: Tree,
  ord: number,
  index: string | undefined,
  graphs: readonly Graph[],
): ContentMetadata | undefined {
  const [graph = '', name = ''] = index?.split('.') ?? [];
  const policy = findPolicy(graphs, graph, name);
  const source = (policy === undefined ? undefined : sourcePolicy(policy)) ?? { graph, name };
  const row = rows.find((each) => each.graph === source.graph && each.policy === source.name && each.ord === ord);
  return row === undefined ? undefined : rowMetadata(root, row, graphs);
}
