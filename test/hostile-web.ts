/**
 * A web server on this machine that serves one file well and misbehaves in every way that is asked for by path.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

export interface HostileWeb {
  /** `http://127.0.0.1:<port>`, or `https:`. */
  readonly url: string;
  readonly port: number;
  /** Paths that were asked for, in order. */
  readonly asked: string[];
  /** Headers of the last request. */
  lastHeaders(): IncomingMessage['headers'];
  /** Serves other bytes from now on. */
  serve(file: Uint8Array): void;
  /** Connections that are open now. */
  connections(): Promise<number>;
  close(): Promise<void>;
}

type Behaviour = (response: ServerResponse, file: Uint8Array, query: URLSearchParams) => void;

const CHUNK = Buffer.alloc(64 * 1024, 0xff);

const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  'good.jpg': (response, file) => response.end(file),
  'moved.jpg': (response, _file, query) =>
    response.writeHead(Number(query.get('status') ?? 302), { location: query.get('to') ?? '' }).end(),
  'moved-nowhere.jpg': (response) => response.writeHead(302).end(),
  'loop.jpg': (response) => response.writeHead(301, { location: '/loop.jpg' }).end(),
  'hops.jpg'(response, file, query) {
    const left = Number(query.get('left'));
    if (left === 0) response.end(file);
    else response.writeHead(307, { location: `hops.jpg?left=${left - 1}` }).end();
  },
  'named.jpg': (response, file) =>
    response.writeHead(200, { 'content-disposition': 'attachment; filename="../own name.jpg"' }).end(file),
  'page.jpg': (response) =>
    response.writeHead(200, { 'content-type': 'image/jpeg' }).end('<!doctype html><title>Hello</title>'),
  'empty.jpg': (response) => response.writeHead(200, { 'content-length': 0 }).end(),
  'missing.jpg': (response) => response.writeHead(404, { 'content-type': 'image/jpeg' }).end('no'),
  'status.jpg': (response, file, query) => response.writeHead(Number(query.get('status'))).end(file),
  'endless.jpg': (response, file) => pour(response, file),
  'told-huge.jpg': (response, file) => response.writeHead(200, { 'content-length': 1e12 }).write(file),
  'drip.jpg'(response, file) {
    let at = 0;
    const timer = setInterval(() => response.write(file.subarray(at, (at += 1))), 20);
    response.on('close', () => clearInterval(timer));
  },
  'stalled.jpg': (response, file) => response.write(file.subarray(0, 10)),
  'silent.jpg': () => undefined,
  'slow-headers.jpg'(response) {
    response.socket?.write('HTTP/1.1 200 OK\r\n');
    const timer = setInterval(() => response.socket?.write('x-more: 1\r\n'), 20);
    response.socket?.on('close', () => clearInterval(timer));
  },
  'huge-headers.jpg': (response) =>
    response.socket?.write(`HTTP/1.1 200 OK\r\n${`x-more: ${'x'.repeat(1000)}\r\n`.repeat(100)}\r\n`),
  'longer.jpg': (response, file) =>
    raw(response, `HTTP/1.1 200 OK\r\ncontent-length: ${file.length - 9}\r\n\r\n`, file),
  'shorter.jpg': (response, file) =>
    raw(response, `HTTP/1.1 200 OK\r\ncontent-length: ${file.length + 9}\r\n\r\n`, file),
  'cut-chunks.jpg': (response, file) =>
    raw(response, `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${(file.length + 9).toString(16)}\r\n`, file),
  'no-http.jpg': (response, file) => raw(response, '220 mail.example ESMTP\r\n', file),
  'bomb.jpg': (response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(20 * 1024 * 1024))),
};

/** Certificate and key of a server on `localhost` whom nobody trusts by himself. */
export const CERTIFICATE = fileURLToPath(new URL('fixtures/localhost.pem', import.meta.url));

/**
 * @param file What `/good.jpg` serves.
 * @param encrypted Whether it speaks TLS, with `CERTIFICATE`.
 */
export async function startHostileWeb(file: Uint8Array, encrypted = false): Promise<HostileWeb> {
  const asked: string[] = [];
  let served = file;
  let headers: IncomingMessage['headers'] = {};
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url ?? '/', 'http://web');
    asked.push(request.url ?? '');
    ({ headers } = request);
    // Whoever has heard enough closes the connection.
    response.on('error', () => undefined);
    const behave = BEHAVIOURS[url.pathname.split('/').at(-1) ?? ''];
    if (behave === undefined) response.writeHead(404).end();
    else behave(response, served, url.searchParams);
  };
  const pem = encrypted ? readFileSync(CERTIFICATE) : undefined;
  const server = pem === undefined ? createServer(listener) : createTlsServer({ cert: pem, key: pem }, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http${encrypted ? 's' : ''}://127.0.0.1:${port}`,
    port,
    asked,
    lastHeaders: () => headers,
    serve(other) {
      served = other;
    },
    connections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
      }),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A picture's beginning, and then no end. */
function pour(response: ServerResponse, file: Uint8Array): void {
  response.write(file);
  const more = (): void => {
    while (!response.destroyed && response.write(CHUNK));
  };
  response.on('drain', more);
  more();
}

/** What the server's own library would not send; in one piece, so that it arrives as one. */
function raw({ socket }: ServerResponse, head: string, file: Uint8Array): void {
  socket?.end(Buffer.concat([Buffer.from(head), file]));
}
