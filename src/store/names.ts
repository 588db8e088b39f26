/**
 * How things are called in the database.
 *
 *     fovea                        schema of what is shared: namespaces, graphs, policies, settings
 *     ns_<namespace>               schema of one namespace
 *     ns_<namespace>._p<id>_v<n>   table of one policy version
 *     fovea_reader_<namespace>     role that sees the views of one namespace and nothing else
 *
 * @module
 */
import { identifier } from './database.ts';
import type { PolicyVersion } from './records.ts';

/** Schema of a namespace, without quotes. */
export function namespaceSchema(namespace: string): string {
  return `ns_${namespace}`;
}

/** Role of the SQL door for a namespace, without quotes. Roles are shared by all databases of a PostgreSQL server. */
export function readerRole(namespace: string): string {
  return `fovea_reader_${namespace}`;
}

/** `"ns_<namespace>"."<relation>"`, ready for SQL text. */
export function qualified(namespace: string, relation: string): string {
  return `${identifier(namespaceSchema(namespace))}.${identifier(relation)}`;
}

/** Name of a policy version's table, without schema and quotes. */
export function policyTableName({ policyId, version }: PolicyVersion): string {
  return `_p${policyId}_v${version}`;
}

/** A policy version's table, ready for SQL text. */
export function policyTable(namespace: string, version: PolicyVersion): string {
  return qualified(namespace, policyTableName(version));
}

/** Name of a policy's view, without quotes. */
export function policyViewName(graph: string, policy: string): string {
  return `${graph}.${policy}`;
}
