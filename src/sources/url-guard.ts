/**
 * Which URLs are fetched: `http:` and `https:`, without credentials, of hosts all of whose addresses are public, or that
 * whoever runs Fovea has named. The addresses that were checked are those to connect to: a name that is looked up a second
 * time may lead elsewhere (DNS rebinding).
 *
 * @module
 */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { InvalidInputError } from '../contract/index.ts';
import { whyNotPublic } from './public-address.ts';
import { createTurns } from './turns.ts';

/** Addresses of a host name; rejects as `dns.lookup` does, and with the signal's reason where it aborted before. */
export type Resolve = (host: string, signal: AbortSignal) => Promise<readonly string[]>;

/** Hosts that may be fetched from although their addresses are not public. */
export interface PrivateHosts {
  has(url: URL): boolean;
}

export const NO_PRIVATE_HOSTS: PrivateHosts = { has: () => false };

/**
 * Looks up as the operating system does it, its hosts file included. That holds one of the few threads which files are read
 * by as well, so names that nobody answers for get two of them at most.
 */
export const resolveHost: Resolve = async (host, signal) => {
  lookups += 1;
  const found = await turns.take(`thread ${lookups % 2}`, async () => {
    signal.throwIfAborted();
    return lookup(host, { all: true });
  });
  return found.map(({ address }) => address);
};

const turns = createTurns();
let lookups = 0;

/**
 * @param entries `host` (any port) or `host:port`; IPv6 in brackets.
 * @throws InvalidInputError for an entry that is neither.
 */
export function parsePrivateHosts(entries: readonly string[]): PrivateHosts {
  const allowed = new Set(entries.map(parseEntry));
  return { has: (url) => allowed.has(url.hostname) || allowed.has(`${url.hostname}:${portOf(url)}`) };
}

/**
 * A URL as it is fetched and kept: normalised, without its fragment.
 *
 * @throws InvalidInputError for what is none, is of another kind, or holds credentials.
 */
export function parseSourceUrl(text: string): URL {
  if (!URL.canParse(text)) {
    throw new InvalidInputError(`Cannot add "${text}": it is no URL; one looks like "https://example.org/a.jpg"`);
  }
  const url = new URL(text);
  url.hash = '';
  const reason = whyRefused(url);
  if (reason === undefined) return url;
  throw new InvalidInputError(`Cannot add "${withoutCredentials(url)}": it ${reason}`);
}

/** Why a URL is not fetched whatever its host's addresses are, as a predicate: `holds a password …`. Pure. */
export function whyRefused(url: URL): string | undefined {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return `is of the kind "${url.protocol}", and only http: and https: are fetched`;
  }
  if (url.username === '' && url.password === '') return undefined;
  return 'holds a user name or a password, which would be kept beside the picture; fetch it yourself and upload it';
}

/** A URL for people and logs. */
export function withoutCredentials(url: URL): string {
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  return shown.href;
}

/** Where a host may be connected to, or why it may not, as a predicate: `is at a loopback address …`. */
export type Checked = { readonly addresses: readonly string[] } | { readonly refused: string };

/** Looks a URL's host up, once, and checks every address of it. Rejects as `resolve` does. */
export async function checkHost(
  url: URL,
  { privateHosts, resolve, signal }: { privateHosts: PrivateHosts; resolve: Resolve; signal: AbortSignal },
): Promise<Checked> {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const addresses = isIP(host) === 0 ? await resolve(host, signal) : [host];
  if (addresses.length === 0) return { refused: 'has no address' };
  if (privateHosts.has(url)) return { addresses };
  const what = addresses.map(whyNotPublic).find((each) => each !== undefined);
  if (what === undefined) return { addresses };
  return {
    refused: `is at ${what}, which no URL may reach; whoever runs Fovea can allow its host with FOVEA_PRIVATE_HOSTS`,
  };
}

function parseEntry(entry: string): string {
  const [, host = '', port] = /^(\[[^\]]+\]|[^:[\]*]+)(?::(\d{1,5}))?$/.exec(entry.trim()) ?? [];
  const address = `http://${host}/`;
  const hostname = URL.canParse(address) ? new URL(address).hostname : '';
  // Whatever else was written there, a path or a user's name, is left over.
  if (hostname === '' || new URL(address).href !== `http://${hostname}/` || Number(port ?? 1) > 65_535) {
    throw new InvalidInputError(
      `Cannot allow the private host "${entry}": write a host or host:port, e.g. "nas.local", "192.168.1.5:8080", "[fd00::5]"`,
    );
  }
  return port === undefined ? hostname : `${hostname}:${Number(port)}`;
}

function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}
