/**
 * Contents and what was extracted from them: lists, trees, bytes, labels, deletion.
 *
 * @module
 */
import { z } from 'zod';
import { type Content, InvalidInputError, Labels, NotFoundError, parseInput } from '../../contract/index.ts';
import { matches, parseFilter } from '../../graph/index.ts';
import { fileReply } from '../file.ts';
import type { Services } from '../services.ts';
import { type ContentMetadata, readTrees, rowBytes, rowMetadata } from './content-metadata.ts';
import { addressOf, find, findContent, findContents, findGraphs, findPolicySpec } from './find.ts';
import { readAddress, shownIds } from './ids.ts';
import { ContentIds } from './ingest.ts';
import type { DialectCall, DialectRouter } from './router.ts';
import { dialect } from './routes.ts';

export function contentRoutes(router: DialectRouter, services: Services): void {
  router.on(dialect.getContent, (call) => metadata(services, call));
  router.on(dialect.metadata, (call) => metadata(services, call));
  router.on(dialect.download, (call) => download(services, call));
  router.on(dialect.tree, (call) => tree(services, call));
  for (const route of [dialect.treeOfPolicy, dialect.treeOfContent]) {
    router.on(route, async (call) => {
      await findPolicySpec(services, call.namespace, call.param('graph'), call.param('policy'));
      return tree(services, call);
    });
  }
  router.on(dialect.listContent, (call) => list(services, call, call.query.get('graph') ?? undefined));
  router.on(dialect.listGraphContent, (call) => list(services, call, call.param('graph')));
  router.on(dialect.setLabels, async (call) => {
    const { labels } = await call.body(z.object({ labels: Labels }), 'set labels');
    const { contentId } = await findContent(services, call.namespace, call.param('contentId'));
    await services.setLabels(call.namespace, { contentIds: [contentId], set: labels, remove: [] });
  });
  router.on(dialect.deleteContent, (call) => remove(services, call, [call.param('contentId')]));
  router.on(dialect.deleteContents, async (call) => {
    const { content_ids: ids } = await call.body(ContentIds, 'delete contents');
    return remove(services, call, ids);
  });
  router.on(dialect.activeContent, async ({ namespace }) => {
    const found = new Set<string>();
    for (const state of ['running', 'waiting'] as const) {
      let cursor: string | undefined;
      do {
        const page = await services.listContents(namespace, { ...EVERYTHING, limit: MAX_PAGE, state, cursor });
        for (const { contentId } of page.contents) found.add(contentId);
        cursor = page.cursor;
      } while (cursor !== undefined);
    }
    const ids = [...found];
    return ids.map(await shownIds(services, namespace, ids));
  });
}

async function metadata(services: Services, { namespace, param }: DialectCall) {
  const found = await find(services, namespace, param('contentId'));
  if (found.kind === 'row') return { content_metadata: found.metadata };
  const [only] = await readTrees(services, namespace, [found.content]);
  return { content_metadata: only?.root };
}

async function download(services: Services, { namespace, param, request }: DialectCall): Promise<Response> {
  const found = await find(services, namespace, param('contentId'));
  if (found.kind === 'row') {
    return new Response(new Uint8Array(rowBytes(found.row)), { headers: { 'Content-Type': 'application/json' } });
  }
  return fileReply(request, await services.original(namespace, found.content.contentId));
}

/** The content, and all rows about it; clients pick those of a policy. */
async function tree(services: Services, { namespace, param }: DialectCall) {
  const found = await find(services, namespace, param('contentId'));
  if (found.kind === 'row') return { content_tree_metadata: [found.metadata] };
  return { content_tree_metadata: await wholeTrees(services, namespace, [found.content]) };
}

async function wholeTrees(services: Services, namespace: string, contents: readonly Content[]) {
  const { graphs } = await services.listGraphs(namespace);
  const trees = await readTrees(services, namespace, contents, graphs);
  return trees.flatMap(({ root, rows }): ContentMetadata[] => [
    root,
    ...rows.map((row) => rowMetadata(root, row, graphs)),
  ]);
}

/** Rows go with their content: they are not deleted alone. */
async function remove(services: Services, { namespace, warn }: DialectCall, ids: readonly string[]): Promise<null> {
  const addresses = ids.map((id) => ({ id, ...addressOf(namespace, id) }));
  const row = addresses.find((address) => address.row !== undefined);
  if (row?.row !== undefined) {
    throw new InvalidInputError(
      `Cannot delete "${row.id}": it is a row that policy "${row.row.policy}" wrote, and goes with its content`,
    );
  }
  const { unknown } = await services.deleteContents(
    namespace,
    addresses.map(({ contentId }) => contentId),
  );
  for (const { id, contentId } of addresses) {
    if (unknown.includes(contentId)) warn(`There was no content "${id}" in namespace "${namespace}"`);
  }
  return null;
}

const MAX_PAGE = 1000;
const EVERYTHING = { label: [] as string[], filter: [] as string[] };

