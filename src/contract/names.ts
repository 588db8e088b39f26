/**
 * Names that users give: namespaces, graphs, policies, outputs.
 *
 * @module
 */
import { z } from 'zod';

/** Names of graphs and policies become SQL names: a letter, then letters, digits, `_`, `-`. */
export const NAME_PATTERN = /^[A-Za-z][A-Za-z0-9_-]*$/;

/** PostgreSQL cuts identifiers at 63 bytes; this leaves room for `_idx`. */
export const MAX_INDEX_NAME_BYTES = 60;

/** Names that are views of every namespace already. */
export const RESERVED_GRAPH_NAMES: readonly string[] = ['content', 'ingestion', 'location'];

export const GraphName = z
  .string()
  .max(MAX_INDEX_NAME_BYTES)
  .regex(NAME_PATTERN, 'must start with a letter and hold letters, digits, "_" and "-" only')
  .refine((name) => !RESERVED_GRAPH_NAMES.includes(name.toLowerCase()), 'is reserved');

export const PolicyName = z
  .string()
  .max(MAX_INDEX_NAME_BYTES)
  .regex(NAME_PATTERN, 'must start with a letter and hold letters, digits, "_" and "-" only');

/** What a policy takes: another one of its graph, or `<graph>.<policy>` of another graph. */
export const SourceName = z
  .string()
  .max(2 * MAX_INDEX_NAME_BYTES)
  .regex(
    /^[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z][A-Za-z0-9_-]*)?$/,
    'must name a policy of this graph, or "<graph>.<policy>" of another',
  );

/** A namespace is a schema of the database: lower case, so that it needs no quotes. */
export const NamespaceName = z
  .string()
  .max(40)
  .regex(/^[a-z][a-z0-9_]*$/, 'must start with a lower-case letter and hold lower-case letters, digits and "_" only');

export const DEFAULT_NAMESPACE = 'default';

/** Name of a searchable vector column: `<graph>.<policy>.<output>`. */
export function indexName(graph: string, policy: string, output: string): string {
  return `${graph}.${policy}.${output}`;
}
