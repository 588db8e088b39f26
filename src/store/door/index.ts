/**
 * The SQL door: what lets users ask the database in SQL, safely.
 *
 * @module
 */
export { conditionColumns } from './condition-columns.ts';
export { conditionRows, type ConditionRows } from './condition-rows.ts';
export { DEFAULT_MAX_BYTES, DEFAULT_TIMEOUT_MS, prepareUserSql, runUserSql, type UserSql } from './door.ts';
export { readCondition, type TextEmbedder } from './embed.ts';
export { gateStatement, type GatedStatement, type GateOptions } from './gate.ts';
export { hardenSql, OPEN_FUNCTIONS_SQL } from './harden.ts';
export { userError } from './user-error.ts';
