/**
 * The files of one model, wherever they are: in a folder of the user's, in the package, or in the cache, where a missing
 * one is fetched.
 *
 * @module
 */
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelUnavailableError } from '../contract/index.ts';
import { isFile, repositoryFolder } from './cache.ts';
import type { CardFile, CardSource } from './card.ts';
import { AbsentFileError, fetchFile } from './fetch.ts';
import type { FetchTiming } from './fetch.ts';
import { computeSha256, fileSha256, rememberedSha256 } from './file-hash.ts';
import { askHub, DEFAULT_ENDPOINT, hubUrl } from './hub.ts';
import { addPin, readPins } from './pins.ts';
import type { ModelsOptions } from './types.ts';

export interface ModelFiles {
  readonly origin: 'local' | 'shipped' | 'cache';
  /** Where they lie, or will. */
  readonly folder: string;
  /** Where they come from, for people: a URL or a folder. */
  readonly source: string;
  /** Absolute path of a file that is there when this returns. Throws `ModelUnavailableError`. */
  path(file: string): Promise<string>;
  /**
   * The same, of a file whose bytes were just read and are what they were: those of the card, of the first fetch, or of the
   * first reading. A damaged one of the cache is fetched again. Throws `ModelUnavailableError`, which names the file.
   */
  sound(file: string): Promise<string>;
  /** The same as `path`, or null where the model has no such file. */
  optional(file: string): Promise<string | null>;
  /** True where it is here now; fetches nothing. */
  has(file: string): Promise<boolean>;
  /** Hex SHA-256, without fetching the file where that is known or can be asked. */
  sha256(file: string): Promise<string>;
}

/** Files in a folder. `known` are the card's facts. */
export function folderFiles(
  model: string,
  folder: string,
  origin: 'local' | 'shipped',
  cacheFolder: string,
  known: readonly CardFile[] = [],
): ModelFiles {
  const at = (file: string): string => join(folder, file);
  const path = async (file: string): Promise<string> => {
    if (await isFile(at(file))) return at(file);
    throw new ModelUnavailableError(
      model,
      `there is no ${file} in the folder ${folder}; it must be laid out like the model's repository on the hub`,
    );
  };
  return {
    origin,
    folder,
    source: folder,
    path,
    sound: async (file) => {
      const found = await path(file);
      const fact = known.find((each) => each.path === file);
      const { size } = await stat(found);
      // A folder of the user's may hold a build of another size, which is theirs.
      const expected = origin === 'shipped' || fact?.sizeBytes === size ? fact?.sha256 : undefined;
      const damage = await damageOf(found, expected, cacheFolder);
      if (damage === undefined) return found;
      const help = origin === 'shipped' ? 'install the package again' : 'copy it there again from where it came';
      throw new ModelUnavailableError(model, `${damage}; ${help}`);
    },
    has: (file) => isFile(at(file)),
    optional: async (file) => ((await isFile(at(file))) ? at(file) : null),
    sha256: async (file) => fileSha256(await path(file), cacheFolder),
  };
}

/** What files from a hub or a release need besides their source. */
export interface RemoteOptions {
  readonly options: ModelsOptions;
  readonly fetchTiming?: FetchTiming;
}

type RemoteSource = Exclude<CardSource, { kind: 'shipped' }>;

/** URL of a file; mirrors and tokens are for hubs only. */
export function remoteUrl(source: RemoteSource, file: string, options: ModelsOptions): string {
  if (source.kind === 'release') return `${source.base}/${file}`;
  return hubUrl(options.endpoint ?? DEFAULT_ENDPOINT, source.repository, source.revision, file);
}

/** Everything that getting one model's files from afar needs. */
interface Remote extends RemoteOptions {
  readonly model: string;
  readonly source: RemoteSource;
  readonly known: readonly CardFile[];
  readonly folder: string;
  readonly token: string | undefined;
}

/** Files in the cache, fetched on demand. `known` are the card's facts. */
export function remoteFiles(
  model: string,
  source: RemoteSource,
  known: readonly CardFile[],
  { options, fetchTiming }: RemoteOptions,
): ModelFiles {
  const folder = repositoryFolder(options.cacheFolder, source.repository, source.revision);
  const token = source.kind === 'hub' ? options.token : undefined;
  const remote: Remote = { model, source, known, folder, token, options, ...(fetchTiming && { fetchTiming }) };
  return {
    origin: 'cache',
    folder,
    source: source.kind === 'hub' ? remoteUrl(source, '', options).replace(/\/resolve\/.*$/, '') : source.base,
    path: (file) => obtain(remote, file),
    sound: (file) => obtainSound(remote, file),
    optional: (file) => obtainOptional(remote, file),
    has: (file) => isFile(join(folder, file)),
    sha256: (file) => hashOf(remote, file),
  };
}

