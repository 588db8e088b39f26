/**
 * A content, and a row that a policy wrote about it, as Indexify's clients read them: both are contents to them, the row a
 * child of what its policy took. Absent ids are empty texts, and so is the source of what was added.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import {
  type Content,
  type ContentFeatures,
  type Graph,
  type Labels,
  NotFoundError,
  type Policy,
  sourcePolicy,
} from '../../contract/index.ts';
import { hasBoxes } from '../../graph/index.ts';
import type { Services } from '../services.ts';
import { rowId, shownIds } from './ids.ts';

export interface ContentMetadata {
  readonly id: string;
  readonly parent_id: string;
  readonly root_content_id: string;
  readonly ingested_content_id: string;
  readonly namespace: string;
  readonly name: string;
  readonly mime_type: string;
  readonly labels: Labels;
  /** Graphs that see it: all for what was added, its own for a row. */
  readonly extraction_graph_names: readonly string[];
  readonly storage_url: string;
  /** Unix seconds. */
  readonly created_at: number;
  /** The policy that made it; empty for what was added. */
  readonly source: string;
  /** Bytes. */
  readonly size: number;
  /** SHA-256 in hex. */
  readonly hash: string;
  /** What policies without boxes found out about it, merged: the first row of each. */
  readonly extracted_metadata: Readonly<Record<string, unknown>>;
}

/** A row of a policy, with what it says. */
export interface Row {
  readonly graph: string;
  readonly policy: string;
  readonly ord: number;
  readonly columns: Readonly<Record<string, unknown>>;
}

/** A content with the rows about it. */
export interface Tree {
  readonly root: ContentMetadata;
  readonly rows: readonly Row[];
}

/** What Fovea calls bytes that it doesn't know. */
const UNKNOWN_TYPE = 'application/octet-stream';
const ROW_TYPE = 'application/json';

/**
 * Contents with their rows, in the order given.
 *
 * @param known The namespace's graphs, where the caller has them.
 */
export async function readTrees(
  services: Services,
  namespace: string,
  contents: readonly Content[],
  known?: readonly Graph[],
): Promise<readonly Tree[]> {
  const graphs = known ?? (await services.listGraphs(namespace)).graphs;
  const ids = contents.flatMap(({ contentId, parentId: parent, rootId }) => [contentId, parent ?? [], rootId].flat());
  const show = await shownIds(services, namespace, [...new Set(ids)]);
  const trees: Tree[] = [];
  for (const content of contents) {
    const rows = (await featuresOf(services, namespace, content.contentId)).flatMap(rowsOf);
    trees.push({ root: rootMetadata(namespace, content, show, graphs, rows), rows });
  }
  return trees;
}

/** Of a content that has gone meanwhile, none. */
async function featuresOf(services: Services, namespace: string, contentId: string) {
  try {
    return (await services.getFeatures(namespace, contentId)).features;
  } catch (error) {
    if (error instanceof NotFoundError) return [];
    throw error;
  }
}

/** Rows that say something; those of vectors alone belong to their content. */
function rowsOf({ graph, policy, rows }: ContentFeatures['features'][number]): Row[] {
  return rows.flatMap(({ ord, ...columns }) =>
    Object.keys(columns).length === 0 ? [] : [{ graph, policy, ord: Number(ord), columns }],
  );
}

function rootMetadata(
  namespace: string,
  content: Content,
  show: (contentId: string) => string,
  graphs: readonly Graph[],
  rows: readonly Row[],
): ContentMetadata {
  const { labels, mimeType, parentId: parent } = content;
  const root = parent === null ? '' : show(content.rootId);
  const declared = labels['mime_type'];
  const isTold = mimeType === UNKNOWN_TYPE && typeof declared === 'string';
  const found = rows.filter((row) => row.ord === 0 && !makesBoxes(findPolicy(graphs, row.graph, row.policy)));
  return {
    id: show(content.contentId),
    parent_id: parent === null ? '' : show(parent),
    root_content_id: root,
    ingested_content_id: root,
    namespace,
    name: content.name,
    mime_type: isTold ? declared : mimeType,
    labels,
    extraction_graph_names: graphs.map(({ name }) => name),
    storage_url: content.locations[0]?.uri ?? '',
    created_at: unixSeconds(content),
    source: '',
    size: content.sizeBytes,
    hash: content.sha256,
    extracted_metadata: Object.assign({}, ...found.map(({ columns }) => columns)),
  };
}

/** When it was added. */
export function unixSeconds({ createdAt }: Content): number {
  return Math.floor(Date.parse(createdAt) / 1000);
}

/** A row as a child of its content, or of the row of another policy that its policy took. */
export function rowMetadata(root: ContentMetadata, row: Row, graphs: readonly Graph[]): ContentMetadata {
  const bytes = rowBytes(row);
  return {
    ...root,
    id: rowId(root.id, row.graph, row.policy, row.ord),
    parent_id: parentId(root, row, graphs),
    root_content_id: root.id,
    ingested_content_id: root.id,
    name: `${row.policy}-${row.ord}.json`,
    mime_type: ROW_TYPE,
    extraction_graph_names: [row.graph],
    storage_url: '',
    source: row.policy,
    size: bytes.length,
    hash: createHash('sha256').update(bytes).digest('hex'),
    extracted_metadata: {},
  };
}

/** The content of a row: JSON, `{bbox, class, score}` for what a detector found, else its columns. */
export function rowBytes({ columns }: Row): Buffer {
  const { object_name: name, bounding_box: box, score } = columns;
  const isDetection = name !== undefined && box !== undefined && score !== undefined;
  return Buffer.from(JSON.stringify(isDetection ? { bbox: box, class: name, score } : columns));
}

/** What is in use of a policy. */
export function findPolicy(graphs: readonly Graph[], graph: string, policy: string): Policy | undefined {
  const versions = graphs.find(({ name }) => name === graph)?.policies.filter(({ name }) => name === policy);
  return versions?.find(({ state }) => state === 'active') ?? versions?.[0];
}

function makesBoxes(policy: Policy | undefined): boolean {
  return policy !== undefined && hasBoxes(policy.output);
}

/** A policy that takes the boxes of another writes a row a box, under the box's number. */
function parentId(root: ContentMetadata, { graph, policy, ord }: Row, graphs: readonly Graph[]): string {
  const own = findPolicy(graphs, graph, policy);
  const source = own === undefined ? undefined : sourcePolicy(own);
  return source === undefined ? root.id : rowId(root.id, source.graph, source.name, ord);
}
