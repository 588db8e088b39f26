/**
 * Who sent a request, and whether a route is for them: the one place that decides. The token of `FOVEA_HOME` opens
 * everything, a key what it was made for, and nobody in particular what the server leaves open (`contract/route.ts`).
 *
 * Guessing is slowed down by address; an address keeps the credentials that worked from it, so that a client with an
 * outdated key doesn't shut out the others behind the same proxy.
 *
 * @module
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import {
  type Access,
  API_ROOT,
  api,
  ForbiddenError,
  type KeyAccess,
  NotFoundError,
  RateLimitError,
  type Route,
} from '../contract/index.ts';
import { UnauthorizedError } from './errors.ts';
import type { Settings } from './options.ts';
import type { Services } from './services.ts';
import { TokenBuckets } from './token-bucket.ts';

/** Who sent a request. */
export type Caller =
  | { readonly kind: 'anybody' }
  | { readonly kind: 'home' }
  /** `namespace`: the only one that the key is for; null: the whole server. */
  | { readonly kind: 'key'; readonly id: string; readonly namespace: string | null; readonly access: KeyAccess };

/** What the app is told of each request besides the request itself, and what it notes of it. */
export interface AppEnvironment {
  /** None at all where nobody gave any. */
  readonly Bindings: { readonly address?: string | undefined };
  readonly Variables: {
    caller: Caller;
    /** Whether the key that came with the request still opens what it did. */
    isStillKnown: () => Promise<boolean>;
  };
}

/** A caller, and whether their key still is one. */
interface Identity {
  readonly caller: Caller;
  readonly isStillKnown: () => Promise<boolean>;
}

const forGood = async (): Promise<boolean> => true;
const ANYBODY: Identity = { caller: { kind: 'anybody' }, isStillKnown: forGood };
const HOME: Identity = { caller: { kind: 'home' }, isStillKnown: forGood };

/** Credentials that worked lately, by address. */
const MAX_PROVEN = 10_000;

/** Refuses wrong keys, too many requests, and, where keys are asked for, everybody without one. */
export function authenticate(settings: Settings, findKey: Services['findKey']): MiddlewareHandler<AppEnvironment> {
  const identify = identifier(settings, findKey);
  const requests = new TokenBuckets(settings.limits.requests);
  return async (c, next) => {
    // Tells whether the server works, also while the database, which knows the keys, doesn't answer.
    if (c.req.path === `${API_ROOT}${api.health.path}`) {
      c.set('caller', ANYBODY.caller);
      return next();
    }
    const { caller, isStillKnown } = await identify(c.req.raw, addressOf(c));
    if (caller.kind === 'anybody' && settings.needsKey) {
      throw new UnauthorizedError(
        'Cannot answer without an API key: none was given; send "Authorization: Bearer <key>"',
      );
    }
    const wait = caller.kind === 'key' ? requests.take(caller.id) : 0;
    if (wait > 0) {
      const { perSecond } = settings.limits.requests;
      throw new RateLimitError(
        `Cannot answer: this API key has sent more than the ${perSecond} requests a second that it may; go on in ${wait} s`,
        wait,
      );
    }
    c.set('caller', caller);
    c.set('isStillKnown', isStillKnown);
    return next();
  };
}

function identifier(settings: Settings, findKey: Services['findKey']) {
  const failures = new TokenBuckets(settings.limits.failures);
  const proven = new Set<string>();
  const fixed = settings.apiKeys.map((key, at) => ({ key, id: `FOVEA_API_KEY ${at + 1}` }));

  return async (request: Request, address: string): Promise<Identity> => {
    const credential = credentialOf(request);
    if (credential === undefined) return ANYBODY;
    if (settings.token !== undefined && isSame(credential, settings.token)) return HOME;
    const proof = `${address} ${digest(credential).toString('base64')}`;
    const wait = failures.peek(address);
    if (wait > 0 && !proven.has(proof)) {
      throw new RateLimitError(
        `Cannot check another API key from ${address === '' ? 'there' : address}: too many wrong ones came from it; go on in ${wait} s`,
        wait,
      );
    }
    const found = fixed.find(({ key }) => isSame(credential, key));
    const lookUp = () => findKey(credential);
    const key = found === undefined ? await lookUp() : { id: found.id, namespace: null, access: 'write' as const };
    proven.delete(proof);
    if (key === undefined) {
      failures.take(address);
      throw new UnauthorizedError('Cannot answer: the API key is not known here; it may have been removed');
    }
    proven.add(proof);
    for (const oldest of proven) {
      if (proven.size <= MAX_PROVEN) break;
      proven.delete(oldest);
    }
    const { id, namespace, access } = key;
    return {
      caller: { kind: 'key', id, namespace, access },
      isStillKnown: found === undefined ? async () => (await lookUp()) !== undefined : forGood,
    };
  };
}