async function obtain(
  { model, source, known, folder, token, options, fetchTiming }: Remote,
  file: string,
): Promise<string> {
  const target = join(folder, file);
  if (await isFile(target)) return target;
  const url = remoteUrl(source, file, options);
  if (options.offline === true) throw offline(model, file, folder, url);
  const fact = known.find(({ path }) => path === file);
  const pin = (await readPins(folder))[file];
  const pinned = pin !== undefined && 'sha256' in pin ? pin : undefined;
  await fetchFile({
    model,
    file,
    url,
    token,
    target,
    sha256: fact?.sha256 ?? pinned?.sha256,
    sizeBytes: fact?.sizeBytes ?? pinned?.sizeBytes,
    timing: fetchTiming,
    onProgress: options.onProgress,
    onVerified: (sha256, sizeBytes) => addPin(folder, file, { sha256, sizeBytes, source: url }),
  });
  return target;
}

async function obtainSound(remote: Remote, file: string): Promise<string> {
  const { model, known, folder, options } = remote;
  const target = await obtain(remote, file);
  const { ino, mtimeMs } = await stat(target);
  const pin = (await readPins(folder))[file];
  const expected = known.find(({ path }) => path === file)?.sha256 ?? (pin && 'sha256' in pin ? pin.sha256 : undefined);
  const damage = await damageOf(target, expected, options.cacheFolder);
  if (damage === undefined) return target;
  if (options.offline === true)
    throw new ModelUnavailableError(model, `${damage}; go online once and run "fovea models pull ${model}"`);
  // Another process may have put a sound one there meanwhile.
  const present = await stat(target).catch(() => undefined);
  if (present?.ino === ino && present.mtimeMs === mtimeMs) await rm(target, { force: true });
  try {
    return await obtain(remote, file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ModelUnavailableError(model, `${damage}, and it can't be fetched again: ${reason}`);
  }
}

/** What is wrong with a file's bytes, in words, or undefined; without `expected`, against what they were at first. */
async function damageOf(path: string, expected: string | undefined, cacheFolder: string): Promise<string | undefined> {
  const remembered = expected === undefined ? await rememberedSha256(path, cacheFolder) : undefined;
  const sha256 = await computeSha256(path);
  const before = expected ?? remembered?.sha256;
  if (before === undefined) await remembered?.remember(sha256);
  if (before === undefined || before === sha256) return undefined;
  return `its file "${path}" is damaged (SHA-256 ${sha256.slice(0, 12)}…, and it should be ${before.slice(0, 12)}…)`;
}

async function obtainOptional(remote: Remote, file: string): Promise<string | null> {
  const pin = (await readPins(remote.folder))[file];
  if (pin !== undefined && 'absent' in pin) return null;
  try {
    return await obtain(remote, file);
  } catch (error) {
    if (!(error instanceof AbsentFileError)) throw error;
    await addPin(remote.folder, file, { absent: true });
    return null;
  }
}

/** What is written in the card or the lock file; else the hub's word; else the file's own, which may have to be fetched. */
async function hashOf(remote: Remote, file: string): Promise<string> {
  const { source, known, folder, token, options } = remote;
  const pin = (await readPins(folder))[file];
  const pinned = pin !== undefined && 'sha256' in pin ? pin.sha256 : undefined;
  const written = known.find(({ path }) => path === file)?.sha256 ?? pinned;
  if (written !== undefined) return written;
  if (!(await isFile(join(folder, file))) && options.offline !== true) {
    const url = remoteUrl(source, file, options);
    const said = await askSha256(url, token);
    if (said !== undefined) {
      await addPin(folder, file, { ...said, source: url });
      return said.sha256;
    }
  }
  return fileSha256(await obtain(remote, file), options.cacheFolder);
}

/** The hub's own hash of a large file; undefined where it says none or doesn't answer (fetching will tell why). */
async function askSha256(
  url: string,
  token: string | undefined,
): Promise<{ sha256: string; sizeBytes: number } | undefined> {
  try {
    const { facts, response } = await askHub(url, { method: 'HEAD', token, signal: AbortSignal.timeout(10_000) });
    const { sha256, sizeBytes } = facts;
    if (!response.ok || sha256 === undefined || sizeBytes === undefined) return undefined;
    return { sha256, sizeBytes };
  } catch {
    return undefined;
  }
}

function offline(model: string, file: string, folder: string, url: string): ModelUnavailableError {
  return new ModelUnavailableError(
    model,
    `${file} is not in ${folder} and Fovea is offline (HF_HUB_OFFLINE); it would come from ${url}. ` +
      `Go online once ("fovea models pull ${model}"), or put the model's files below FOVEA_MODELS`,
  );
}
