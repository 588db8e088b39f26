/**
 * Fetches one file of the web, from whoever may be hostile: every address on the way is checked and is the one connected
 * to (`url-guard.ts`), redirects are followed by hand, and whatever a server could do without end has a limit.
 *
 * No proxy of the environment is used: it would look names up itself, and reach what this must not.
 *
 * @module
 */
import { request as requestHttp, STATUS_CODES } from 'node:http';
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { InvalidInputError, LimitError, UnreadableUrlError } from '../contract/index.ts';
import {
  checkHost,
  NO_PRIVATE_HOSTS,
  parseSourceUrl,
  resolveHost,
  whyRefused,
  withoutCredentials,
} from './url-guard.ts';
import type { PrivateHosts, Resolve } from './url-guard.ts';
import { urlName } from './url-name.ts';
import { urlProblem } from './url-problem.ts';

/** Limits in milliseconds. */
export interface UrlTiming {
  /** From looking a host up to the end of its server's headers; each redirect anew. */
  readonly headersMs: number;
  /** Between two pieces of the body. */
  readonly idleMs: number;
  /** On all of it. */
  readonly totalMs: number;
}

export interface FetchUrlOptions {
  /** Larger files are refused, before they come where their size is told. */
  readonly maxBytes: number;
  /** Absent: public addresses only. */
  readonly privateHosts?: PrivateHosts;
  readonly signal?: AbortSignal;
  readonly timing?: UrlTiming;
  readonly resolve?: Resolve;
}

/** A file of the web, on its way. */
export interface FetchedFile {
  /** As it was asked for: normalised, without its fragment. */
  readonly url: string;
  readonly name: string;
  /** To be read once. Fails where the file is too large, too slow, or not as long as its server said. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Clients of the HTTP API wait 5 minutes for a reply. */
const TIMING: UrlTiming = { headersMs: 15_000, idleMs: 15_000, totalMs: 4 * 60_000 };
const MAX_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const HEADERS = {
  accept: 'image/*, */*;q=0.5',
  'accept-encoding': 'identity',
  'user-agent': 'Fovea',
  connection: 'close',
};

/**
 * Fetches a file and hands it to `use`; the connection is closed when that ends.
 *
 * @throws InvalidInputError for a URL that may not be fetched, or leads to one; LimitError above `maxBytes`;
 * UnreadableUrlError for what the other side does or doesn't do; the signal's reason.
 */
export async function fetchUrl<T>(
  text: string,
  options: FetchUrlOptions,
  use: (file: FetchedFile) => Promise<T>,
): Promise<T> {
  const asked = parseSourceUrl(text);
  const journey = setOut(asked.href, options);
  try {
    const answer = await follow(asked, journey);
    refuseAnswer(asked.href, answer.response, options.maxBytes);
    const name = urlName(asked, answer.response.headers['content-disposition']);
    return await use({ url: asked.href, name, body: bodyOf(answer, journey) });
  } catch (error) {
    // However what was cut short words it, the reason is told.
    throw journey.signal.aborted ? journey.signal.reason : error;
  } finally {
    journey.end();
  }
}

/** What all steps of one fetch share. */
interface Journey extends Required<Omit<FetchUrlOptions, 'signal'>> {
  readonly asked: string;
  readonly signal: AbortSignal;
  /** Cuts everything short unless what it returns is called in time. */
  limit(ms: number, what: string): () => void;
  /** Stops the clocks. */
  arrive(): void;
  /** Closes what is open. */
  end(): void;
}

function setOut(
  asked: string,
  { maxBytes, privateHosts = NO_PRIVATE_HOSTS, timing = TIMING, resolve = resolveHost, signal }: FetchUrlOptions,
): Journey {
  const controller = new AbortController();
  const clocks = new Set<NodeJS.Timeout>();
  const limit: Journey['limit'] = (ms, what) => {
    const seconds = `${ms / 1000} s`;
    const clock = setTimeout(() => controller.abort(new UnreadableUrlError(asked, `${what} ${seconds}`)), ms);
    clocks.add(clock);
    return () => {
      clearTimeout(clock);
      clocks.delete(clock);
    };
  };
  const giveUp = (): void => controller.abort(signal?.reason);
  if (signal?.aborted === true) giveUp();
  signal?.addEventListener('abort', giveUp, { once: true });
  limit(timing.totalMs, 'it had not come as a whole after');
  const arrive = (): void => {
    signal?.removeEventListener('abort', giveUp);
    for (const clock of clocks) clearTimeout(clock);
  };
  const shared = { asked, maxBytes, privateHosts, timing, resolve, limit, arrive, signal: controller.signal };
  return {
    ...shared,
    end() {
      arrive();
      controller.abort();
    },
  };
}

interface Answer {
  readonly request: ClientRequest;
  readonly response: IncomingMessage;
  /** What went wrong after the headers, apart from the body. */
  failure(): Error | undefined;
}

async function follow(asked: URL, journey: Journey): Promise<Answer> {
  let url = asked;
  for (let redirects = 0; ; redirects += 1) {
    const inTime = journey.limit(journey.timing.headersMs, 'its server gave no answer within');
    const answer = await ask(url, url === asked ? 'it' : redirection(url), journey);
    inTime();
    if (!REDIRECTS.has(answer.response.statusCode ?? 0)) return answer;
    answer.request.destroy();
    if (redirects === MAX_REDIRECTS) {
      throw new UnreadableUrlError(asked.href, `it redirects more than ${MAX_REDIRECTS} times`);
    }
    url = nextUrl(asked.href, url, answer.response);
  }
}

/** The subject of a sentence about a URL that another led to. */
function redirection(url: URL): string {
  return `it redirects to "${withoutCredentials(url)}", which`;
}

/** @throws InvalidInputError for another kind of URL, or one that nobody encrypts any more. */
function nextUrl(asked: string, from: URL, { statusCode = 0, headers: { location } }: IncomingMessage): URL {
  if (location === undefined || !URL.canParse(location, from.href)) {
    throw new UnreadableUrlError(asked, `its server answers ${statusCode} and no URL to go to`, statusCode);
  }
  const next = new URL(location, from);
  const downgraded = from.protocol === 'https:' && next.protocol === 'http:';
  const reason = downgraded ? 'is not encrypted, as what leads there is' : whyRefused(next);
  if (reason !== undefined) throw new InvalidInputError(`Cannot add "${asked}": ${redirection(next)} ${reason}`);
  return next;
}

/** Looks up, checks, connects to what was checked, and sends the request. */
async function ask(url: URL, subject: string, journey: Journey): Promise<Answer> {
  const { asked, signal } = journey;
  try {
    const host = await unlessAborted(checkHost(url, journey), signal);
    if ('refused' in host) throw new InvalidInputError(`Cannot add "${asked}": ${subject} ${host.refused}`);
    return await exchange(url, { lookup: pinned(host.addresses), signal });
  } catch (error) {
    throw urlProblem(asked, error);
  }
}

function exchange(url: URL, options: RequestOptions): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let failure: Error | undefined;
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    // A connection of its own: one that is kept alive was checked for somebody else.
    const request = send(url, { ...options, agent: false, headers: HEADERS });
    request.on('error', (error) => {
      failure ??= error;
      reject(error);
    });
    request.on('response', (response) => resolve({ request, response, failure: () => failure }));
    request.end();
  });
}

