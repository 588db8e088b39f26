/**
 * `fetch` by XMLHttpRequest, since only that tells how much of a body was sent. The client is given it as its transport,
 * so that addresses, keys and errors are the client's as everywhere.
 *
 * @module
 */
import type { Fetch } from 'fovea/client';

/** @param onSent Hears of the bytes of the body that were sent so far. */
export function xhrFetch(onSent: (bytes: number) => void): Fetch {
  return (url, { method = 'GET', headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const abort = (): void => request.abort();
      request.open(method, url);
      for (const [name, value] of new Headers(headers)) request.setRequestHeader(name, value);
      request.upload.addEventListener('progress', ({ loaded }) => onSent(loaded));
      request.addEventListener('load', () => {
        const type = request.getResponseHeader('Content-Type');
        // Statuses without a body must not be given one.
        const text = request.status === 204 ? null : request.responseText;
        resolve(new Response(text, { status: request.status, headers: type === null ? {} : { 'Content-Type': type } }));
      });
      request.addEventListener('error', () => reject(new TypeError('the connection failed')));
      request.addEventListener('abort', () => reject(signal?.reason ?? new DOMException('aborted', 'AbortError')));
      request.addEventListener('loadend', () => signal?.removeEventListener('abort', abort));
      signal?.addEventListener('abort', abort);
      if (signal?.aborted) reject(signal.reason);
      else request.send(body instanceof Blob || typeof body === 'string' ? body : null);
    });
}
