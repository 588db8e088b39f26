import type { Graph, GraphSpec, IndexInfo, OutputSpec, TableInfo } from '../contract/index.ts';
import type { Database, Queryable } from './database.ts';
import { notYet } from './not-yet.ts';
import type { NewPolicyVersion, PolicyRecord } from './records.ts';
export async function listGraphs(_db: Queryable, _namespace: string): Promise<Graph[]> { return notYet('listGraphs'); }
export async function policiesOf(_db: Queryable, _namespace: string): Promise<PolicyRecord[]> { return notYet('policiesOf'); }
export async function saveGraph(_tx: Queryable, _namespace: string, _spec: GraphSpec): Promise<void> { return notYet('saveGraph'); }
export async function addPolicyVersion(_tx: Queryable, _namespace: string, _policy: NewPolicyVersion): Promise<PolicyRecord> { return notYet('addPolicyVersion'); }
export async function setPolicyWaiting(_db: Queryable, _policyId: number, _version: number, _reason: string | null): Promise<void> { return notYet('setPolicyWaiting'); }
export async function repinPolicy(_db: Database, _policyId: number, _version: number, _pin: { params: Readonly<Record<string, unknown>>; output: OutputSpec; space?: string | undefined; model?: string | undefined }): Promise<PolicyRecord> { return notYet('repinPolicy'); }
export async function dropPolicy(_tx: Queryable, _namespace: string, _graph: string, _name: string): Promise<boolean> { return notYet('dropPolicy'); }
export async function dropGraph(_tx: Queryable, _namespace: string, _graph: string): Promise<boolean> { return notYet('dropGraph'); }
export async function activateReady(_db: Database, _namespace: string): Promise<PolicyRecord[]> { return notYet('activateReady'); }
export async function rebuildViews(_tx: Queryable, _namespace: string): Promise<void> { return notYet('rebuildViews'); }
export async function listTables(_db: Queryable, _namespace: string): Promise<TableInfo[]> { return notYet('listTables'); }
export async function viewNames(_db: Queryable, _namespace: string): Promise<string[]> { return notYet('viewNames'); }
export async function listIndexes(_db: Queryable, _namespace: string): Promise<IndexInfo[]> { return notYet('listIndexes'); }
