/**
 * `fovea status`: how far each policy is, what failed, and why nothing was extracted.
 *
 * @module
 */
import type { Command } from 'commander';
import { ForbiddenError, type ModelInfo, type Status, type TaskList } from '../../contract/index.ts';
import type { FoveaClient } from '../../client/index.ts';
import { command, run } from '../command.ts';
import type { CommonOptions } from '../command.ts';
import { duration, print, printJson, table, thousands } from '../output.ts';

interface StatusOptions extends CommonOptions {
  readonly failed?: boolean;
}

export function statusCommand(): Command {
  return command('status', 'Show progress by policy, what failed and why', 'fovea status --failed')
    .option('--failed', 'list what failed, with the reason')
    .action((options: StatusOptions) =>
      run(options, true, async (client) => {
        const status = await client.status();
        const failed = options.failed === true ? await client.tasks({ state: 'failed', limit: 1000 }) : undefined;
        if (options.json === true) printJson(failed === undefined ? status : { ...status, failed });
        else {
          show(status, failed);
          showShipped(status, await modelsSeen(client));
        }
      }),
    );
}

function show(status: Status, failed: TaskList | undefined): void {
  const left = status.secondsLeft === null ? '' : `, ${duration(status.secondsLeft)} left`;
  const rate = status.perSecond > 0 ? `, ${status.perSecond} pictures/s${left}` : '';
  print(
    `${thousands(status.indexedContents)} of ${thousands(status.contents)} contents indexed, ${thousands(status.failedContents)} failed${rate}`,
  );
  const rows = status.policies.map(
    ({ graph, policy, version, state, waiting, running, done, failed: broken, perSecond, model }) => [
      `${graph}.${policy}`,
      state === 'building' ? `${version} (building)` : String(version),
      waiting,
      running,
      done,
      broken,
      perSecond,
      model,
    ],
  );
  if (rows.length > 0)
    print(`\n${table(['policy', 'version', 'waiting', 'running', 'done', 'failed', 'per s', 'model'], rows)}`);
  if (failed !== undefined) showFailed(failed, status.unreadableFiles);
  for (const sentence of status.notes) print(`\n${sentence}`);
}

/** None where the key is for one namespace: models are the server's. */
async function modelsSeen(client: FoveaClient): Promise<readonly ModelInfo[]> {
  try {
    return await client.models.list();
  } catch (error) {
    if (error instanceof ForbiddenError) return [];
    throw error;
  }
}

/** What the small models of this package are good for, where they are at work. */
function showShipped({ policies }: Status, models: readonly ModelInfo[]): void {
  const used = new Set(policies.map(({ model }) => model));
  for (const { name, summary } of models.filter((model) => model.state === 'shipped' && used.has(model.name)))
    print(`\n${name} ships with Fovea: ${summary}`);
}

function showFailed({ tasks, total }: TaskList, unreadable: Status['unreadableFiles']): void {
  const reasons = new Map<string, { name: string; error: string; policies: string[] }>();
  for (const { contentId, name, graph, policy, error } of tasks) {
    const key = `${contentId} ${error ?? ''}`;
    const entry = reasons.get(key) ?? { name, error: error ?? 'no reason was stored', policies: [] };
    entry.policies.push(graph === undefined ? policy : `${graph}.${policy}`);
    reasons.set(key, entry);
  }
  if (total + unreadable.total === 0) print('\nNothing failed');
  for (const { message } of unreadable.problems) print(`\n${message}`);
  for (const { name, error, policies } of reasons.values()) print(`\n${name} (${policies.join(', ')})\n  ${error}`);
  if (total > tasks.length) print(`\n… and ${thousands(total - tasks.length)} more failed tasks`);
  if (total + unreadable.total > 0) print('\nTry again with "fovea retry --failed"');
}
