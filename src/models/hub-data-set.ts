/**
 * Data sets on a hub: the commit that a revision is now, its files with their hashes, and one file of it into the cache.
 *
 *     GET <endpoint>/api/datasets/<owner>/<name>/revision/<revision>      { sha }
 *     GET <endpoint>/api/datasets/<owner>/<name>/tree/<sha>?recursive=true  [{ type, path, size, lfs: { oid } }], pages by Link
 *
 * https://huggingface.co/docs/hub/api
 *
 * @module
 */
import { join } from 'node:path';
import { NotFoundError, RateLimitError, UnavailableError } from '../contract/index.ts';
import { repositoryFolder } from './cache.ts';
import { fetchFile } from './fetch.ts';
import type { FetchTiming } from './fetch.ts';
import { askHub, DEFAULT_ENDPOINT, hubUrl } from './hub.ts';
import type { FetchProgress, ModelsOptions } from './types.ts';

export type HubOptions = Pick<ModelsOptions, 'cacheFolder' | 'endpoint' | 'token' | 'offline'> & {
  readonly onProgress?: ((progress: FetchProgress) => void) | undefined;
  readonly timing?: FetchTiming;
};

export interface HubFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** Of large files. */
  readonly sha256: string | undefined;
}

/** What a revision of a repository was when it was asked for. */
export interface HubTree {
  /** `owner/name`. */
  readonly repository: string;
  /** The commit. */
  readonly commit: string;
  readonly files: readonly HubFile[];
}

/** More would be no data set to load by one command. */
const MAX_PAGES = 100;
const TIMEOUT_MS = 30_000;

/**
 * Lists the files of a data set's revision.
 *
 * @throws NotFoundError where the hub has no such data set or revision, or does not show it to this token;
 * RateLimitError; UnavailableError where it is offline, does not answer or answers otherwise.
 */
export async function listHubDataSet(repository: string, revision: string, options: HubOptions): Promise<HubTree> {
  const endpoint = (options.endpoint ?? DEFAULT_ENDPOINT).replace(/\/+$/, '');
  const base = `${endpoint}/api/datasets/${repository}`;
  const ask = (url: string): Promise<{ value: unknown; next: string | undefined }> =>
    askJson(`${repository}@${revision}`, url, options);
  const { value } = await ask(`${base}/revision/${encodeURIComponent(revision)}`);
  const commit = (value as { sha?: unknown } | null)?.sha;
  if (typeof commit !== 'string' || !/^[0-9a-f]{40}$/.test(commit)) throw strange(base, 'it names no commit');
  const files: HubFile[] = [];
  let query: string | undefined = '?recursive=true';
  for (let page = 0; query !== undefined; page += 1) {
    if (page === MAX_PAGES) throw strange(base, `its list of files has more than ${MAX_PAGES} pages`);
    const answer = await ask(`${base}/tree/${commit}${query}`);
    if (!Array.isArray(answer.value)) throw strange(base, 'its list of files is none');
    for (const entry of answer.value as unknown[]) files.push(...fileOf(entry));
    // The link of a mirror may lead to the hub itself: only where it goes on is taken from it.
    query = answer.next === undefined ? undefined : new URL(answer.next, base).search;
  }
  return { repository, commit, files };
}

/**
 * Brings one file of a data set into the cache: resumed, checked against its hash, once.
 *
 * @returns Its path.
 * @throws UnavailableError where it can't be had.
 */
export async function fetchHubFile(tree: HubTree, file: HubFile, options: HubOptions): Promise<string> {
  const name = `datasets/${tree.repository}`;
  const target = join(repositoryFolder(options.cacheFolder, name, tree.commit), file.path);
  await fetchFile({
    model: tree.repository,
    refuse: (reason) => new UnavailableError(`Cannot read "hf://${tree.repository}": ${reason}`),
    file: file.path,
    url: hubUrl(options.endpoint ?? DEFAULT_ENDPOINT, name, tree.commit, file.path),
    target,
    sha256: file.sha256,
    sizeBytes: file.sizeBytes,
    token: options.token,
    timing: options.timing,
    onProgress: options.onProgress,
  });
  return target;
}

async function askJson(
  name: string,
  url: string,
  { token, offline }: HubOptions,
): Promise<{ value: unknown; next: string | undefined }> {
  if (offline === true) {
    throw new UnavailableError(
      `Cannot read "hf://${name}": Fovea is offline (HF_HUB_OFFLINE); fetch its Parquet files elsewhere and load them by their path`,
    );
  }
  let response: Response;
  try {
    ({ response } = await askHub(url, { token, signal: AbortSignal.timeout(TIMEOUT_MS) }));
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UnavailableError(
      `Cannot read "hf://${name}": ${url} does not answer (${reason}); check the connection or HF_ENDPOINT`,
      { cause: error },
    );
  }
  if (!response.ok) {
    await response.body?.cancel();
    throw refusal(name, url, response, token !== undefined);
  }
  const value: unknown = await response.json().catch(() => {
    throw strange(url, 'it is no JSON');
  });
  return { value, next: /<([^>]+)>;\s*rel="next"/.exec(response.headers.get('link') ?? '')?.[1] };
}

function refusal(name: string, url: string, response: Response, hasToken: boolean): Error {
  const { status } = response;
  if (status === 401 || status === 403) {
    // The hub says the same of what is not there, so that nobody learns the names of private ones.
    const help = hasToken
      ? 'there is none of that name, or the token in HF_TOKEN may not read it; accept its terms on its page, or use another token'
      : 'there is none of that name, or it is private or gated: check the name, or set HF_TOKEN to a token that may read it';
    return new NotFoundError('data set', `hf://${name}`, [], help);
  }
  if (status === 404 || status === 410) {
    return new NotFoundError(
      'data set',
      `hf://${name}`,
      [],
      `${url} answers ${status}: check the name, the revision and HF_ENDPOINT`,
    );
  }
  if (status === 429) {
    const seconds = Number(response.headers.get('retry-after'));
    const wait = Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds) : 60;
    const help = hasToken ? '' : '; with a token in HF_TOKEN the hub answers more often';
    return new RateLimitError(`Cannot read "hf://${name}": the hub asks to wait ${wait} s${help}`, wait);
  }
  return new UnavailableError(
    `Cannot read "hf://${name}": ${url} answers ${status}; try again later, or check HF_ENDPOINT`,
  );
}

function strange(url: string, reason: string): UnavailableError {
  return new UnavailableError(`Cannot read what ${url} answers: ${reason}; check HF_ENDPOINT`);
}

function fileOf(entry: unknown): HubFile[] {
  if (typeof entry !== 'object' || entry === null) return [];
  const { type, path, size, lfs } = entry as { type?: unknown; path?: unknown; size?: unknown; lfs?: unknown };
  if (type !== 'file' || typeof path !== 'string' || !isSafePath(path)) return [];
  const oid = (lfs as { oid?: unknown } | undefined)?.oid;
  return [
    {
      path,
      sizeBytes: typeof size === 'number' ? size : 0,
      sha256: typeof oid === 'string' && /^[0-9a-f]{64}$/.test(oid) ? oid : undefined,
    },
  ];
}

/** A hub is asked for files below the cache, whatever it says. */
function isSafePath(path: string): boolean {
  return !path.includes('\\') && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}
