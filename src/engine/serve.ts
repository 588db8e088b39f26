/**
 * The server: an engine behind a port.
 *
 * @module
 */
import { serve as listen } from '@hono/node-server';
import type { AppOptions } from '../http/index.ts';
import { ConflictError, InvalidInputError, MADE_KEY } from '../contract/index.ts';
import { openEngine } from './open.ts';
import type { EngineOptions } from './options.ts';

export interface ServeOptions extends EngineOptions {
  /** 0: any free one. Default 8900. */
  readonly port?: number;
  /** Address to listen on. Beyond loopback keys are asked for, and there must be some. Default 127.0.0.1. */
  readonly host?: string;
  readonly allowedHosts?: readonly string[];
  /** Keys for the whole server, beside those of the database. Where there are any, keys are asked for on loopback too. */
  readonly apiKeys?: readonly string[];
  /** Asks for keys on loopback too, e.g. behind a proxy. */
  readonly needsKey?: boolean;
  readonly limits?: AppOptions['limits'];
}

export interface Server {
  readonly url: string;
  readonly port: number;
  /** Stops taking requests, lets workers finish, closes everything. */
  close(): Promise<void>;
}

const ALL_ADDRESSES: ReadonlySet<string> = new Set(['0.0.0.0', '::']);
const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);

/**
 * Opens the engine and listens.
 *
 * @throws InvalidInputError for an address beyond loopback without keys; ConflictError when the port or the home is taken.
 */
export async function serve({
  port = 8900,
  host = '127.0.0.1',
  allowedHosts = [],
  apiKeys = [],
  needsKey,
  limits,
  ...options
}: ServeOptions): Promise<Server> {
  const asksForKeys = needsKey === true || !LOOPBACK.has(host) || apiKeys.length > 0;
  const engine = await openEngine(options, {
    allowedHosts: [...allowedHosts, host],
    apiKeys,
    needsKey: asksForKeys,
    limits,
  });
  try {
    const isOpenable = apiKeys.some((key) => !MADE_KEY.test(key)) || !asksForKeys;
    if (!isOpenable && (await engine.context.keys.list()).length === 0) throw keyless(host);
    const { server, address } = await new Promise<{ server: ReturnType<typeof listen>; address: { port: number } }>(
      (resolve, reject) => {
        const starting = listen(
          {
            fetch: (request, { incoming }) => engine.fetch(request, { address: incoming.socket.remoteAddress }),
            port,
            hostname: host,
          },
          (found) => resolve({ server: starting, address: found }),
        );
        starting.once('error', (error: NodeJS.ErrnoException) => reject(portError(error, host, port)));
      },
    );
    const name = host.includes(':') ? `[${host}]` : host;
    const url = `http://${name}:${address.port}`;
    // Where this server doesn't listen on loopback, another program may, and commands would tell it the token.
    await engine.lock.announce(address.port, ALL_ADDRESSES.has(host) ? undefined : name);
    return {
      url,
      port: address.port,
      async close() {
        server.close();
        if ('closeAllConnections' in server) setTimeout(() => server.closeAllConnections(), 2_000).unref();
        await engine.close();
      },
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

function keyless(host: string): Error {
  const where = LOOPBACK.has(host) ? 'Cannot ask for API keys' : `Cannot listen on "${host}" without API keys`;
  return new InvalidInputError(
    `${where}: there is none yet, and who needs none could read and delete the pictures; make one with "fovea key create --write", or for one namespace with "fovea key create --namespace <name> --read", or give one as FOVEA_API_KEY`,
  );
}

function portError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code !== 'EADDRINUSE') return error;
  return new ConflictError(
    `Cannot listen on ${host}:${port}: another program does already; choose another with --port or FOVEA_PORT`,
    { cause: error },
  );
}