/** A look-up that knows its answer, whatever it is asked for. Pure. */
export function pinned(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, options, done) => {
    if (options.all === true) done(null, all);
    else done(null, all[0]?.address ?? '', all[0]?.family);
  };
}

function refuseAnswer(asked: string, { statusCode = 0, headers }: IncomingMessage, maxBytes: number): void {
  if (statusCode !== 200) {
    const reason = `its server answers ${statusCode} (${STATUS_CODES[statusCode] ?? 'unknown'})`;
    throw new UnreadableUrlError(asked, reason, statusCode);
  }
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.trim().toLowerCase() !== 'identity') {
    throw new UnreadableUrlError(asked, 'its server sends it compressed, which was not asked for');
  }
  if (Number(headers['content-length'] ?? 0) > maxBytes) throw tooLarge(asked, maxBytes);
}

async function* bodyOf(answer: Answer, journey: Journey): AsyncGenerator<Uint8Array> {
  const { asked, maxBytes, timing } = journey;
  const pieces: AsyncIterator<Uint8Array> = answer.response[Symbol.asyncIterator]();
  let size = 0;
  for (;;) {
    const inTime = journey.limit(timing.idleMs, 'nothing more of it came for');
    const { done, value } = await pieces.next().catch((error: unknown) => {
      throw urlProblem(asked, error);
    });
    inTime();
    if (done === true) break;
    size += value.length;
    if (size > maxBytes) throw tooLarge(asked, maxBytes);
    yield value;
  }
  if (answer.failure() !== undefined) {
    throw new UnreadableUrlError(asked, `it goes on behind its end after ${size} bytes, as its server said it`);
  }
  journey.arrive();
}

function tooLarge(asked: string, maxBytes: number): LimitError {
  return new LimitError(`Cannot add "${asked}": it has more than ${maxBytes} bytes, the most this server takes`);
}

/** Looking a name up can't be stopped, only left alone. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
