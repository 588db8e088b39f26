/**
 * Downloads one file so that it is there whole and right, or not at all: bytes go to `<target>.part`, which a later
 * attempt, also of another process, resumes by `Range`; its hash is checked; then it is renamed. One process works on a
 * file at a time, the others wait for it (`file-lock.ts`).
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FoveaError, ModelUnavailableError } from '../contract/index.ts';
import { isFile } from './cache.ts';
import { isDiskFull } from './errno.ts';
import { withFileLock } from './file-lock.ts';
import { askHub } from './hub.ts';
import type { FileFacts, HubAnswer } from './hub.ts';
import type { FetchProgress } from './types.ts';

export interface FetchTiming {
  /** No answer or no byte for so long ends an attempt. */
  readonly idleMs: number;
  /** First pause after a failed attempt; doubles. */
  readonly retryMs: number;
  /** Attempts in a row that bring no byte before giving up. */
  readonly attempts: number;
}

export const FETCH_TIMING: FetchTiming = { idleMs: 20_000, retryMs: 500, attempts: 4 };

export interface FetchRequest {
  /** As the user named it, for messages. */
  readonly model: string;
  /** The error for a file that can't be had; a ModelUnavailableError where nothing else is said. */
  readonly refuse?: ((why: string) => FoveaError) | undefined;
  /** Path in the repository, for messages and progress. */
  readonly file: string;
  readonly url: string;
  readonly target: string;
  /** What it must be; where unknown, what the hub says it is. */
  readonly sha256?: string | undefined;
  readonly sizeBytes?: number | undefined;
  readonly token?: string | undefined;
  readonly timing?: FetchTiming | undefined;
  readonly onProgress?: ((progress: FetchProgress) => void) | undefined;
  /** Called when the bytes are known to be right, before the file appears under its name. */
  readonly onVerified?: (sha256: string, sizeBytes: number) => Promise<void>;
}

/** The repository answered that it has no such file. */
export class AbsentFileError extends ModelUnavailableError {}

/**
 * Returns once `target` exists and its hash was checked.
 *
 * @throws {AbsentFileError} on 404.
 * @throws {ModelUnavailableError} (or what `refuse` makes) where the file can't be had or isn't what it must be; says why
 * and what would help.
 */
export async function fetchFile(request: FetchRequest): Promise<void> {
  if (await isFile(request.target)) return;
  try {
    await withFileLock(`${request.target}.lock`, async () => {
      if (!(await isFile(request.target))) await download(request);
    });
  } catch (error) {
    throw error instanceof FoveaError ? error : unwritable(request, error);
  }
}

/** A part of a file that lies here already. */
interface Part {
  readonly path: string;
  readonly size: number;
  /** Bytes that its file system had left before the file was asked for: what comes must be read at once. */
  readonly room: number | undefined;
}

/** What went wrong may go right next time: the connection, a busy server, a part of another file. */
class RetryError extends Error {}

async function download(request: FetchRequest): Promise<void> {
  const timing = request.timing ?? FETCH_TIMING;
  const path = `${request.target}.part`;
  let failures = 0;
  for (;;) {
    const size = await sizeOf(path);
    try {
      await attempt(request, { path, size, room: await freeBytes(path) }, timing);
      return;
    } catch (error) {
      if (error instanceof FoveaError) throw error;
      if (isDiskFull(error)) {
        // A part that fills the disk would stop everything else that writes there.
        await rm(path, { force: true });
        throw noRoom(request, await freeBytes(path));
      }
      failures = (await sizeOf(path)) > size ? 1 : failures + 1;
      if (failures >= timing.attempts) throw unreachable(request, error);
      await sleep(timing.retryMs * 2 ** (failures - 1));
    }
  }
}

