/**
 * What is special to PGlite in SQL text: half floats are software in WebAssembly (7–8 times slower), so vectors are
 * single precision, stored in the row (PLAIN) because 512 of them lie just above the size that PostgreSQL moves out of it.
 *
 * @module
 */
import type { Dialect } from '../database.ts';

export const pgliteDialect: Dialect = {
  name: 'pglite',
  vectorType: (dimension) => `vector(${dimension})`,
  vectorStorage: (table, column) => `alter table ${table} alter column ${column} set storage plain`,
  vectorOps: 'vector_cosine_ops',
  vector: (values) => `[${values.join(',')}]`,
  role: (name) => name,
};