const ListQuery = z.object({
  source: z.string().default(''),
  parent_id: z.string().default(''),
  labels_filter: z.array(z.string()).default([]),
  limit: z.coerce.number<string>().int().min(1).default(10),
  start_id: z.string().default(''),
});
type ListQuery = z.output<typeof ListQuery>;

/** Sources that mean what was added. */
const ADDED: ReadonlySet<string> = new Set(['', 'ingestion']);

async function list(services: Services, call: DialectCall, graph: string | undefined) {
  const { namespace } = call;
  const query = readListQuery(call);
  await findGraphs(services, namespace, graph === undefined ? [] : [graph]);
  if (query.parent_id !== '') return children(services, call, query, graph);
  if (!ADDED.has(query.source)) return rowsOfPolicy(services, call, query, graph);
  const after = query.start_id === '' ? {} : { after: addressOf(namespace, query.start_id).contentId };
  const { contents, total } = await services.listContents(namespace, {
    ...EVERYTHING,
    filter: query.labels_filter,
    limit: query.limit,
    ...after,
  });
  const trees = await readTrees(services, namespace, contents);
  return { content_list: trees.map(({ root }) => root), total };
}

function readListQuery({ query, warn }: DialectCall): ListQuery {
  const one = (name: string) => query.get(name) ?? undefined;
  const read = parseInput(
    ListQuery,
    {
      source: one('source'),
      parent_id: one('parent_id'),
      labels_filter: [...query.getAll('labels_filter'), ...query.getAll('labels_filter[]')],
      limit: one('limit'),
      start_id: one('start_id'),
    },
    'list contents',
  );
  if (read.limit > MAX_PAGE) warn(`A page has at most ${MAX_PAGE} contents; "start_id" goes on behind its last`);
  return { ...read, limit: Math.min(read.limit, MAX_PAGE) };
}

/** Rows about one content, those of `source` where it is given. */
async function children(services: Services, call: DialectCall, query: ListQuery, graph: string | undefined) {
  const { namespace } = call;
  const parent = await find(services, namespace, query.parent_id);
  const all = (await wholeTrees(services, namespace, [parent.content])).filter(
    (each) =>
      sameId(each.parent_id, query.parent_id) &&
      (graph === undefined || each.extraction_graph_names.includes(graph)) &&
      (query.source === '' || each.source === query.source),
  );
  const fitting = matches(query.labels_filter.map(parseFilter), parent.content.labels) ? all : [];
  const start = query.start_id === '' ? 0 : fitting.findIndex(({ id }) => sameId(id, query.start_id)) + 1;
  // From the first on again, a loop that asks behind the last id would never end.
  if (query.start_id !== '' && start === 0)
    throw new NotFoundError('content', query.start_id, [], `it is none of those that "${query.parent_id}" has`);
  return { content_list: fitting.slice(start, start + query.limit), total: fitting.length };
}

/** Two spellings of one id. */
function sameId(first: string, second: string): boolean {
  const [one, other] = [readAddress(first), readAddress(second)];
  return one !== undefined && JSON.stringify(one) === JSON.stringify(other);
}

/** Rows of a policy, of all contents. */
async function rowsOfPolicy(services: Services, call: DialectCall, query: ListQuery, graphName: string | undefined) {
  const { namespace } = call;
  const { source: policy, start_id: start, limit } = query;
  const graph = graphName ?? (await graphOfPolicy(services, namespace, policy));
  await findPolicySpec(services, namespace, graph, policy);
  const after = start === '' ? undefined : addressOf(namespace, start);
  const { rows, total } = await services.listRows(namespace, {
    graph,
    policy,
    filter: query.labels_filter.map(parseFilter),
    limit,
    ...(after === undefined ? {} : { after: { contentId: after.contentId, ord: after.row?.ord ?? -1 } }),
  });
  const contentIds = [...new Set(rows.map(({ contentId }) => contentId))];
  const contents = (await findContents(services, namespace, contentIds)).filter((each) => each !== undefined);
  const { graphs } = await services.listGraphs(namespace);
  const trees = await readTrees(services, namespace, contents, graphs);
  const listed = rows.flatMap(({ contentId, ord, columns }): ContentMetadata[] => {
    const root = trees[contents.findIndex((content) => content.contentId === contentId)]?.root;
    return root === undefined ? [] : [rowMetadata(root, { graph, policy, ord, columns }, graphs)];
  });
  return { content_list: listed, total };
}

/** @throws NotFoundError, also where several graphs have such a policy. */
async function graphOfPolicy(services: Services, namespace: string, policy: string): Promise<string> {
  const { graphs } = await services.listGraphs(namespace);
  const having = graphs.filter(({ spec }) => spec.policies.some(({ name }) => name === policy));
  const [first] = having;
  if (first !== undefined && having.length === 1) return first.name;
  const known = graphs.flatMap(({ spec }) => spec.policies.map(({ name }) => name));
  throw new NotFoundError(
    'source',
    policy,
    known,
    having.length > 1
      ? `policies of that name are in ${having.map(({ name }) => `"${name}"`).join(' and ')}; add "graph=…"`
      : undefined,
  );
}
