/**
 * Keeps apart what plans tasks from what changes the policies they are planned for: a content that is stored while a
 * policy is being made would else be seen neither by its planning nor by the policy's back-fill.
 *
 * @module
 */
import type { Queryable } from './database.ts';

/**
 * Until the end of the transaction. Take it first, then read the policies.
 *
 * @param mode `shared` for planning, with any number at once; `exclusive` for a change of graphs, alone.
 */
export async function lockPlanning(tx: Queryable, namespace: string, mode: 'shared' | 'exclusive'): Promise<void> {
  const lock = mode === 'shared' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock';
  await tx.query(`select ${lock}(hashtext($1))`, [`fovea plan ${namespace}`]);
}