/** Undefined without one; other schemes than Bearer are for something between the client and here. */
function credentialOf(request: Request): string | undefined {
  return /^Bearer\b(.*)$/i.exec(request.headers.get('authorization') ?? '')?.[1]?.trim();
}

/**
 * The network that a request comes from: an IPv4 address, or the first 64 bits of an IPv6 one, which is what one customer
 * gets. Empty where there is none: from a program in the same process.
 */
function addressOf(c: Context<AppEnvironment>): string {
  const address =
    (c.env as AppEnvironment['Bindings'] | undefined)?.address?.replace(/^::ffff:(?=\d+\.)/, '').replace(/%.*$/, '') ??
    '';
  if (!address.includes(':')) return address;
  const [front = [], back = []] = address.split('::').map((part) => part.split(':').filter(Boolean));
  const zeros = Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => '0');
  return [...front, ...zeros, ...back].slice(0, 4).join(':');
}

const CHANGES: ReadonlySet<Access> = new Set(['write', 'server-write', 'trusted']);
const OF_A_NAMESPACE: ReadonlySet<Access> = new Set(['read', 'write']);

/** @throws ForbiddenError for a caller that the route is not for. `namespace` is that of the path. */
export function checkAccess(
  caller: Caller,
  route: Pick<Route, 'method' | 'path' | 'access'>,
  namespace?: string,
): void {
  const { access } = route;
  if (access === 'open' || caller.kind === 'home') return;
  const what = `answer ${route.method.toUpperCase()} ${route.path}`;
  if (access === 'home') {
    throw new ForbiddenError(
      'Cannot use files of the server\'s machine: that needs the token of its FOVEA_HOME in the header "Authorization: Bearer …"; from elsewhere, pictures can be uploaded',
    );
  }
  if (caller.kind === 'anybody') {
    if (access !== 'trusted') return;
    throw new ForbiddenError(
      `Cannot ${what}: that needs an API key for the whole server that may write, or the token of its FOVEA_HOME, as FOVEA_API_KEY or in the header "Authorization: Bearer …"`,
    );
  }
  if (access === 'any') return;
  if (caller.namespace !== null && !(OF_A_NAMESPACE.has(access) && namespace === caller.namespace)) {
    throw new ForbiddenError(
      OF_A_NAMESPACE.has(access)
        ? `Cannot use namespace "${namespace}": this API key is for namespace "${caller.namespace}"`
        : `Cannot ${what}: this API key is for namespace "${caller.namespace}", and that needs one for the whole server`,
    );
  }
  if (caller.access === 'read' && CHANGES.has(access))
    throw new ForbiddenError(`Cannot ${what}: this API key may only read, and that needs one that may write`);
}

/** Whether a caller's key is for one namespace. */
export function isConfined(caller: Caller): caller is Caller & { readonly namespace: string } {
  return caller.kind === 'key' && caller.namespace !== null;
}

/** What a caller is told of a failure: a namespace's key learns no other's name, not even where its own has gone. */
export function errorFor(caller: Caller, error: unknown): unknown {
  if (!(error instanceof NotFoundError) || error.kind !== 'namespace') return error;
  if (!isConfined(caller)) return error;
  return new NotFoundError('namespace', error.id, [], 'it is not there any more');
}

/** Compares without telling by its duration how much was right. */
function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
