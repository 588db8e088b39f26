import type { ContentFeatures, FeatureRow } from '../contract/index.ts';
import type { Queryable } from './database.ts';
import { notYet } from './not-yet.ts';
import type { PolicyRecord, VectorIndex } from './records.ts';
export async function writeFeatures(_tx: Queryable, _namespace: string, _policy: PolicyRecord, _results: readonly { readonly contentId: string; readonly rows: readonly FeatureRow[] }[]): Promise<void> { return notYet('writeFeatures'); }
export async function readFeatures(_db: Queryable, _namespace: string, _contentId: string): Promise<ContentFeatures['features']> { return notYet('readFeatures'); }
export async function readRegions(_db: Queryable, _namespace: string, _policy: PolicyRecord, _contentIds: readonly string[]): Promise<Map<string, { ord: number; box: [number, number, number, number] }[]>> { return notYet('readRegions'); }
export async function readVector(_db: Queryable, _namespace: string, _index: VectorIndex, _contentId: string, _ord?: number): Promise<{ ord: number; vector: Float32Array }[]> { return notYet('readVector'); }
