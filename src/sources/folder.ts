/**
 * Walks a folder and everything below it, as a stream: memory grows with the number of folders, not of files.
 *
 *     folder → its files, sorted by bytes of the name (folders of more than 4096 entries: each 4096 by themselves)
 *            → its folders, in the same order
 *     links to folders last, so that what lies below the root is found by its own path
 *
 * Every folder is read once, told by device and inode, whatever leads to it: links can't loop. A link to a folder that
 * holds the root is not followed. Nothing that goes wrong below the root ends the walk; it is a `problem` in the stream.
 *
 * @module
 */
import { isUtf8 } from 'node:buffer';
import type { BigIntStats, OpenDirOptions } from 'node:fs';
import { lstat, opendir, realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { FoveaError, InvalidInputError, NotFoundError } from '../contract/index.ts';
import { errnoOf, fileError, UnreadableFileError } from './file-error.ts';
import { displayPath, fileUri, isAbsolutePath } from './file-uri.ts';
import type { FilePath } from './file-uri.ts';
import { ignoredFile, ignoredFolder } from './ignored.ts';
import { stampOf } from './stamp.ts';
import type { FileStamp } from './stamp.ts';

/** A regular file, by its own path or through a link. */
export interface FoundFile extends FileStamp {
  readonly kind: 'file';
  /** Absolute, to show; where the name is no UTF-8 it does not open the file, `pathOfFileUri(uri)` does. */
  readonly path: string;
  readonly uri: string;
  /** The last part of the path. */
  readonly name: string;
}

/** Something that is no picture by its name or kind; a folder counts once and is not entered. */
export interface IgnoredEntry {
  readonly kind: 'ignored';
  readonly path: string;
  /** What to count it under: `.xmp`, `(hidden) .jpg`, `@eaDir/`, `(repeated link)`, `(link upwards)`, `(special file)`, `(gone)`. */
  readonly extension: string;
}

/** Something that could not be read. */
export interface WalkProblem {
  readonly kind: 'problem';
  /** As of a `FoundFile`. */
  readonly uri: string;
  readonly path: string;
  /** `unreadable_file` */
  readonly code: string;
  /** A sentence for people. */
  readonly message: string;
}

export type WalkEntry = FoundFile | IgnoredEntry | WalkProblem;

export interface WalkOptions {
  readonly signal?: AbortSignal | undefined;
}

const BATCH_ENTRIES = 4096;
/** Looks at so many files at once: a network folder answers each in milliseconds. */
const PARALLEL_LOOKS = 32;

interface Walk {
  /** The next one at the end. */
  readonly folders: Buffer[];
  /** Links to folders; read when `folders` is empty. */
  readonly linked: Buffer[];
  /** Folders that were read, and files that a link led to: {@link identity}. */
  readonly seen: Set<string>;
  /** Folders that hold the root. */
  readonly above: ReadonlySet<string>;
}

/** One entry of a folder after it was looked at. */
type Look =
  | { readonly kind: 'entry'; readonly entry: WalkEntry }
  | { readonly kind: 'linked-file'; readonly entry: FoundFile; readonly identity: string }
  | { readonly kind: 'folder'; readonly path: Buffer; readonly linked: boolean };

/**
 * Everything below `root`, or `root` itself where it is a file.
 *
 * @param root Absolute; a Buffer where it is no UTF-8.
 * @throws InvalidInputError for a relative path, NotFoundError where there is nothing, UnreadableFileError where it
 * can't be looked at; the signal's reason.
 */
export async function* walk(root: FilePath, options: WalkOptions = {}): AsyncGenerator<WalkEntry, void, void> {
  if (!isAbsolutePath(root)) {
    throw new InvalidInputError(`Cannot add "${displayPath(root)}": the path must be absolute`);
  }
  const start = Buffer.from(typeof root === 'string' ? resolve(root) : root);
  const stats = await rootStats(start);
  if (!stats.isDirectory()) {
    yield stats.isFile() ? found(start, stats) : ignored(start, '(special file)');
    return;
  }
  const state: Walk = { folders: [start], linked: [], seen: new Set(), above: await foldersAbove(start) };
  for (let folder = next(state); folder !== undefined; folder = next(state)) {
    yield* readFolder(folder, state, options);
  }
}

function next({ folders, linked }: Walk): Buffer | undefined {
  return folders.pop() ?? linked.shift();
}

async function* readFolder(
  folder: Buffer,
  state: Walk,
  { signal }: WalkOptions,
): AsyncGenerator<WalkEntry, void, void> {
  const below: Buffer[] = [];
  try {
    if (!add(state.seen, await identity(folder, await stat(folder, { bigint: true })))) return;
    for await (const names of batches(folder)) {
      for (let i = 0; i < names.length; i += PARALLEL_LOOKS) {
        signal?.throwIfAborted();
        const slice = names.slice(i, i + PARALLEL_LOOKS);
        for (const each of await Promise.all(slice.map((name) => look(join(folder, name), name, state)))) {
          if (each.kind === 'entry') yield each.entry;
          else if (each.kind === 'folder') (each.linked ? state.linked : below).push(each.path);
          else
            yield add(state.seen, each.identity)
              ? each.entry
              : ignored(Buffer.from(each.entry.path), '(repeated link)');
        }
      }
    }
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    yield problem(folder, error);
  }
  state.folders.push(...below.toReversed());
}

/** Names in a folder, sorted by bytes within each batch. */
async function* batches(folder: Buffer): AsyncGenerator<Buffer[], void, void> {
  const options: OpenDirOptions = { bufferSize: 256 };
  /** Names as bytes; the types of Node lack it. */
  Reflect.set(options, 'encoding', 'buffer');
  let names: Buffer[] = [];
  for await (const { name } of await opendir(folder, options)) {
    const bytes: unknown = name;
    names.push(Buffer.isBuffer(bytes) ? bytes : Buffer.from(name));
    if (names.length < BATCH_ENTRIES) continue;
    yield names.sort((a, b) => a.compare(b));
    names = [];
  }
  yield names.sort((a, b) => a.compare(b));
}

async function look(path: Buffer, nameBytes: Buffer, state: Walk): Promise<Look> {
  const name = nameBytes.toString();
  try {
    const stats = await lstat(path, { bigint: true });
    if (stats.isSymbolicLink()) return await lookBehind(path, name, state);
    if (stats.isDirectory()) {
      const extension = ignoredFolder(name);
      return extension === undefined ? { kind: 'folder', path, linked: false } : entry(ignored(path, extension));
    }
    const extension = stats.isFile() ? ignoredFile(name) : '(special file)';
    return entry(extension === undefined ? found(path, stats) : ignored(path, extension));
  } catch (error) {
    /** It was listed a moment ago. */
    return entry(errnoOf(error) === 'ENOENT' ? ignored(path, '(gone)') : problem(path, error));
  }
}

/** What a link leads to; a name that is ignored is not looked behind. */
async function lookBehind(path: Buffer, name: string, { above }: Walk): Promise<Look> {
  const hidden = ignoredFile(name) ?? ignoredFolder(name);
  if (hidden !== undefined) return entry(ignored(path, hidden));
  let stats: BigIntStats;
  try {
    stats = await stat(path, { bigint: true });
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    return entry(broken(path, error));
  }
  const target = await identity(path, stats);
  if (stats.isDirectory()) {
    return above.has(target) ? entry(ignored(path, '(link upwards)')) : { kind: 'folder', path, linked: true };
  }
  if (!stats.isFile()) return entry(ignored(path, '(special file)'));
  return { kind: 'linked-file', entry: found(path, stats), identity: target };
}

async function rootStats(root: Buffer): Promise<BigIntStats> {
  try {
    return await stat(root, { bigint: true });
  } catch (error) {
    const errno = errnoOf(error);
    if (errno !== 'ENOENT' && errno !== 'ENOTDIR') throw fileError(error, displayPath(root));
    throw new NotFoundError(
      'folder',
      displayPath(root),
      [],
      'there is no file or folder of that name; look at its spelling',
    );
  }
}

async function foldersAbove(root: Buffer): Promise<Set<string>> {
  const above = new Set<string>();
  const bytes = await realpath(root, { encoding: 'buffer' });
  for (let end = bytes.lastIndexOf('/'); end >= 0; end = end === 0 ? -1 : bytes.lastIndexOf('/', end - 1)) {
    const folder = bytes.subarray(0, Math.max(1, end));
    if (folder.length === bytes.length) continue;
    try {
      above.add(await identity(folder, await stat(folder, { bigint: true })));
    } catch {
      // Not to be looked at: no link can be followed into it either.
    }
  }
  return above;
}

/** Device and inode; the real path on file systems that number nothing. */
async function identity(path: Buffer, { dev, ino }: BigIntStats): Promise<string> {
  return ino === 0n ? await realpath(path) : `${dev}:${ino}`;
}

function add(seen: Set<string>, key: string): boolean {
  const size = seen.size;
  return seen.add(key).size > size;
}

function entry(each: WalkEntry): Look {
  return { kind: 'entry', entry: each };
}

function found(path: Buffer, stats: BigIntStats): FoundFile {
  const shown = displayPath(path);
  const name = path.subarray(path.lastIndexOf('/') + 1).toString();
  return { kind: 'file', path: shown, uri: uriOf(path), name, ...stampOf(stats) };
}

function uriOf(path: Buffer): string {
  return fileUri(isUtf8(path) ? path.toString() : path);
}

function ignored(path: Buffer, extension: string): IgnoredEntry {
  return { kind: 'ignored', path: displayPath(path), extension };
}

function problem(path: Buffer, error: unknown): WalkProblem {
  const shown = displayPath(path);
  const known = fileError(error, shown);
  return {
    kind: 'problem',
    uri: uriOf(path),
    path: shown,
    code: known instanceof FoveaError ? known.code : 'unreadable_file',
    message: known.message,
  };
}

function broken(path: Buffer, cause: unknown): WalkProblem {
  const shown = displayPath(path);
  const error = new UnreadableFileError(shown, 'it is a link to something that does not exist', 'ENOENT', { cause });
  return { kind: 'problem', uri: uriOf(path), path: shown, code: error.code, message: error.message };
}

function join(folder: Buffer, name: Buffer): Buffer {
  const slash = folder.at(-1) === 0x2f ? [] : [Buffer.from('/')];
  return Buffer.concat([folder, ...slash, name]);
}
