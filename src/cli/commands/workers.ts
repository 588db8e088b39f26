/**
 * `fovea workers`: who works for the server, and who no longer does.
 *
 * @module
 */
import type { Command } from 'commander';
import type { WorkerInfo } from '../../contract/index.ts';
import { command, run } from '../command.ts';
import type { CommonOptions } from '../command.ts';
import { duration, note, print, printJson, table } from '../output.ts';

export function workersCommand(): Command {
  return command('workers', 'List the workers of the server, and what they do', 'fovea workers').action(
    (options: CommonOptions) =>
      run(options, true, async (client) => {
        const workers = await client.workers();
        if (options.json === true) return printJson(workers);
        if (workers.length === 0) print('No worker was heard of: the server starts its own when there is work');
        else print(table(['worker', 'where', 'version', 'takes', 'state', 'heard', 'done', 'doing'], workers.map(row)));
        for (const { id, refuses } of workers) {
          for (const { policy, version, reason } of refuses)
            note(`Worker ${id} refuses "${policy}" version ${version}: ${reason}`);
        }
      }),
  );
}

function row({ id, host, version, local, extractors, state, seenAt, completed, doing }: WorkerInfo) {
  return [
    id,
    local ? 'here' : (host ?? 'elsewhere'),
    version,
    extractors === null ? 'all' : extractors.join(', '),
    state,
    `${ago(seenAt)} ago`,
    completed,
    doing === null ? null : `${doing.contents} pictures for ${ago(doing.since)}: ${doing.policies.join(', ')}`,
  ];
}

function ago(time: string): string {
  return duration(Math.max(0, (Date.now() - Date.parse(time)) / 1000));
}
