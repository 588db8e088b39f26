import type { Database, Queryable } from './database.ts';
import { notYet } from './not-yet.ts';
export async function migrate(_db: Database): Promise<{ from: number; to: number }> { return notYet('migrate'); }
export async function ensureNamespace(_db: Database, _name: string): Promise<boolean> { return notYet('ensureNamespace'); }
export async function listNamespaces(_db: Queryable): Promise<string[]> { return notYet('listNamespaces'); }
export async function dropNamespace(_db: Database, _name: string): Promise<boolean> { return notYet('dropNamespace'); }
export function namespaceSchema(name: string): string { return `ns_${name}`; }
export function readerRole(name: string): string { return `fovea_reader_${name}`; }
