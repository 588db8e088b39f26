/**
 * The server: an engine behind a port.
 *
 * @module
 */
import { serve as listen } from '@hono/node-server';
import { ConflictError, InvalidInputError } from '../contract/index.ts';
import { openEngine } from './open.ts';
import type { EngineOptions } from './options.ts';

export interface ServeOptions extends EngineOptions {
  /** 0: any free one. Default 8900. */
  readonly port?: number;
  /** Address to listen on. Anything but loopback needs `apiKeys`. Default 127.0.0.1. */
  readonly host?: string;
  readonly allowedHosts?: readonly string[];
  readonly apiKeys?: readonly string[];
}

export interface Server {
  readonly url: string;
  readonly port: number;
  /** Stops taking requests, lets workers finish, closes everything. */
  close(): Promise<void>;
}

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
  apiKeys,
  ...options
}: ServeOptions): Promise<Server> {
  if (!LOOPBACK.has(host) && (apiKeys ?? []).length === 0) {
    throw new InvalidInputError(
      `Cannot listen on "${host}" without API keys: anybody who reaches it could read and delete the pictures; give a key (FOVEA_API_KEY) or listen on 127.0.0.1`,
    );
  }
  const engine = await openEngine(options, {
    allowedHosts: [...allowedHosts, host],
    ...(apiKeys === undefined ? {} : { apiKeys }),
  });
  try {
    const { server, address } = await new Promise<{ server: ReturnType<typeof listen>; address: { port: number } }>(
      (resolve, reject) => {
        const starting = listen({ fetch: engine.fetch, port, hostname: host }, (found) =>
          resolve({ server: starting, address: found }),
        );
        starting.once('error', (error: NodeJS.ErrnoException) => reject(portError(error, host, port)));
      },
    );
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
    await engine.lock.announce(address.port);
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

function portError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code !== 'EADDRINUSE') return error;
  return new ConflictError(
    `Cannot listen on ${host}:${port}: another program does already; choose another with --port or FOVEA_PORT`,
    { cause: error },
  );
}
