/**
 * The contents of a batch of rows: bytes are stored, files are added in place, addresses are fetched, and rows without a
 * picture find theirs. A row that has none, or one that can't be had, has a problem; the others go on.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import type { Labels } from '../../contract/index.ts';
import { ContentId, FoveaError, UnavailableError } from '../../contract/index.ts';
import { sniff } from '../../image/index.ts';
import { fileUri, hashFile } from '../../sources/index.ts';
import type { BlobStore, DatasetImage, DatasetRow, FetchUrlOptions, StoredBlob } from '../../sources/index.ts';
import type { Database, NewContent } from '../../store/index.ts';
import { addLabels, contentIdFor, contentsNamed } from '../../store/index.ts';
import { addUrl } from '../add-url.ts';
import { storeAndPlan } from '../plan-contents.ts';
import { contentOf } from '../upload.ts';
import type { UploadDependencies } from '../upload.ts';

/** Where a row's content comes from, or why it has none. */
export type RowOutcome =
  | { readonly kind: 'added' | 'duplicate' | 'matched'; readonly contentId: string }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

/** A row with what its plan says of it. */
export interface PlannedRow {
  readonly row: DatasetRow;
  readonly labels: Labels;
  /** Of a content without a name of its own; without an extension. */
  readonly fallbackName: string;
  /** Id or file name of the content that it is of, where rows have no pictures. */
  readonly match: unknown;
}

export interface RowDependencies extends UploadDependencies {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly fetch: Omit<FetchUrlOptions, 'signal'>;
  /** Runs one at a time, of all loads: two that hold bytes would wait for each other. */
  readonly inTurn: (work: () => Promise<void>) => Promise<void>;
}

/** Addresses fetched at a time. */
const FETCHES = 8;

/** One outcome a row, in their order. */
export async function rowContents(
  dependencies: RowDependencies,
  namespace: string,
  rows: readonly PlannedRow[],
  matches: boolean,
): Promise<RowOutcome[]> {
  const outcomes: (RowOutcome | undefined)[] = rows.map(({ row }) =>
    row.problem === undefined ? undefined : failed('unreadable_row', row.problem),
  );
  const open = [...rows.entries()].filter(([place]) => outcomes[place] === undefined);
  if (matches) await matchRows(dependencies, namespace, open, outcomes);
  else {
    await storeRows(dependencies, namespace, open, outcomes);
    await fetchRows(dependencies, namespace, open, outcomes);
  }
  return outcomes.map((outcome) => outcome ?? failed('no_image', 'it has no picture'));
}

type Open = readonly [place: number, row: PlannedRow];

function failed(code: string, message: string): RowOutcome {
  return { kind: 'failed', code, message };
}

/** What concerns one row; where nothing can be stored at all, no other row fares better. */
function failure(error: unknown): RowOutcome {
  if (!(error instanceof FoveaError) || error instanceof UnavailableError) throw error;
  return failed(error.code, error.message);
}

async function matchRows(
  { database }: RowDependencies,
  namespace: string,
  open: readonly Open[],
  outcomes: (RowOutcome | undefined)[],
): Promise<void> {
  const names = open.map(([, { match }]) => nameOf(match));
  const found = await contentsNamed(database, namespace, [...new Set(names)]);
  for (const [index, [place, { labels }]] of open.entries()) {
    const name = names[index] ?? '';
    const [contentId, ...others] = found.get(name) ?? [];
    if (contentId === undefined) outcomes[place] = failed('unknown_content', unknownContent(name));
    else if (others.length > 0)
      outcomes[place] = failed('unknown_content', `${others.length + 1} contents are called "${name}"; give their ids`);
    else {
      outcomes[place] = { kind: 'matched', contentId };
      await addLabels(database, namespace, [contentId], labels);
    }
  }
}

function unknownContent(name: string): string {
  return ContentId.safeParse(name).success
    ? `no content has the id "${name}"; the same picture has another one in each namespace: match rows by names`
    : `no content is called "${name}"`;
}

/** An id, or the last part of a path. */
function nameOf(match: unknown): string {
  return (typeof match === 'string' || typeof match === 'number' ? String(match) : '').split(/[\\/]/).at(-1) ?? '';
}

