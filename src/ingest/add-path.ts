/**
 * Adding a folder or a file in place: walk → compare with known locations → open only what is new or changed → store and
 * plan in batches. Every file that is met ends in exactly one count.
 *
 * @module
 */
import { lstat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { AddPathRequest, AddProgress, Labels } from '../contract/index.ts';
import { FoveaError } from '../contract/index.ts';
import { sniff } from '../image/index.ts';
import { extensionKey, fileUri, hashFile, pathOfFileUri, untilSettled, walk } from '../sources/index.ts';
import type { FilePath, FoundFile } from '../sources/index.ts';
import type { Database, FileProblem, NewContent } from '../store/index.ts';
import {
  addLabels,
  clearProblems,
  contentIdFor,
  knownLocations,
  locationsBelow,
  recordProblems,
  setLocationState,
} from '../store/index.ts';
import { settleMoved } from './moved.ts';
import { promisesPicture } from './picture-extensions.ts';
import { storeAndPlan } from './plan-contents.ts';

const BATCH = 64;
/** Files looked at and read at a time; those that may still be written wait together. */
const READERS = 16;
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
  let batch: FoundFile[] = [];
  for await (const entry of walk(root)) {
    if (entry.kind === 'file') {
      totals.seen += 1;
      batch.push(entry);
    } else if (entry.kind === 'ignored') {
      totals.seen += 1;
      ignore(totals, entry.extension);
    } else {
      totals.seen += 1;
      const { path, code, message } = entry;
      addProblem(totals, { uri: fileUri(path), path, code, message });
      await flushProblems(dependencies.database, namespace, totals);
    }
    if (batch.length === BATCH) {
      await addBatch(dependencies, namespace, batch, labels, totals);
      batch = [];
      yield snapshot(totals);
    }
  }
  if (batch.length > 0) await addBatch(dependencies, namespace, batch, labels, totals);
  totals.missing = await markMissing(dependencies, namespace, root);
  totals.finished = true;
  yield snapshot(totals);
}

/** Of bytes that are of no known format. */
export const UNKNOWN_TYPE = 'application/octet-stream';

type Totals = { -readonly [Key in keyof AddProgress]: AddProgress[Key] } & {
  /** Problems that are not stored yet. */
  fresh: FileProblem[];
};

async function addBatch(
  dependencies: AddDependencies,
  namespace: string,
  files: readonly FoundFile[],
  labels: Labels,
  totals: Totals,
): Promise<void> {
  const { database, onStored } = dependencies;
  const known = await knownLocations(
    database,
    namespace,
    files.map(({ uri }) => uri),
  );
  const same: string[] = [];
  const reappeared: string[] = [];
  const changed: FoundFile[] = [];
  for (const file of files) {
    const { uri } = file;
    const location = known.get(uri);
    if (
      location !== undefined &&
      location.size === file.size &&
      location.mtimeNs === String(file.mtimeNs) &&
      location.inode === file.inode
    ) {
      same.push(location.contentId);
      if (location.state === 'missing') reappeared.push(uri);
    } else {
      changed.push(file);
    }
  }
  totals.unchanged += same.length;
  if (reappeared.length > 0) await setLocationState(database, namespace, reappeared, 'present');
  if (same.length > 0 && Object.keys(labels).length > 0) await addLabels(database, namespace, same, labels);

  const contents = await readAll(namespace, changed, labels, totals);
  await clearProblems(
    database,
    namespace,
    contents.map(({ location }) => location.uri),
  );
  await flushProblems(database, namespace, totals);
  if (contents.length === 0) return;
  const created = await storeAndPlan(database, namespace, contents);
  totals.added += created.size;
  totals.duplicates += contents.length - created.size;
  onStored([...created]);
  const replaced = contents.flatMap(({ contentId, location: { uri } }) => {
    const before = known.get(uri)?.contentId;
    return before === undefined || before === contentId ? [] : [before];
  });
  await settle(dependencies, namespace, replaced);
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
  const contents: NewContent[] = [];
  const queue = [...files];
  const work = async (): Promise<void> => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      const content = await readOne(namespace, file, labels, totals);
      if (content !== undefined) contents.push(content);
    }
  };
  await Promise.all(Array.from({ length: READERS }, work));
  return contents;
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
    const { sha256, head, size, mtimeNs, inode } = await hashFile(path);
    const format = sniff(head);
    if (format?.kind !== 'picture' && !promisesPicture(file.path)) {
      ignore(totals, extensionKey(file.name));
      return undefined;
    }
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

/** Marks known places below the path whose file has gone. Pages through the table, so memory stays flat. */
async function markMissing(dependencies: AddDependencies, namespace: string, path: string): Promise<number> {
  const { database } = dependencies;
  const prefix = fileUri(path);
  let missing = 0;
  let after: string | null = null;
  for (;;) {
    const page: Awaited<ReturnType<typeof locationsBelow>> = await locationsBelow(
      database,
      namespace,
      prefix,
      after,
      500,
    );
    const gone: typeof page = [];
    for (const location of page) {
      if (location.state === 'present' && !(await exists(pathOfFileUri(location.uri)))) gone.push(location);
    }
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
    if (last === undefined || page.length < 500) return missing;
    after = last.uri;
  }
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

function addProblem(totals: Totals, problem: FileProblem): void {
  totals.failed += 1;
  totals.fresh.push(problem);
  const { path, code, message } = problem;
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
  };
}

function snapshot(totals: Totals): AddProgress {
  const { fresh: _fresh, ...progress } = totals;
  return progress;
}
