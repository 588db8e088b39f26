/**
 * The page for people, below `/ui`: files that `npm run build` made of `web/`. They hold nothing of anybody's library,
 * so they need no key; what the page then asks for does.
 *
 * @module
 */
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Context, Hono } from 'hono';
import type { AppEnvironment } from './access.ts';

/** Below this lie the page's addresses; all of them get the same document, which looks at the address itself. */
export const UI_ROOT = '/ui';

const DOCUMENT = 'index.html';
/** Where the document names the reply's nonce. */
const NONCE = '%NONCE%';
/** Files whose name changes with what is in them. */
const HASHED = /^assets\//;

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.md': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

interface Asset {
  readonly type: string;
  readonly etag: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Null where it would be no smaller. */
  readonly zipped: Uint8Array<ArrayBuffer> | null;
}

/** Serves the page that was built into `folder`; nothing where none was. */
export function uiRoutes(app: Hono<AppEnvironment>, folder: string | undefined): void {
  const names = new Set(folder === undefined ? [] : filesIn(folder));
  if (folder === undefined || !names.has(DOCUMENT)) return;
  const assets = new Map<string, Promise<Asset>>();
  const assetOf = (name: string): Promise<Asset> => {
    const known = assets.get(name) ?? readAsset(join(folder, name));
    assets.set(name, known);
    return known;
  };

  app.get('/', async (c, next) => {
    c.header('Vary', 'Accept');
    if (!(c.req.header('accept') ?? '').includes('text/html')) return next();
    return c.redirect(`${UI_ROOT}/`);
  });
  app.get(UI_ROOT, (c) => c.redirect(`${UI_ROOT}/`));
  app.get(`${UI_ROOT}/*`, async (c) => {
    const name = c.req.path.slice(UI_ROOT.length + 1);
    if (names.has(name) && name !== DOCUMENT) return assetReply(c, name, await assetOf(name));
    if (HASHED.test(name)) return c.notFound();
    return documentReply(c, await assetOf(DOCUMENT));
  });
}

/** Names of files below a folder, with `/` between folders. */
function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => name.replaceAll('\\', '/'));
  } catch {
    return [];
  }
}

async function readAsset(path: string): Promise<Asset> {
  const bytes = new Uint8Array(await readFile(path));
  const zipped = new Uint8Array(await promisify(gzip)(bytes));
  return {
    type: TYPES[extname(path)] ?? 'application/octet-stream',
    etag: createHash('sha256').update(bytes).digest('base64url').slice(0, 22),
    bytes,
    zipped: zipped.length < bytes.length * 0.9 ? zipped : null,
  };
}

function assetReply(c: Context<AppEnvironment>, name: string, { type, etag, bytes, zipped }: Asset): Response {
  c.header('Cache-Control', HASHED.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache');
  c.header('ETag', `"${etag}"`);
  c.header('Vary', 'Accept-Encoding');
  if (c.req.header('if-none-match')?.replace(/^W\//, '') === `"${etag}"`) return c.body(null, 304);
  c.header('Content-Type', type);
  if (zipped === null || !/\bgzip\b/.test(c.req.header('accept-encoding') ?? '')) return c.body(bytes);
  c.header('Content-Encoding', 'gzip');
  return c.body(zipped);
}

function documentReply(c: Context<AppEnvironment>, { type, bytes }: Asset): Response {
  const nonce = randomBytes(16).toString('base64url');
  c.header('Content-Security-Policy', policy(nonce));
  c.header('Content-Type', type);
  return c.body(new TextDecoder().decode(bytes).replaceAll(NONCE, nonce));
}

/**
 * Scripts, fonts and requests from this server only, no script in the document; style rules of code editors by the nonce.
 * `blob:`: pictures that were dropped, and thumbnails and videos that had to be asked for with a key.
 */
function policy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');
}
