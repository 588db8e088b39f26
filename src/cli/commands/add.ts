/**
 * `fovea add`: adds files and folders in place, and pictures of the web, and follows until they are indexed.
 *
 * @module
 */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { FoveaClient } from '../../client/index.ts';
import type { AddedContent, AddProgress, Labels, Status } from '../../contract/index.ts';
import { FoveaError } from '../../contract/index.ts';
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
  return command(
    'add',
    'Add pictures and folders where they lie, and pictures of the web',
    'fovea add ./photos --label trip=rome',
  )
    .argument('<path or URL...>', 'files and folders (read recursively); http: and https: URLs of pictures')
    .option('--label <key=value>', 'label to put on them; repeatable', labelOption)
    .option('--no-wait', 'return once they are stored; extraction goes on in the server')
    .option('--graph <none>', '"none": make no graph in a namespace that has none')
    .action((places: string[], options: AddOptions) => run(options, false, (client) => add(client, places, options)));
}

async function add(client: FoveaClient, places: readonly string[], options: AddOptions): Promise<void> {
  const totals: AddProgress[] = [];
  for (const place of places) {
    totals.push(await (isUrl(place) ? addUrl(client, place, options) : addPath(client, resolve(place), options)));
  }
  const status = options.wait ? await follow(client) : undefined;
  if (options.json === true) printJson({ added: totals, ...(status === undefined ? {} : { status }) });
  else for (const sentence of status?.notes ?? []) note(sentence);
  if (totals.some(({ failed }) => failed > 0)) process.exitCode = 1;
}

/** URLs of every kind: those that can't be added are refused as such, not as files that are missing. */
function isUrl(place: string): boolean {
  return /^[a-z][a-z\d+.-]*:\/\//i.test(place);
}

/** Errors that are a URL's own; after others the next one would fail as well. */
const URL_ERRORS: ReadonlySet<string> = new Set(['invalid_input', 'unreadable_url', 'limit']);

/** A URL's totals are those of one file. */
async function addUrl(client: FoveaClient, url: string, options: AddOptions): Promise<AddProgress> {
  const line = progressLine();
  line.show(`Fetching ${url}`);
  const totals = await fetched(client, url, options);
  line.end();
  if (options.json !== true) {
    for (const sentence of totals.notes) note(sentence);
    for (const { message } of totals.problems) note(message);
    const outcome = totals.added > 0 ? 'added' : 'with the same bytes as another';
    if (totals.failed === 0) print(`${url}: ${outcome}`);
  }
  return totals;
}

async function fetched(client: FoveaClient, url: string, { label = {}, graph }: AddOptions): Promise<AddProgress> {
  const none = { added: 0, duplicates: 0, unchanged: 0, ignored: {}, failed: 0, problems: [], missing: 0, notes: [] };
  const one = { ...none, seen: 1, finished: true };
  let content: AddedContent;
  try {
    content = await client.addUrl(url, { labels: label, ...(graph === 'none' ? { graph } : {}) });
  } catch (error) {
    if (!(error instanceof FoveaError && URL_ERRORS.has(error.code))) throw error;
    const { code, message } = error;
    return { ...one, failed: 1, problems: [{ path: url, code, message }] };
  }
  return { ...one, ...(content.created ? { added: 1 } : { duplicates: 1 }), notes: content.notes };
}

async function addPath(client: FoveaClient, path: string, { label, graph, json }: AddOptions): Promise<AddProgress> {
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
