/**
 * `fovea worker`: workers for a server on another machine.
 *
 * @module
 */
import type { Command } from 'commander';
import { findHomeOwner } from '../../engine/before-opening.ts';
import { collect, command, environmentOf, integerOption, WrongUseError } from '../command.ts';
import type { CommonOptions } from '../command.ts';
import { note, print } from '../output.ts';
import { untilStopped } from './server.ts';

interface WorkerOptions extends CommonOptions {
  readonly workers?: number;
  readonly only?: readonly string[];
}

/** The token of this machine's home where the server is its own. */
async function homeToken(home: string, server: string): Promise<string | undefined> {
  const owner = await findHomeOwner(home);
  const address = URL.canParse(server) ? new URL(server) : undefined;
  const isOwn = owner?.port !== undefined && Number(address?.port) === owner.port;
  return isOwn && LOOPBACK.has(address?.hostname ?? '') ? owner.token : undefined;
}

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

export function workerCommand(): Command {
  return command('worker', 'Run workers for a server elsewhere', 'fovea worker --server http://host:8900')
    .option('--workers <count>', 'worker processes (default: FOVEA_WORKERS or cores − 1)', integerOption(1, 256))
    .option('--only <extractor>', 'take tasks of this extractor only; repeatable', collect)
    .action(runWorkers);
}

/** Runs workers until they are told to stop. */
export async function runWorkers(options: WorkerOptions): Promise<void> {
  const { engine, server, apiKeys } = environmentOf(options);
  if (server === undefined)
    throw new WrongUseError('Cannot start a worker: say for which server, e.g. --server http://host:8900');
  const token = apiKeys[0] ?? (await homeToken(engine.home, server));
  const { startWorkers } = await import('../../engine/index.ts');
  const workers = await startWorkers({
    ...engine,
    server,
    onNote: note,
    ...(token === undefined ? {} : { token }),
    ...(options.workers === undefined ? {} : { workers: options.workers }),
    ...(options.only === undefined ? {} : { only: options.only }),
  });
  const stopped = untilStopped();
  const count = workers.size();
  print(`${count} ${count === 1 ? 'worker takes' : 'workers take'} tasks from ${server}; stop with Ctrl-C`);
  await stopped;
  note('Stopping: workers finish what they hold');
  await workers.stop();
}
