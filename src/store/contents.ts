import type { Content, ContentList, Labels, TaskState } from '../contract/index.ts';
import type { Database, Queryable } from './database.ts';
import { notYet } from './not-yet.ts';
import type { KnownLocation, LocationState, NewContent } from './records.ts';
export interface ContentQuery { readonly limit: number; readonly cursor?: string | undefined; readonly label: readonly string[]; readonly state?: TaskState | undefined }
export function contentIdFor(_namespace: string, _sha256: string): string { return notYet('contentIdFor'); }
export async function insertContents(_tx: Queryable, _namespace: string, _contents: readonly NewContent[]): Promise<{ created: string[] }> { return notYet('insertContents'); }
export async function knownLocations(_db: Queryable, _namespace: string, _uris: readonly string[]): Promise<Map<string, KnownLocation>> { return notYet('knownLocations'); }
export async function locationsBelow(_db: Queryable, _namespace: string, _uriPrefix: string, _afterUri: string | null, _limit: number): Promise<{ uri: string; contentId: string; state: LocationState }[]> { return notYet('locationsBelow'); }
export async function setLocationState(_db: Queryable, _namespace: string, _uris: readonly string[], _state: LocationState): Promise<void> { return notYet('setLocationState'); }
export async function addLabels(_db: Queryable, _namespace: string, _contentIds: readonly string[], _labels: Labels): Promise<void> { return notYet('addLabels'); }
export async function getContent(_db: Queryable, _namespace: string, _contentId: string): Promise<Content | undefined> { return notYet('getContent'); }
export async function listContents(_db: Queryable, _namespace: string, _query: ContentQuery): Promise<ContentList> { return notYet('listContents'); }
export async function setLabels(_db: Queryable, _namespace: string, _contentIds: readonly string[], _set: Labels, _remove: readonly string[]): Promise<void> { return notYet('setLabels'); }
export async function deleteContents(_db: Database, _namespace: string, _contentIds: readonly string[]): Promise<{ deleted: string[]; unknown: string[]; orphanBlobs: string[] }> { return notYet('deleteContents'); }
export async function setPicture(_tx: Queryable, _namespace: string, _rows: readonly { contentId: string; width: number; height: number }[]): Promise<void> { return notYet('setPicture'); }
