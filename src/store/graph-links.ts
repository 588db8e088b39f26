/**
 * Links between graphs, as they were asked for; what comes of them are policies (`graph/links.ts`).
 *
 * @module
 */
import type { GraphLinkRecord } from '../contract/index.ts';
import type { Queryable } from './database.ts';

/** All links of a namespace, oldest first. */
export async function listLinks(db: Queryable, namespace: string): Promise<GraphLinkRecord[]> {
  const { rows } = await db.query<{ graph: string; content_source: string; linked_graph: string }>(
    `select graph, content_source, linked_graph from fovea.graph_link
      where namespace = $1 order by created_at, graph, content_source, linked_graph`,
    [namespace],
  );
  return rows.map(({ graph, content_source: contentSource, linked_graph: linkedGraph }) => {
    return { graph, contentSource, linkedGraph };
  });
}

/** Keeps a link; one that is there stays as it is. Both graphs are saved. */
export async function saveLink(
  tx: Queryable,
  namespace: string,
  { graph, contentSource, linkedGraph }: GraphLinkRecord,
): Promise<void> {
  await tx.query(
    `insert into fovea.graph_link (namespace, graph, content_source, linked_graph) values ($1, $2, $3, $4)
     on conflict do nothing`,
    [namespace, graph, contentSource, linkedGraph],
  );
}

/** Drops the links from a policy that has gone; those of a graph go with it. */
export async function dropLinks(
  tx: Queryable,
  namespace: string,
  { graph, contentSource }: Pick<GraphLinkRecord, 'graph' | 'contentSource'>,
): Promise<void> {
  await tx.query('delete from fovea.graph_link where namespace = $1 and graph = $2 and content_source = $3', [
    namespace,
    graph,
    contentSource,
  ]);
}
