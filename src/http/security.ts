/**
 * What keeps other web pages out. A server on loopback can be driven by any page that its user opens, so: the Host header
 * must name this server (DNS rebinding), a change must come from one of its own pages or from no page at all (cross-site
 * request forgery), and nothing can be read, loaded or embedded by other sites. There are no cookies.
 *
 * @module
 */
import { isIP } from 'node:net';
import type { MiddlewareHandler } from 'hono';
import { ForbiddenError } from '../contract/index.ts';
import type { Settings } from './options.ts';

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** What a page that is none of this server's may do with replies that say nothing else: nothing. */
const NO_RIGHTS = "default-src 'none'; frame-ancestors 'none'";

/** Headers of every reply, those of errors too. */
export function secureHeaders(): MiddlewareHandler {
  return async (c, next) => {
    await next();
    c.header('X-Content-Type-Options', 'nosniff');
    c.header('Referrer-Policy', 'no-referrer');
    c.header('Cross-Origin-Resource-Policy', 'same-origin');
    c.header('X-Frame-Options', 'SAMEORIGIN');
    if (!c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'no-store');
    if (!c.res.headers.has('Content-Security-Policy')) c.header('Content-Security-Policy', NO_RIGHTS);
  };
}

/** Refuses hosts that are not this server, and foreign pages that change, load or embed anything. */
export function guard(settings: Settings): MiddlewareHandler {
  return async (c, next) => {
    const request = c.req.raw;
    checkHost(request, settings);
    if (SAFE_METHODS.has(request.method)) checkSite(request, settings);
    else checkOrigin(request, settings);
    await next();
  };
}

function checkHost(request: Request, settings: Settings): void {
  if (settings.allowedHosts.includes('*')) return;
  const host = requestHost(request);
  const name = hostName(host);
  // An address, other than a name, can't be made to point elsewhere; without keys it must be known all the same.
  if (settings.needsKey && isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0) return;
  if (LOOPBACK_HOSTS.has(name) || settings.allowedHosts.some((allowed) => allowed.toLowerCase() === name)) return;
  throw new ForbiddenError(
    `Cannot answer requests for host "${host}": this server knows itself by other names; allow it where the server is started if it is meant`,
  );
}

function checkOrigin(request: Request, settings: Settings): void {
  const origin = request.headers.get('origin');
  if (origin === null) {
    // Browsers send Origin with every change; a few old ones send only this.
    const site = request.headers.get('sec-fetch-site');
    if (site === null || site === 'same-origin' || site === 'none') return;
  } else if (settings.allowedOrigins.includes(origin) || originHost(origin) === requestHost(request)) {
    return;
  }
  throw new ForbiddenError(
    `Cannot change anything for a page of "${origin ?? 'another site'}": only pages of this server may`,
  );
}

/**
 * Fetch metadata: a page of another site may link to this server, and that is all. Reading is prevented by what browsers
 * do anyway; this keeps a page from making work here, and from learning by time and size.
 *
 * W3C, "Fetch Metadata Request Headers"; Weichselbaum, "Protect your resources from web attacks with Fetch Metadata", 2020.
 */
function checkSite(request: Request, settings: Settings): void {
  const site = request.headers.get('sec-fetch-site');
  if (site === null || site === 'same-origin' || site === 'none') return;
  const isLink =
    request.headers.get('sec-fetch-mode') === 'navigate' && request.headers.get('sec-fetch-dest') === 'document';
  const origin = request.headers.get('origin');
  if (isLink || (origin !== null && settings.allowedOrigins.includes(origin))) return;
  throw new ForbiddenError(
    `Cannot load this into a page of "${origin ?? 'another site'}": only pages of this server may`,
  );
}

/** Host and port as the client named them, lower case. */
function requestHost(request: Request): string {
  return (request.headers.get('host') ?? new URL(request.url).host).toLowerCase();
}

function hostName(host: string): string {
  return host.replace(/:\d*$/, '').replace(/\.$/, '');
}

/** Host and port of an origin; empty for `null` and what is none. */
function originHost(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).host : '';
}