/** Rows with bytes, and with files of this machine: one transaction. */
async function storeRows(
  dependencies: RowDependencies,
  namespace: string,
  open: readonly Open[],
  outcomes: (RowOutcome | undefined)[],
): Promise<void> {
  const files: { place: number; content: NewContent }[] = [];
  const bytes: { place: number; row: PlannedRow; bytes: Uint8Array; sha256: string; name: string }[] = [];
  for (const [place, row] of open) {
    const { image } = row.row;
    if (image === undefined || 'url' in image) continue;
    try {
      if ('path' in image) files.push({ place, content: await fileContent(namespace, image.path, row.labels) });
      else bytes.push({ place, row, ...checkedBytes(image, row.fallbackName) });
    } catch (error) {
      outcomes[place] = failure(error);
    }
  }
  const unique = [...new Map(bytes.map((each) => [each.sha256, each.bytes]))];
  const plan = async (blobs: ReadonlyMap<string, StoredBlob>): Promise<void> => {
    const stored = bytes.flatMap(({ place, row, sha256, name }) => {
      const blob = blobs.get(sha256);
      if (blob === undefined) return [];
      return [{ place, content: contentOf(contentIdFor(namespace, sha256), blob, { name, labels: row.labels }) }];
    });
    const all = [...files, ...stored].toSorted((a, b) => a.place - b.place);
    if (all.length === 0) return;
    const contents = all.map(({ content }) => content);
    const { created, contentIds } = await storeAndPlan(dependencies.database, namespace, contents);
    const first = new Set<string>();
    for (const [index, { place }] of all.entries()) {
      const contentId = contentIds[index] ?? '';
      const isNew = created.has(contentId) && !first.has(contentId);
      first.add(contentId);
      outcomes[place] = { kind: isNew ? 'added' : 'duplicate', contentId };
    }
  };
  await dependencies.inTurn(() => withBlobs(dependencies.blobs, unique, plan));
}

/** A row's picture is no picture by its first bytes. */
class NoPictureError extends FoveaError {
  readonly code = 'no_picture';
}

function checkedBytes(
  image: Extract<DatasetImage, { bytes: Uint8Array }>,
  fallbackName: string,
): { readonly bytes: Uint8Array; readonly sha256: string; readonly name: string } {
  const { bytes, name } = image;
  const format = sniff(bytes);
  if (format?.kind !== 'picture') throw notPicture(bytes.length, format?.name);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { bytes, sha256, name: name ?? `${fallbackName}.${format.mimeType.split('/')[1]?.split('+')[0] ?? 'jpg'}` };
}

function notPicture(size: number, format: string | undefined): NoPictureError {
  if (size === 0) return new NoPictureError('its picture is empty');
  return new NoPictureError(`its bytes are ${format ?? 'of no format that is known'}, not a picture`);
}

async function fileContent(namespace: string, path: string, labels: Labels): Promise<NewContent> {
  const { sha256, head, size, mtimeNs, inode } = await hashFile(path);
  const format = sniff(head);
  if (format?.kind !== 'picture') throw notPicture(size, format?.name);
  return {
    contentId: contentIdFor(namespace, sha256),
    sha256,
    mimeType: format.mimeType,
    sizeBytes: size,
    name: path.split(/[\\/]/).at(-1) ?? path,
    labels,
    location: { uri: fileUri(path), size, mtimeNs: String(mtimeNs), inode },
  };
}

/** Stores bytes and holds them all until `use` has ended. */
async function withBlobs<T>(
  blobs: BlobStore,
  items: readonly (readonly [sha256: string, bytes: Uint8Array])[],
  use: (stored: ReadonlyMap<string, StoredBlob>) => Promise<T>,
  stored: Map<string, StoredBlob> = new Map(),
): Promise<T> {
  const [item, ...rest] = items;
  if (item === undefined) return use(stored);
  return blobs.putAnd([item[1]], (blob) => withBlobs(blobs, rest, use, stored.set(item[0], blob)));
}

async function fetchRows(
  dependencies: RowDependencies,
  namespace: string,
  open: readonly Open[],
  outcomes: (RowOutcome | undefined)[],
): Promise<void> {
  const queue = open.values();
  const work = async (): Promise<void> => {
    for (const [place, { row, labels }] of queue) {
      if (row.image === undefined || !('url' in row.image)) continue;
      try {
        const { url } = row.image;
        const { contentId, created } = await addUrl(dependencies, namespace, { url, labels }, dependencies.fetch);
        outcomes[place] = { kind: created ? 'added' : 'duplicate', contentId };
      } catch (error) {
        outcomes[place] = failure(error);
      }
    }
  };
  await Promise.all(Array.from({ length: FETCHES }, work));
}
