/**
 * MCP over streamable HTTP, on loopback: `POST /mcp`. Any web page can send requests to loopback, so that the Host header must
 * name it, and an Origin header a page of it (DNS rebinding, and pages of other sites; see `docs/security.md`).
 *
 * A key that comes with a request is what its tools use: the library decides what it is for. Without one they use the
 * process's own rights, unless keys are asked for.
 *
 * @module
 */
import { serve } from '@hono/node-server';
import { createMcpHandler, localhostAllowedHostnames, validateHostHeader } from '@modelcontextprotocol/server';
import type { FoveaClient } from '../client/index.ts';
import { ConflictError, FoveaError, ForbiddenError, NotFoundError, RateLimitError } from '../contract/index.ts';
import { createMcpServer } from './server.ts';

export interface McpHttpOptions {
  readonly client: FoveaClient;
  readonly version: string;
  /** Told what goes wrong besides replies. */
  readonly onNote: (sentence: string) => void;
  /** Asks for keys, e.g. behind a proxy. */
  readonly needsKey?: boolean;
  /** Host names besides loopback's. */
  readonly allowedHosts?: readonly string[];
}

export interface McpHttpServer {
  readonly url: string;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
const PATH = '/mcp';

/** @throws ConflictError where the port is taken. 0 takes any free one. */
export async function serveMcpHttp(port: number, options: McpHttpOptions): Promise<McpHttpServer> {
  const { fetch, close } = mcpFetch(options);
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, port, hostname: HOST }, ({ port: found }) =>
      resolve({
        url: `http://${HOST}:${found}${PATH}`,
        async close() {
          await close();
          const closed = new Promise((done) => server.close(done));
          if ('closeAllConnections' in server) server.closeAllConnections();
          await closed;
        },
      }),
    );
    server.once('error', (error: NodeJS.ErrnoException) => reject(portError(error, port)));
  });
}

/** The handler without a socket. */
export function mcpFetch({ client, version, onNote, needsKey = false, allowedHosts = [] }: McpHttpOptions): {
  readonly fetch: (request: Request) => Promise<Response>;
  close(): Promise<void>;
} {
  const hosts = [...localhostAllowedHostnames(), ...allowedHosts];
  const handler = createMcpHandler(
    ({ authInfo }) => createMcpServer(authInfo === undefined ? client : client.withApiKey(authInfo.token), version),
    { onerror: (error) => onNote(error.message) },
  );
  return {
    async fetch(request) {
      const page = whyNotFrom(request, hosts);
      if (page !== undefined) return failure(new ForbiddenError(`Cannot answer: ${page}`), 403);
      const { pathname } = new URL(request.url);
      if (pathname !== PATH) return failure(new NotFoundError('address', pathname, [PATH]), 404);
      const token = keyOf(request);
      const fault = token === undefined ? keyless(needsKey) : await faultOf(client.withApiKey(token));
      if (fault !== undefined) return failure(fault, KEY_STATUS[fault.code] ?? 503);
      return handler.fetch(request, token === undefined ? {} : { authInfo: { token, clientId: '', scopes: [] } });
    },
    close: () => handler.close(),
  };
}

/** Why a request may come from a page of another site; undefined where it doesn't. */
function whyNotFrom(request: Request, hosts: string[]): string | undefined {
  const { headers, url } = request;
  const host = headers.get('host');
  if (!validateHostHeader(host, hosts).ok) return `host "${host ?? ''}" is not a name of this server; see --allow-host`;
  const [origin, site] = [headers.get('origin'), headers.get('sec-fetch-site')];
  if (origin !== null && origin !== new URL(url).origin) return `pages of "${origin}" may not ask`;
  if (site !== null && site !== 'same-origin' && site !== 'none') return 'pages of other sites may not ask';
  return undefined;
}

/** Undefined without one; other schemes than Bearer are for something between the client and here. */
function keyOf(request: Request): string | undefined {
  return /^Bearer\b(.*)$/i.exec(request.headers.get('authorization') ?? '')?.[1]?.trim();
}

function keyless(needsKey: boolean): FoveaError | undefined {
  if (!needsKey) return undefined;
  return new ForbiddenError('Cannot answer without an API key: none was given; send "Authorization: Bearer <key>"');
}

/** What the library says of a caller's key, asked for what any key may have. */
async function faultOf(client: FoveaClient): Promise<FoveaError | undefined> {
  try {
    await client.namespaces.list();
    return undefined;
  } catch (error) {
    if (error instanceof FoveaError) return error;
    throw error;
  }
}

/** A refusal before the protocol has begun, in the form of Fovea's own. */
function failure(error: FoveaError, status: number): Response {
  return Response.json(error, {
    status,
    headers: {
      ...(status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}),
      ...(error instanceof RateLimitError ? { 'Retry-After': String(error.retryAfterSeconds) } : {}),
    },
  });
}

const KEY_STATUS: Readonly<Record<string, number>> = { forbidden: 401, rate_limited: 429 };

function portError(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code !== 'EADDRINUSE') return error;
  return new ConflictError(`Cannot listen on ${HOST}:${port}: another program does already; choose another --port`, {
    cause: error,
  });
}
