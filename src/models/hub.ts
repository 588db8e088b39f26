/**
 * Talking to a hub: URLs, redirects and what its answers say about a file.
 *
 * A large file is answered with a redirect to a content network; the *un-redirected* answer carries `X-Linked-ETag` (the
 * file's SHA-256) and `X-Linked-Size`. A small file's `ETag` is its Git blob SHA-1. ETags of the content network are no
 * hashes of the file. The token goes to the first host only: never along a redirect to another.
 *
 * @module
 */

/** Where `HF_ENDPOINT` says nothing. */
export const DEFAULT_ENDPOINT = 'https://huggingface.co';

const MAX_REDIRECTS = 8;

/** `<endpoint>/<repository>/resolve/<revision>/<path>`, each part escaped. */
export function hubUrl(endpoint: string, repository: string, revision: string, path: string): string {
  const escape = (text: string): string => text.split('/').map(encodeURIComponent).join('/');
  return `${endpoint.replace(/\/+$/, '')}/${escape(repository)}/resolve/${encodeURIComponent(revision)}/${escape(path)}`;
}

/** What a hub says of a file before its bytes come. */
export interface FileFacts {
  readonly sha256?: string;
  /** SHA-1 of `blob <size>\0<bytes>`, as Git names it. */
  readonly gitSha1?: string;
  readonly sizeBytes?: number;
}

export interface HubAnswer {
  /** The last answer, after redirects. */
  readonly response: Response;
  readonly facts: FileFacts;
}

export interface HubRequest {
  readonly method?: 'GET' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string | undefined;
  readonly signal?: AbortSignal;
}

/** Sends a request and follows redirects. Throws what `fetch` throws where no answer comes. */
export async function askHub(url: string, request: HubRequest = {}): Promise<HubAnswer> {
  const first = new URL(url);
  let current = first;
  const facts: FileFacts[] = [];
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const atHome = current.origin === first.origin;
    const response = await fetch(current, {
      method: request.method ?? 'GET',
      redirect: 'manual',
      headers: {
        'accept-encoding': 'identity',
        'user-agent': 'fovea',
        ...request.headers,
        ...(atHome && request.token !== undefined ? { authorization: `Bearer ${request.token}` } : {}),
      },
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
    // The first answer's word counts most, so it comes last.
    if (atHome) facts.unshift(readFacts(response.headers));
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || location === null)
      return { response, facts: Object.assign({}, ...facts) };
    await response.body?.cancel();
    current = new URL(location, current);
    if (current.protocol !== 'https:' && current.protocol !== 'http:') break;
  }
  throw new Error(`its redirects don't end (${MAX_REDIRECTS} followed)`);
}

function readFacts(headers: Headers): FileFacts {
  const linked = unquote(headers.get('x-linked-etag'));
  const etag = linked ?? unquote(headers.get('etag'));
  const size = headers.get('x-linked-size');
  return {
    ...(linked !== undefined && /^[0-9a-f]{64}$/.test(linked) ? { sha256: linked } : {}),
    ...(etag !== undefined && /^[0-9a-f]{40}$/.test(etag) ? { gitSha1: etag } : {}),
    ...(size !== null && /^\d+$/.test(size) ? { sizeBytes: Number(size) } : {}),
  };
}

function unquote(etag: string | null): string | undefined {
  return etag?.replace(/^W\//, '').replaceAll('"', '').toLowerCase();
}
