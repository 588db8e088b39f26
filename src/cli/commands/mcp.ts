/**
 * `fovea mcp`: the library for assistants and editors that speak MCP.
 *
 * @module
 */
import type { Command } from 'commander';
import type { FoveaClient } from '../../client/index.ts';
import { findHomeOwner, HomeInUseError, VERSION } from '../../engine/before-opening.ts';
import type { Server } from '../../engine/index.ts';
import { collect, command, environmentOf, integerOption, WrongUseError } from '../command.ts';
import type { CommonOptions } from '../command.ts';
import type { Environment } from '../environment.ts';
import { note, print } from '../output.ts';
import { withClient } from '../session.ts';
import { untilStopped } from './server.ts';

interface McpOptions extends CommonOptions {
  readonly http?: boolean;
  readonly port?: number;
  readonly requireKey?: boolean;
  readonly allowHost?: string[];
}

export function mcpCommand(): Command {
  return command(
    'mcp',
    'Let an assistant search, look and ask over MCP, by standard input and output or HTTP',
    'claude mcp add photos -- npx fovea mcp',
  )
    .option('--http', 'answer HTTP on loopback instead')
    .option('-p, --port <port>', 'port for --http; 0 for any free one (default: 8901)', integerOption(0, 65_535))
    .option('--require-key', 'with --http: ask for API keys on loopback too, e.g. behind a proxy')
    .option('--allow-host <name>', 'with --http: host name that requests may use; repeatable', collect)
    .action(async (options: McpOptions) => {
      const { http, port, requireKey, allowHost } = options;
      if (http !== true && [port, requireKey, allowHost].some((option) => option !== undefined))
        throw new WrongUseError('Cannot use --port, --require-key or --allow-host without --http');
      const environment = environmentOf(options);
      const started = await startServer(environment);
      const answer = (client: FoveaClient): Promise<void> =>
        http === true ? overHttp(client, options) : overStdio(client);
      try {
        await withClient(environment, { namespace: options.namespace, reading: true }, answer);
      } finally {
        await started?.close();
      }
    });
}

const DEFAULT_PORT = 8901;

/** The SDK takes a tenth of a second to load, which no other command is to wait for. */
const loadMcp = () => import('../../mcp/index.ts');

/**
 * The server for this home where none runs: an assistant keeps this process for hours, in which other commands would find the
 * home taken and nobody to talk to.
 */
async function startServer({ server, engine }: Environment): Promise<Server | undefined> {
  if (server !== undefined || (await findHomeOwner(engine.home)) !== undefined) return undefined;
  const { serve } = await import('../../engine/index.ts');
  try {
    return await serve({ ...engine, port: 0, onNote: note });
  } catch (error) {
    // Another process was faster: it is talked to instead.
    if (error instanceof HomeInUseError) return undefined;
    throw error;
  }
}

async function overStdio(client: FoveaClient): Promise<void> {
  const { serveMcpStdio } = await loadMcp();
  const connection = serveMcpStdio(client, VERSION, note);
  await Promise.race([connection.ended, untilStopped()]);
  await connection.close();
}

async function overHttp(
  client: FoveaClient,
  { port = DEFAULT_PORT, requireKey, allowHost, json }: McpOptions,
): Promise<void> {
  const { serveMcpHttp } = await loadMcp();
  const server = await serveMcpHttp(port, {
    client,
    version: VERSION,
    onNote: note,
    needsKey: requireKey === true,
    allowedHosts: allowHost ?? [],
  });
  print(json === true ? JSON.stringify({ url: server.url }) : `MCP is answered at ${server.url}; stop with Ctrl-C`);
  await untilStopped();
  await server.close();
}
