/**
 * Adding a folder or a file in place: walk → compare with known locations → open only what is new or changed → store and
 * plan in batches. Every file that is met ends in exactly one count.
 *
 * @module
 */
import { lstat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { AddPathRequest, AddProgress, Labels } from '../contract/index.ts';
import { FoveaError, promisesPicture } from '../contract/index.ts';
import { sniff } from '../image/index.ts';
import type { Format } from '../image/index.ts';
import { extensionKey, fileUri, hashFile, pathOfFileUri, untilSettled, walk } from '../sources/index.ts';
import type { FilePath, FoundFile } from '../sources/index.ts';
import type { Database, FileProblem, KnownLocation, NewContent } from '../store/index.ts';
import {
  addLabels,
  clearProblems,
  contentIdFor,
  countPresentBelow,
  knownLocations,
  locationsBelow,
  recordProblems,
  retryMissing,
  setLocationState,
} from '../store/index.ts';
import { settleMoved } from './moved.ts';
import { storeAndPlan } from './plan-contents.ts';

/** Files that are compared with what is known at a time: cheap, so more than are stored. */
const PAGE = 512;
/** Contents stored and planned in one transaction. */
const BATCH = 64;
/** Files read at a time; those that may still be written wait together. */
const READERS = 16;
/** Files that were known and are looked for at a time, as many as the walk looks at. */
const LOOKS = 32;
/** Reasons kept in the reply; the count goes on. */
const MAX_PROBLEMS = 1000;

export interface AddDependencies {
  readonly database: Database;
  /** Told after each batch is committed. */
  readonly onStored: (contentIds: readonly string[]) => void;
  /** Told of broken contents that were forgotten, since their files have gone. */
  readonly onForgotten: (contentIds: readonly string[]) => Promise<void>;
}

/** Running totals; the last has `finished: true`. The walk stops when the consumer does. */
export async function* addPath(
  dependencies: AddDependencies,
  namespace: string,
  request: AddPathRequest,
): AsyncGenerator<AddProgress> {
  const root = resolve(request.path);
  const labels = request.labels ?? {};
  const totals = emptyTotals();
  let page: FoundFile[] = [];
  for await (const entry of walk(root)) {
    totals.seen += 1;
    if (entry.kind === 'file') page.push(entry);
    else if (entry.kind === 'ignored') ignore(totals, entry.extension);
    else {
      addProblem(totals, entry);
      await flushProblems(dependencies.database, namespace, totals);
    }
    if (page.length === PAGE) {
      yield* addPage(dependencies, namespace, page, labels, totals);
      page = [];
    }
  }
  if (page.length > 0) yield* addPage(dependencies, namespace, page, labels, totals);
  totals.missing += await markMissing(dependencies, namespace, root, totals.present);
  totals.finished = true;
  yield snapshot(totals);
}

/** Of bytes that are of no known format. */
export const UNKNOWN_TYPE = 'application/octet-stream';

type Totals = { -readonly [Key in keyof AddProgress]: AddProgress[Key] } & {
  /** Problems that are not stored yet. */
  fresh: FileProblem[];
  /** URIs of files whose bytes are no picture, and that are not dealt with yet. */
  passedOver: string[];
  /** Files that were met and are present in the database now. */
  present: number;
};

async function* addPage(
  dependencies: AddDependencies,
  namespace: string,
  files: readonly FoundFile[],
  labels: Labels,
  totals: Totals,
): AsyncGenerator<AddProgress> {
  const { database } = dependencies;
  const known = await knownLocations(
    database,
    namespace,
    files.map(({ uri }) => uri),
  );
  const same = files.filter((file) => isSame(file, known.get(file.uri)));
  const locations = same.flatMap(({ uri }) => known.get(uri) ?? []);
  const reappeared = same.filter(({ uri }) => known.get(uri)?.state === 'missing').map(({ uri }) => uri);
  totals.unchanged += same.length;
  totals.present += same.length;
  const ids = [...new Set(locations.map(({ contentId }) => contentId))];
  if (reappeared.length > 0) await setLocationState(database, namespace, reappeared, 'present');
  // Also of files that were away unnoticed, as on a disk that was not plugged in.
  if ((await retryMissing(database, namespace, ids)) > 0) dependencies.onStored([]);
  if (ids.length > 0 && Object.keys(labels).length > 0) await addLabels(database, namespace, ids, labels);
  yield snapshot(totals);
  const changed = files.filter((file) => !isSame(file, known.get(file.uri)));
  for (let start = 0; start < changed.length; start += BATCH) {
    await addBatch(dependencies, namespace, changed.slice(start, start + BATCH), known, labels, totals);
    yield snapshot(totals);
  }
}

function isSame({ size, mtimeNs, inode }: FoundFile, known: KnownLocation | undefined): boolean {
  return known?.size === size && known.mtimeNs === String(mtimeNs) && known.inode === inode;
}

/** Opens, stores and plans what is new or changed. */
async function addBatch(
  dependencies: AddDependencies,
  namespace: string,
  files: readonly FoundFile[],
  known: ReadonlyMap<string, KnownLocation>,
  labels: Labels,
  totals: Totals,
): Promise<void> {
  const { database, onStored } = dependencies;
  const contents = await readAll(namespace, files, labels, totals);
  await clearProblems(
    database,
    namespace,
    contents.map(({ location }) => location.uri),
  );
  await flushProblems(database, namespace, totals);
  await leavePlaces(dependencies, namespace, known, totals);
  if (contents.length === 0) return;
  const { created } = await storeAndPlan(database, namespace, contents);
  totals.added += created.size;
  totals.duplicates += contents.length - created.size;
  totals.present += contents.length;
  onStored([...created]);
  const replaced = contents.flatMap(({ contentId, location: { uri } }) => {
    const before = known.get(uri)?.contentId;
    return before === undefined || before === contentId ? [] : [before];
  });
  await settle(dependencies, namespace, replaced);
}

/** Where a picture lay, and now something lies that is none. */
async function leavePlaces(
  dependencies: AddDependencies,
  namespace: string,
  known: ReadonlyMap<string, KnownLocation>,
  totals: Totals,
): Promise<void> {
  const left = totals.passedOver.splice(0).filter((uri) => known.get(uri)?.state === 'present');
  await setLocationState(dependencies.database, namespace, left, 'missing');
  await settle(
    dependencies,
    namespace,
    left.flatMap((uri) => known.get(uri)?.contentId ?? []),
  );
  totals.missing += left.length;
}

async function settle(
  { database, onForgotten }: AddDependencies,
  namespace: string,
  contentIds: readonly string[],
): Promise<void> {
  if (contentIds.length === 0) return;
  const forgotten = await settleMoved(database, namespace, contentIds);
  if (forgotten.length > 0) await onForgotten(forgotten);
}

async function readAll(
  namespace: string,
  files: readonly FoundFile[],
  labels: Labels,
  totals: Totals,
): Promise<NewContent[]> {
  // In the order of the files: of the same bytes twice the first gives the name, whichever was read first.
  const contents: (NewContent | undefined)[] = [];
  const queue = files.entries();
  const work = async (): Promise<void> => {
    for (const [place, file] of queue) contents[place] = await readOne(namespace, file, labels, totals);
  };
  await Promise.all(Array.from({ length: READERS }, work));
  return contents.filter((content) => content !== undefined);
}

function isWanted(format: Format | undefined): boolean {
  return format?.kind === 'picture' || format?.kind === 'video';
}

async function readOne(
  namespace: string,
  file: FoundFile,
  labels: Labels,
  totals: Totals,
): Promise<NewContent | undefined> {
  try {
    const path = pathOfFileUri(file.uri);
    if ((await untilSettled(path)) === undefined) {
      addProblem(totals, {
        uri: file.uri,
        path: file.path,
        code: 'still_written',
        message: `Cannot add "${file.path}" yet: it is still being written; add it again later`,
      });
      return undefined;
    }
    const wanted = (head: Uint8Array): boolean => isWanted(sniff(head)) || promisesPicture(file.path);
    const hashed = await hashFile(path, { wanted });
    if (hashed === undefined) {
      ignore(totals, extensionKey(file.name));
      totals.passedOver.push(file.uri);
      return undefined;
    }
    const { sha256, head, size, mtimeNs, inode } = hashed;
    const format = sniff(head);
    return {
      contentId: contentIdFor(namespace, sha256),
      sha256,
      mimeType: format?.mimeType ?? UNKNOWN_TYPE,
      sizeBytes: size,
      name: file.name,
      labels,
      location: { uri: file.uri, size, mtimeNs: String(mtimeNs), inode },
    };
  } catch (error) {
    const code = error instanceof FoveaError ? error.code : 'unreadable_file';
    addProblem(totals, {
      uri: file.uri,
      path: file.path,
      code,
      message: error instanceof Error ? error.message : String(error),
    });
    return undefined;
  }
}

/**
 * Marks known places below the path whose file has gone. Where as many are present as were met, none has; else each is
 * looked for, in pages, so memory stays flat.
 */
async function markMissing(
  dependencies: AddDependencies,
  namespace: string,
  path: string,
  present: number,
): Promise<number> {
  const { database } = dependencies;
  const root = fileUri(path);
  if ((await countPresentBelow(database, namespace, root)) === present) return 0;
  let missing = 0;
  let after: string | null = null;
  for (;;) {
    const page: Awaited<ReturnType<typeof locationsBelow>> = await locationsBelow(
      database,
      namespace,
      root,
      after,
      PAGE,
    );
    const gone = await goneOf(page.filter(({ state }) => state === 'present'));
    if (gone.length > 0) {
      await setLocationState(
        database,
        namespace,
        gone.map(({ uri }) => uri),
        'missing',
      );
      await settle(
        dependencies,
        namespace,
        gone.map(({ contentId }) => contentId),
      );
    }
    missing += gone.length;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return missing;
    after = last.uri;
  }
}

/** Those whose file is not there. */
async function goneOf<T extends { readonly uri: string }>(locations: readonly T[]): Promise<T[]> {
  const gone: T[] = [];
  for (let start = 0; start < locations.length; start += LOOKS) {
    const some = locations.slice(start, start + LOOKS);
    const found = await Promise.all(some.map(({ uri }) => exists(pathOfFileUri(uri))));
    gone.push(...some.filter((_location, place) => found[place] === false));
  }
  return gone;
}

async function exists(path: FilePath): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    // Only a file that is really gone is missing; one that can't be looked at (permission, network) is kept as it is.
    return !(error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'));
  }
}

function ignore(totals: Totals, extension: string): void {
  totals.ignored = { ...totals.ignored, [extension]: (totals.ignored[extension] ?? 0) + 1 };
}

function addProblem(totals: Totals, { uri, path, code, message }: FileProblem): void {
  totals.failed += 1;
  totals.fresh.push({ uri, path, code, message });
  if (totals.problems.length < MAX_PROBLEMS) totals.problems = [...totals.problems, { path, code, message }];
}

/** Stores what was noted, so that `fovea status --failed` tells it and `fovea retry --failed` tries it again. */
async function flushProblems(database: Database, namespace: string, totals: Totals): Promise<void> {
  const fresh = totals.fresh.splice(0);
  await recordProblems(database, namespace, fresh);
}

function emptyTotals(): Totals {
  return {
    seen: 0,
    added: 0,
    duplicates: 0,
    unchanged: 0,
    ignored: {},
    failed: 0,
    problems: [],
    missing: 0,
    finished: false,
    notes: [],
    fresh: [],
    passedOver: [],
    present: 0,
  };
}

function snapshot(totals: Totals): AddProgress {
  const { fresh: _fresh, passedOver: _passedOver, present: _present, ...progress } = totals;
  return progress;
}