async function attempt(request: FetchRequest, part: Part, timing: FetchTiming): Promise<void> {
  const controller = new AbortController();
  const idle = setTimeout(() => controller.abort(new Error(`no answer for ${timing.idleMs} ms`)), timing.idleMs);
  try {
    const answer = await askHub(request.url, {
      token: request.token,
      signal: controller.signal,
      headers: part.size > 0 ? { range: `bytes=${part.size}-` } : {},
    });
    const expected = expectation(request, answer.facts);
    const complete = answer.response.status === 416 && part.size > 0;
    if (complete) {
      // Nothing is left to send: the part is whole, or not of this file.
      await answer.response.body?.cancel();
      await finish(request, part, expected, true);
      return;
    }
    await refuseBadStatus(request, answer);
    const resumed = answer.response.status === 206 && startsAt(answer.response, part.size);
    await receive(request, answer.response, { ...part, size: resumed ? part.size : 0 }, expected, () => idle.refresh());
    await finish(request, part, expected, resumed && part.size > 0);
  } finally {
    clearTimeout(idle);
    controller.abort();
  }
}

/** The card's or lock file's word first; the hub's where they say nothing. Refuses before the bytes where the two differ. */
function expectation(request: FetchRequest, facts: FileFacts): FileFacts {
  if (request.sha256 !== undefined && facts.sha256 !== undefined && request.sha256 !== facts.sha256) {
    throw mismatch(request, facts.sha256, request.sha256);
  }
  const sizeBytes = request.sizeBytes ?? facts.sizeBytes;
  const size = sizeBytes === undefined ? {} : { sizeBytes };
  if (request.sha256 !== undefined) return { sha256: request.sha256, ...size };
  return { ...facts, ...size };
}

async function refuseBadStatus(request: FetchRequest, { response }: HubAnswer): Promise<void> {
  if (response.status === 200 || response.status === 206) return;
  await response.body?.cancel();
  const { file, url, token } = request;
  if (response.status === 401 || response.status === 403) {
    const help =
      token === undefined
        ? 'set HF_TOKEN to a token that may read it'
        : 'the token in HF_TOKEN may not read it; accept the terms on its page or use another token';
    throw unavailable(request, `${url} answers ${response.status} for ${file}: ${help}`);
  }
  if (response.status === 404 || response.status === 410) {
    const absent = `there is no ${file} at ${url}: check the name and the revision, or HF_ENDPOINT`;
    throw request.refuse?.(absent) ?? new AbsentFileError(request.model, absent);
  }
  if (response.status === 429 || response.status >= 500) throw new RetryError(`it answers ${response.status}`);
  throw unavailable(request, `${url} answers ${response.status} for ${file}: check HF_ENDPOINT`);
}

function startsAt(response: Response, offset: number): boolean {
  return new RegExp(`^bytes ${offset}-`).test(response.headers.get('content-range') ?? '');
}

async function receive(
  request: FetchRequest,
  response: Response,
  part: Part,
  expected: FileFacts,
  alive: () => void,
): Promise<void> {
  const length = response.headers.get('content-length');
  const total = length === null ? (expected.sizeBytes ?? null) : part.size + Number(length);
  const needed = Math.max(total ?? 0, expected.sizeBytes ?? 0) - part.size;
  if (part.room !== undefined && part.room < needed) {
    await response.body?.cancel();
    throw noRoom(request, part.room, needed);
  }
  const chunks = readingNow(response.body ?? []);
  const file = await open(part.path, part.size > 0 ? 'a' : 'w');
  let received = part.size;
  try {
    const tell = progressTeller(request, total);
    tell(received, true);
    for await (const chunk of chunks) {
      alive();
      await file.writeFile(chunk).catch((error: unknown) => {
        throw isDiskFull(error) ? error : unwritable(request, error);
      });
      received += chunk.byteLength;
      tell(received, false);
    }
    tell(received, true);
  } finally {
    await file.close();
  }
  if (total !== null && received < total) throw new RetryError(`it ended after ${received} of ${total} bytes`);
}

/** Asks for the first bytes at once: what has come is lost where the connection breaks before somebody reads it. */
function readingNow(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const iterator = (async function* () {
    yield* body;
  })();
  const first = iterator.next();
  first.catch(() => undefined);
  return (async function* () {
    try {
      const { done, value } = await first;
      if (done === true) return;
      yield value;
      yield* iterator;
    } finally {
      await iterator.return();
    }
  })();
}

