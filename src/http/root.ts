/**
 * `GET /`: the greeting that clients of the first seed system look for, or a page for people.
 *
 * @module
 */
import type { Hono } from 'hono';
import { API_ROOT } from '../contract/index.ts';
import type { AppEnvironment } from './access.ts';

const GREETING = 'Indexify Server';

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Fovea</title>
<style>body { font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem; color-scheme: light dark }</style>
<h1>Fovea</h1>
<p>The server works. It answers programs below <code>${API_ROOT}</code>.</p>
<ul>
<li><a href="${API_ROOT}/openapi.json">Description of the API</a> (OpenAPI 3.1)</li>
<li><a href="${API_ROOT}/health">Health</a></li>
<li><a href="${API_ROOT}/namespaces">Namespaces</a></li>
</ul>
<p>From a terminal: <code>fovea add ./photos</code>, then <code>fovea search "a dog on the beach"</code>.</p>
</html>
`;

export function rootRoute(app: Hono<AppEnvironment>): void {
  app.get('/', (c) => {
    c.header('Vary', 'Accept');
    if (!(c.req.header('accept') ?? '').includes('text/html')) return c.text(GREETING);
    c.header('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
    return c.html(PAGE);
  });
}
