/**
 * What is special to PostgreSQL in SQL text: half-precision vectors take half the room at the same recall (rule S8), and
 * roles are shared by all databases of a cluster, so that their names here end in the database's OID, in base 36.
 *
 * @module
 */
import type { Dialect } from '../database.ts';

export function postgresDialect(databaseOid: number): Dialect {
  return {
    name: 'postgres',
    vectorType: (dimension) => `halfvec(${dimension})`,
    vectorStorage: () => undefined,
    vectorOps: 'halfvec_cosine_ops',
    vector: (values) => `[${values.join(',')}]`,
    role: (name) => `${name}_${databaseOid.toString(36)}`,
  };
}
