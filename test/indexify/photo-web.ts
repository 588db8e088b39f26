/**
 * A web server on this machine with the photos of the test data.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';
import { testData } from '../data.ts';

/** Serves `/images/<name>` until the suite ends, all as `image/png`, which most are not. @returns `http://127.0.0.1:<port>/images`. */
export async function servePhotos(): Promise<string> {
  const server = createServer((request, response) => {
    const name = decodeURIComponent((request.url ?? '').split('/').at(-1) ?? '');
    response.writeHead(200, { 'Content-Type': 'image/png' }).end(readFileSync(testData(`data/photos/${name}`)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/images`;
}
