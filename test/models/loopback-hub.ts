/**
 * A hub on this machine: serves folders as repositories the way the real one does (large files by redirect to another
 * host, with `X-Linked-ETag` and `X-Linked-Size` on the first answer; small ones with their Git SHA-1), and misbehaves on
 * demand.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Files from this size on, and all weights, are answered by redirect. */
const LARGE_BYTES = 2_000;

interface Faults {
  /** Answers 200 with everything whatever `Range` says. */
  ignoreRange?: boolean;
  /** Answers 206 from the first byte whatever `Range` says. */
  rangeFromStart?: boolean;
  /** Closes the connection after so many bytes, so many times. */
  truncate?: { afterBytes: number; times: number };
  /** Sends a large file in pieces of 20,000 bytes with so long between them. */
  dripMs?: number;
  /** Flips a bit of every large file on its way. */
  wrongBytes?: boolean;
  /** Answers 401 to who doesn't bring this token. */
  token?: string;
  /** Waits before each answer. */
  delayMs?: number;
  /** Leaves out every hash. */
  noHashes?: boolean;
  /** Answers 503 so many times. */
  busy?: number;
  /** Answers 429 with `Retry-After: 7` to whatever is asked of its API. */
  limited?: boolean;
}

/** What was asked, in order. */
interface Asked {
  readonly host: 'hub' | 'content';
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

export interface LoopbackHub {
  readonly endpoint: string;
  readonly faults: Faults;
  readonly asked: Asked[];
  close(): Promise<void>;
}

/** @param repositories `owner/name` → folder; every revision is the same. */
export async function startHub(repositories: Readonly<Record<string, string>>): Promise<LoopbackHub> {
  const faults: Faults = {};
  const asked: Asked[] = [];
  const content = createServer((request, response) => {
    note('content', request);
    void sendFile(request, response, decodeURIComponent((request.url ?? '').slice(1)), faults);
  });
  const hub = createServer((request, response) => {
    note('hub', request);
    setTimeout(() => answer(request, response), faults.delayMs ?? 0);
  });
  const note = (host: Asked['host'], { method = '', url: path = '', headers }: IncomingMessage): void => {
    asked.push({ host, method, path, headers });
  };
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    if (faults.token !== undefined && request.headers.authorization !== `Bearer ${faults.token}`) {
      response.writeHead(401).end('no');
      return;
    }
    if ((faults.busy ?? 0) > 0) {
      faults.busy = (faults.busy ?? 0) - 1;
      response.writeHead(503).end('later');
      return;
    }
    const listed = describe(repositories, request);
    if (listed !== undefined) {
      if (faults.limited === true) response.writeHead(429, { 'retry-after': '7' }).end('slower');
      else response.writeHead(listed.status, listed.headers).end(JSON.stringify(listed.value));
      return;
    }
    const file = find(repositories, request.url ?? '');
    if (file === undefined) {
      response.writeHead(404).end('Entry not found');
      return;
    }
    const bytes = readFileSync(file);
    const large = bytes.length >= LARGE_BYTES || file.endsWith('.onnx');
    if (faults.noHashes !== true) {
      if (large) {
        response.setHeader('X-Linked-ETag', `"${createHash('sha256').update(bytes).digest('hex')}"`);
        response.setHeader('X-Linked-Size', bytes.length);
      } else {
        const git = createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes);
        response.setHeader('ETag', `"${git.digest('hex')}"`);
      }
    }
    if (large) response.writeHead(302, { location: `${contentUrl}/${encodeURIComponent(file)}` }).end();
    else void sendFile(request, response, file, {});
  };
  const contentUrl = await listen(content);
  const endpoint = await listen(hub);
  return {
    endpoint,
    faults,
    asked,
    close: async () => {
      for (const server of [hub, content]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

/** The only commit of every repository. */
export const COMMIT = '0123456789abcdef0123456789abcdef01234567';

/** Entries a page of a tree. */
const TREE_PAGE = 2;

interface Described {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly value: unknown;
}

/**
 * The API of data sets, which are repositories `datasets/<owner>/<name>`: a revision's commit, and its files by pages. A
 * folder `<repository>@<revision>` is another revision, with a commit that ends in `f`.
 */
function describe(repositories: Readonly<Record<string, string>>, request: IncomingMessage): Described | undefined {
  const url = new URL(request.url ?? '', 'http://hub.test');
  const [, repository, what, revision = ''] =
    /^\/api\/(datasets\/[^/]+\/[^/]+)\/(revision|tree)\/(.+)$/.exec(decodeURIComponent(url.pathname)) ?? [];
  if (repository === undefined) return undefined;
  const missing = { status: 404, headers: {}, value: { error: 'Repository not found' } };
  if (repositories[repository] === undefined) return missing;
  const other = Object.keys(repositories).find((name) => name.startsWith(`${repository}@`));
  if (what === 'revision') {
    if (revision === 'main') return { status: 200, headers: {}, value: { sha: COMMIT } };
    return other === `${repository}@${revision}` ? { status: 200, headers: {}, value: { sha: OTHER_COMMIT } } : missing;
  }
  const folder = repositories[revision === OTHER_COMMIT && other !== undefined ? other : repository] ?? '';
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const entries = files
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
    .map((path) => ({
      type: 'file',
      path: relative(folder, path),
      size: statSync(path).size,
      lfs: { oid: createHash('sha256').update(readFileSync(path)).digest('hex') },
    }));
  const start = Number(url.searchParams.get('cursor') ?? 0);
  const next = start + TREE_PAGE;
  // As a mirror does: the link leads to the hub itself.
  const link = `<https://hub.invalid${url.pathname}?recursive=true&cursor=${next}>; rel="next"`;
  return { status: 200, headers: next < entries.length ? { link } : {}, value: entries.slice(start, next) };
}

const OTHER_COMMIT = COMMIT.replace(/.$/, 'f');

/** `/<owner>/<name>/resolve/<revision>/<path>`, also below `/datasets`. */
function find(repositories: Readonly<Record<string, string>>, url: string): string | undefined {
  const [, repository = '', revision = '', path = ''] =
    /^\/((?:datasets\/)?[^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(decodeURI(url)) ?? [];
  const other = Object.keys(repositories).find((name) => name.startsWith(`${repository}@`)) ?? repository;
  const folder = repositories[revision === OTHER_COMMIT ? other : repository];
  const file = folder === undefined ? undefined : join(folder, normalize(path));
  return file !== undefined && existsSync(file) ? file : undefined;
}

async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  file: string,
  faults: Faults,
): Promise<void> {
  const bytes = Buffer.from(readFileSync(file));
  if (faults.wrongBytes === true) bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  const range = faults.ignoreRange === true ? null : /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
  const start = faults.rangeFromStart === true ? 0 : Number(range?.[1] ?? 0);
  if (range !== null && start >= bytes.length) {
    response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
    return;
  }
  const rest = bytes.subarray(start);
  response.writeHead(range === null ? 200 : 206, {
    'content-length': rest.length,
    ...(range === null ? {} : { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` }),
  });
  if (request.method === 'HEAD') {
    response.end();
  } else if (faults.truncate !== undefined && faults.truncate.times > 0) {
    faults.truncate.times--;
    const sent = rest.subarray(0, faults.truncate.afterBytes);
    response.write(sent, () => setTimeout(() => response.destroy(), 20));
  } else if (faults.dripMs !== undefined) {
    for (let at = 0; at < rest.length && !response.destroyed; at += 20_000) {
      response.write(rest.subarray(at, at + 20_000));
      await sleep(faults.dripMs);
    }
    response.end();
  } else {
    response.end(rest);
  }
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('Cannot listen on loopback');
  return `http://127.0.0.1:${address.port}`;
}
