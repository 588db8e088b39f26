/**
 * `fovea server`: the engine behind a port, until it is told to stop.
 *
 * @module
 */
import type { Command } from 'commander';
import { findHomeOwner } from '../../engine/before-opening.ts';
import type { Server } from '../../engine/index.ts';
import { collect, command, environmentOf, integerOption } from '../command.ts';
import type { CommonOptions } from '../command.ts';
import { ConflictError } from '../../contract/index.ts';
import { note, print, printJson } from '../output.ts';

interface ServerOptions extends CommonOptions {
  readonly port?: number;
  readonly host: string;
  readonly workers?: number;
  readonly allowHost?: string[];
  readonly requireKey?: boolean;
  readonly dev?: boolean;
}

export function serverCommand(): Command {
  return command('server', 'Run the server and its workers', 'fovea server --port 8900')
    .option('-p, --port <port>', 'port; 0 for any free one (default: FOVEA_PORT or 8900)', integerOption(0, 65_535))
    .option(
      '--host <address>',
      'address to listen on; beyond loopback callers need a key ("fovea key create")',
      '127.0.0.1',
    )
    .option('--require-key', 'ask for keys on loopback too, e.g. behind a proxy')
    .option('--workers <count>', 'worker processes (default: FOVEA_WORKERS or cores − 1)', integerOption(0, 256))
    .option('--allow-host <name>', 'host name that requests may use; repeatable', collect)
    .option('-d, --dev', "Indexify's development mode: everything on this machine, as without it")
    .action(runServer);
}

async function runServer(options: ServerOptions): Promise<void> {
  const { engine, port, apiKeys } = environmentOf(options);
  if (options.dev === true)
    note(
      '-d changes nothing: database, search and workers run on this machine anyway; "fovea worker" adds more elsewhere',
    );
  await refuseSecond(engine.home);
  const { serve } = await import('../../engine/index.ts');
  const server = await serve({
    ...engine,
    port: options.port ?? port,
    host: options.host,
    onNote: note,
    allowedHosts: options.allowHost ?? [],
    needsKey: options.requireKey === true,
    ...(options.workers === undefined ? {} : { workers: options.workers }),
    ...(apiKeys.length === 0 ? {} : { apiKeys }),
  });
  const stopped = untilStopped();
  if (options.json === true) printJson({ url: server.url, home: engine.home });
  else greet(server, engine.home);
  await stopped;
  note('Stopping: workers finish what they hold');
  await server.close();
}

async function refuseSecond(home: string): Promise<void> {
  const owner = await findHomeOwner(home);
  if (owner === undefined) return;
  const where = owner.port === undefined ? '' : ` and serves it on port ${owner.port}`;
  throw new ConflictError(
    `Cannot start a second server on "${home}": process ${owner.pid} has it open${where}; stop that one, or give another --home`,
  );
}

function greet({ url }: Server, home: string): void {
  print(`Fovea is ready at ${url}
  home      ${home}
  API       ${url}/api/v1/openapi.json
In another terminal, in this folder:
  npx fovea add ~/Pictures
  npx fovea search "a dog running on the beach"
  npx fovea sql "select object_name, count(*) from ingestion group by 1 order by 2 desc"
Stop with Ctrl-C.`);
}

/** Resolves at the first Ctrl-C or SIGTERM; a second one ends the process at once. */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(1));
        resolve();
      });
    }
  });
}