/** At most ten a second, and always where `force` is set. */
function progressTeller(
  request: FetchRequest,
  totalBytes: number | null,
): (receivedBytes: number, force: boolean) => void {
  let last = -Infinity;
  return (receivedBytes, force) => {
    if (!force && performance.now() - last < 100) return;
    last = performance.now();
    request.onProgress?.({ model: request.model, file: request.file, receivedBytes, totalBytes });
  };
}

/** Checks the whole part and gives it its name. A wrong part is removed; where it was resumed, it is tried from the start. */
async function finish(request: FetchRequest, part: Part, expected: FileFacts, resumed: boolean): Promise<void> {
  const size = await sizeOf(part.path);
  const { sha256, gitSha1 } = await hashes(part.path, size);
  const right =
    (expected.sizeBytes === undefined || expected.sizeBytes === size) &&
    (expected.sha256 === undefined || expected.sha256 === sha256) &&
    (expected.sha256 !== undefined || expected.gitSha1 === undefined || expected.gitSha1 === gitSha1);
  if (!right) {
    await rm(part.path, { force: true });
    if (resumed) throw new RetryError('the part that was here belongs to another file');
    throw expected.sha256 === undefined && expected.gitSha1 !== undefined && expected.gitSha1 !== gitSha1
      ? mismatch(request, `Git ${gitSha1}`, `Git ${expected.gitSha1}`)
      : mismatch(request, sha256, expected.sha256 ?? `${expected.sizeBytes} bytes (${size} came)`);
  }
  await request.onVerified?.(sha256, size);
  await rename(part.path, request.target);
}

async function hashes(path: string, size: number): Promise<{ sha256: string; gitSha1: string }> {
  const sha256 = createHash('sha256');
  const gitSha1 = createHash('sha1').update(`blob ${size}\0`);
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    sha256.update(chunk);
    gitSha1.update(chunk);
  }
  return { sha256: sha256.digest('hex'), gitSha1: gitSha1.digest('hex') };
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}

function unavailable(request: FetchRequest, why: string): FoveaError {
  return request.refuse?.(why) ?? new ModelUnavailableError(request.model, why);
}

/** What else would help, where the file is one of a model. */
function orLocal(request: FetchRequest, help: string): string {
  return request.refuse === undefined ? help : '';
}

function mismatch(request: FetchRequest, found: string, expected: string): FoveaError {
  return unavailable(
    request,
    `${request.file} from ${request.url} is not what it should be (found ${found}, expected ${expected}): ` +
      'it was changed by its publisher or damaged on its way; name a revision (owner/name@revision), or try another HF_ENDPOINT' +
      orLocal(request, ', or put a copy you trust below FOVEA_MODELS'),
  );
}

function unreachable(request: FetchRequest, error: unknown): FoveaError {
  return unavailable(
    request,
    `${request.file} can't be fetched from ${request.url} (${reason(error)}): check the connection or HF_ENDPOINT; ` +
      `what came is kept and resumed${orLocal(request, ". Or put the model's files below FOVEA_MODELS")}`,
  );
}

function unwritable(request: FetchRequest, error: unknown): FoveaError {
  return unavailable(request, `the cache can't be written (${String(error)}); FOVEA_CACHE names another folder`);
}

function noRoom(request: FetchRequest, room: number | undefined, needed?: number): FoveaError {
  const left = room === undefined ? '' : ` (${megabytes(room)} are left)`;
  const takes = needed === undefined ? '' : `, which takes ${megabytes(needed)}`;
  return unavailable(
    request,
    `${dirname(request.target)} has no room for ${request.file}${takes}${left}; free some space, or name another folder with FOVEA_CACHE`,
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

async function freeBytes(file: string): Promise<number | undefined> {
  return statfs(dirname(file)).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => undefined,
  );
}

/** `fetch failed` says nothing; its cause does. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message;
}
