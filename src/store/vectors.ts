import type { Hit } from '../contract/index.ts';
import type { Database, Queryable } from './database.ts';
import { notYet } from './not-yet.ts';
import type { Neighbour, SqlCondition, VectorIndex } from './records.ts';
export interface NearestOptions { readonly limit: number; readonly path: 'exact' | 'hnsw' | 'filter-first'; readonly efSearch?: number | null; readonly condition?: SqlCondition | undefined; readonly timeoutMs?: number | undefined }
export type HitFields = Omit<Hit, 'similarity'>;
export async function nearest(_db: Database, _namespace: string, _index: VectorIndex, _vector: Float32Array, _options: NearestOptions): Promise<Neighbour[]> { return notYet('nearest'); }
export async function countRows(_db: Queryable, _namespace: string, _index: VectorIndex): Promise<number> { return notYet('countRows'); }
export async function countMatching(_db: Database, _namespace: string, _condition: SqlCondition, _cap?: number): Promise<number> { return notYet('countMatching'); }
export async function matchingContents(_db: Database, _namespace: string, _condition: SqlCondition, _page: { readonly limit: number; readonly offset: number }): Promise<string[]> { return notYet('matchingContents'); }
export async function buildHnsw(_db: Database, _namespace: string, _index: VectorIndex): Promise<void> { return notYet('buildHnsw'); }
export async function dropHnsw(_db: Queryable, _namespace: string, _index: VectorIndex): Promise<void> { return notYet('dropHnsw'); }
export async function hasHnsw(_db: Queryable, _namespace: string, _index: VectorIndex): Promise<boolean> { return notYet('hasHnsw'); }
export async function hydrate(_db: Queryable, _namespace: string, _hits: readonly { readonly contentId: string; readonly ord: number | null }[], _index?: VectorIndex): Promise<HitFields[]> { return notYet('hydrate'); }
