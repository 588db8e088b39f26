/**
 * What keeps other web pages and other people out. A server on loopback can be driven by any page that its user opens,
 * so: the Host header must name this server (DNS rebinding), a change must come from one of its own pages or from no
 * page at all (cross-site request forgery), replies can't be read or embedded by other sites, and API keys where set.
 *
 * @module
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { type Access, API_ROOT, api, ForbiddenError } from '../contract/index.ts';
import { UnauthorizedError } from './errors.ts';
import type { Settings } from './options.ts';

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Who sent a request: a holder of the token of `FOVEA_HOME`, a holder of an API key, or anybody. */
type Caller = 'home' | 'key' | 'anybody';

/** Refuses hosts that are not this server, changes from foreign pages, and callers without a key where one is needed. */
export function guard(settings: Settings): MiddlewareHandler {
  return async (c, next) => {
    const request = c.req.raw;
    checkHost(request, settings);
    if (!SAFE_METHODS.has(request.method)) checkOrigin(request, settings);
    if (settings.apiKeys.length > 0 && c.req.path !== `${API_ROOT}${api.health.path}`) checkKey(request, settings);
    await next();
    c.header('X-Content-Type-Options', 'nosniff');
    c.header('Referrer-Policy', 'no-referrer');
    c.header('Cross-Origin-Resource-Policy', 'same-origin');
    c.header('X-Frame-Options', 'SAMEORIGIN');
    if (c.res.headers.get('Cache-Control') === null) c.header('Cache-Control', 'no-store');
  };
}

/** Refuses callers that a route is not for. */
export function checkAccess(request: Request, access: Access, settings: Settings): void {
  const caller = identify(request, settings);
  if (access === 'home' && caller !== 'home') {
    throw new ForbiddenError(
      'Cannot use files of the server\'s machine: that needs the token of its FOVEA_HOME in the header "Authorization: Bearer …"; from elsewhere, pictures can be uploaded',
    );
  }
  if (access === 'admin' && caller === 'anybody') {
    throw new ForbiddenError(
      'Cannot hand out everything that this server holds: that needs an API key or the token of its FOVEA_HOME, as FOVEA_API_KEY or in the header "Authorization: Bearer …"',
    );
  }
  if (access === 'worker' && caller === 'anybody') {
    throw new ForbiddenError(
      'Cannot serve a worker: that needs an API key or the token of the server\'s FOVEA_HOME, as FOVEA_API_KEY or in the header "Authorization: Bearer …"',
    );
  }
}

function identify(request: Request, settings: Pick<Settings, 'token' | 'apiKeys'>): Caller {
  const credential = /^Bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
  if (credential === undefined) return 'anybody';
  if (settings.token !== undefined && isSame(credential, settings.token)) return 'home';
  return settings.apiKeys.some((key) => isSame(credential, key)) ? 'key' : 'anybody';
}

function checkKey(request: Request, settings: Settings): void {
  if (identify(request, settings) !== 'anybody') return;
  const given = request.headers.get('authorization') === null ? 'none was given' : 'the one given is not known here';
  throw new UnauthorizedError(`Cannot answer without an API key: ${given}; send "Authorization: Bearer <key>"`);
}

function checkHost(request: Request, settings: Settings): void {
  if (settings.allowedHosts.includes('*')) return;
  const host = requestHost(request);
  const name = hostName(host);
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

/** Compares without telling by its duration how much was right. */
function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
