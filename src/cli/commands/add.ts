/**
 * `fovea add`: adds files and folders in place and follows until they are indexed.
 *
 * @module
 */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { FoveaClient } from '../../client/index.ts';
import type { AddProgress, Labels, Status } from '../../contract/index.ts';
import { command, labelOption, run } from '../command.ts';
import type { CommonOptions } from '../command.ts';
import { duration, note, print, printJson, progressLine, thousands } from '../output.ts';

/** Workers need a moment to start; without any after this, the user hears why nothing goes on. */
const PATIENCE_MS = 3000;

interface AddOptions extends CommonOptions {
  readonly label?: Labels;
  readonly wait: boolean;
  readonly graph?: string;
}

export function addCommand(): Command {
  return command('add', 'Add pictures and folders of pictures, where they lie', 'fovea add ./photos --label trip=rome')
    .argument('<path...>', 'files and folders; folders are read recursively')
    .option('--label <key=value>', 'label to put on them; repeatable', labelOption)
    .option('--no-wait', 'return once they are stored; extraction goes on in the server')
    .option('--graph <none>', '"none": make no graph in a namespace that has none')
    .action((paths: string[], options: AddOptions) => run(options, false, (client) => add(client, paths, options)));
}

async function add(client: FoveaClient, paths: readonly string[], options: AddOptions): Promise<void> {
  const totals: AddProgress[] = [];
  for (const path of paths) totals.push(await addOne(client, resolve(path), options));
  const status = options.wait ? await follow(client) : undefined;
  if (options.json === true) printJson({ added: totals, ...(status === undefined ? {} : { status }) });
  else for (const sentence of status?.notes ?? []) note(sentence);
  if (totals.some(({ failed }) => failed > 0)) process.exitCode = 1;
}

async function addOne(client: FoveaClient, path: string, { label, graph, json }: AddOptions): Promise<AddProgress> {
  const line = progressLine();
  let last: AddProgress | undefined;
  for await (const progress of client.addPath(path, { labels: label ?? {}, ...(graph === 'none' ? { graph } : {}) })) {
    last = progress;
    line.show(`${thousands(progress.seen)} files seen, ${thousands(progress.added)} added`);
  }
  line.end();
  if (last === undefined) throw new Error(`Cannot add "${path}": the server ended its answer early`);
  if (json !== true) {
    for (const sentence of last.notes) note(sentence);
    for (const { message } of last.problems) note(message);
    print(summary(path, last));
  }
  return last;
}

function summary(path: string, { seen, added, duplicates, unchanged, ignored, failed, missing }: AddProgress): string {
  const parts = [
    `${thousands(added)} added`,
    ...(duplicates > 0 ? [`${thousands(duplicates)} with the same bytes as another`] : []),
    ...(unchanged > 0 ? [`${thousands(unchanged)} unchanged`] : []),
    ...Object.entries(ignored).map(([extension, count]) => `${thousands(count)} ignored (${extension})`),
    ...(failed > 0 ? [`${thousands(failed)} could not be read`] : []),
    ...(missing > 0 ? [`${thousands(missing)} gone since last time`] : []),
  ];
  return `${path}: ${thousands(seen)} files; ${parts.join(', ')}`;
}

/** Shows progress until nothing that can run is left. */
async function follow(client: FoveaClient): Promise<Status> {
  const line = progressLine();
  const started = performance.now();
  let told = false;
  const status = await client.waitUntilIndexed({
    onStatus: ({ contents, indexedContents, failedContents, perSecond, secondsLeft, busy, workers, notes }) => {
      if (busy && workers === 0 && performance.now() - started > PATIENCE_MS && !told) {
        told = true;
        for (const sentence of notes) note(sentence);
      }
      const left = secondsLeft === null ? '' : ` · ${duration(secondsLeft)} left`;
      line.show(`${thousands(indexedContents + failedContents)} of ${thousands(contents)} · ${perSecond}/s${left}`);
    },
  });
  line.end();
  note(
    `${thousands(status.indexedContents)} of ${thousands(status.contents)} indexed in ${duration((performance.now() - started) / 1000)}`,
  );
  return status;
}
