/**
 * `fovea dataset load`: pictures with their texts, labels, boxes and vectors, from files or the hub.
 *
 * @module
 */
import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import type { FoveaClient, LoadDatasetOptions } from '../../client/index.ts';
import type { GivenSpace, Labels, LoadProgress } from '../../contract/index.ts';
import { LanguageTag } from '../../contract/index.ts';
import { collect, command, integerOption, labelOption, run } from '../command.ts';
import type { CommonOptions } from '../command.ts';
import { note, print, printJson, progressLine, thousands } from '../output.ts';

interface LoadCommandOptions extends CommonOptions {
  readonly image?: string;
  readonly match?: string;
  readonly text?: NonNullable<LoadDatasetOptions['texts']>;
  readonly label?: readonly string[];
  readonly boxes?: string;
  readonly vectors?: readonly string[];
  readonly space?: GivenSpace;
  readonly normalize?: boolean;
  readonly name?: string;
  readonly limit?: number;
  readonly graph?: string;
}

/** Problems that are told one by one; `--json` has more. */
const MAX_TOLD = 20;

export function datasetCommand(): Command {
  return new Command('dataset').description('Load data sets').addCommand(loadCommand());
}

function loadCommand(): Command {
  return command(
    'load',
    'Load a data set: Parquet, COCO, CSV, JSON Lines, vectors, or one of the hub; again to go on',
    'fovea dataset load ./pokemon.parquet --image image --text text_en:en --text text_zh:zh',
  )
    .argument('<source>', 'file, folder, or hf://owner/name')
    .option('--image <column>', 'column with the picture: bytes, path or URL (default: found by type or name)')
    .option('--match <column>', 'the rows are of contents that are there: column with their ids or file names')
    .option('--text <column[:language]>', 'column of texts, e.g. text_en:en; repeatable', textOption)
    .option(
      '--label <column or key=value>',
      'column whose values become labels, or a label of all; repeatable',
      collect,
    )
    .option('--boxes <column>', 'column with boxes (COCO has its own)')
    .option('--vectors <column>', 'column with vectors; repeatable', collect)
    .option('--space <index or extractor[:model]>', 'what made the vectors, e.g. photos.clip', spaceOption)
    .option('--normalize', 'make vectors of any length unit vectors')
    .option('--name <graph>', "graph for texts, boxes and vectors (default: the data set's name)")
    .option('--limit <rows>', 'the first rows only', integerOption(1, Number.MAX_SAFE_INTEGER))
    .option('--graph <none>', '"none": make no graph that extracts from the pictures')
    .action((source: string, options: LoadCommandOptions) =>
      run(options, false, (client) => load(client, source, options)),
    );
}

function textOption(
  text: string,
  before: NonNullable<LoadDatasetOptions['texts']> = [],
): NonNullable<LoadDatasetOptions['texts']> {
  const [, column = text, language] = /^(.+):([^:]+)$/.exec(text) ?? [];
  if (language === undefined) return [...before, { column }];
  if (LanguageTag.safeParse(language).success) return [...before, { column, language }];
  throw new InvalidArgumentError('Write column:language, with a language tag such as "en" or "zh".');
}

/** An extractor has a slash in its name, an index has none. */
function spaceOption(text: string): GivenSpace {
  if (!text.includes('/')) return text;
  const [extractor = text, ...model] = text.split(':');
  return { extractor, params: model.length === 0 ? {} : { model: model.join(':') } };
}

async function load(client: FoveaClient, source: string, options: LoadCommandOptions): Promise<void> {
  const line = progressLine();
  let last: LoadProgress | undefined;
  for await (const progress of client.datasets.load(placeOf(source), requestOf(options))) {
    last = progress;
    const of = progress.rows === null ? '' : ` of ${thousands(progress.rows)}`;
    line.show(`${thousands(progress.seen)}${of} rows, ${thousands(progress.added)} added`);
  }
  line.end();
  if (last === undefined) throw new Error(`Cannot load "${source}": the server ended its answer early`);
  if (options.json === true) printJson(last);
  else show(source, last);
  if (last.failed > 0) process.exitCode = 1;
}

/** A path is the user's, not the server's. */
function placeOf(source: string): string {
  return /^[a-z][a-z\d+.-]*:\/\//i.test(source) ? source : resolve(source);
}

function requestOf({ text, label = [], vectors, graph, name, ...options }: LoadCommandOptions): LoadDatasetOptions {
  const { image, match, boxes, space, normalize, limit } = options;
  const fixed = label.filter((each) => each.includes('='));
  return {
    ...(image === undefined ? {} : { image }),
    ...(match === undefined ? {} : { match }),
    ...(text === undefined ? {} : { texts: text }),
    labels: label.filter((each) => !each.includes('=')),
    setLabels: fixed.reduce<Labels>((labels, each) => labelOption(each, labels), {}),
    ...(boxes === undefined ? {} : { boxes }),
    ...(vectors === undefined ? {} : { vectors: [...vectors] }),
    ...(space === undefined ? {} : { space }),
    ...(normalize === undefined ? {} : { normalize }),
    ...(name === undefined ? {} : { name }),
    ...(limit === undefined ? {} : { limit }),
    ...(graph === 'none' ? { graph } : {}),
  };
}

function show(source: string, progress: LoadProgress): void {
  const { graph, seen, added, duplicates, matched, skipped, failed, problems, written, notes } = progress;
  for (const sentence of notes) note(sentence);
  for (const { message } of problems.slice(0, MAX_TOLD)) note(message);
  if (failed > MAX_TOLD) note(`and ${thousands(failed - MAX_TOLD)} more; see "fovea status --failed"`);
  const parts = [
    `${thousands(added)} added`,
    ...(duplicates > 0 ? [`${thousands(duplicates)} with the same bytes as another`] : []),
    ...(matched > 0 ? [`${thousands(matched)} of contents that were there`] : []),
    ...(skipped > 0 ? [`${thousands(skipped)} loaded before`] : []),
    ...(failed > 0 ? [`${thousands(failed)} failed`] : []),
  ];
  print(`${source}: ${thousands(seen)} rows; ${parts.join(', ')}`);
  for (const [policy, rows] of Object.entries(written)) print(`  ${graph}.${policy}: ${thousands(rows)} rows`);
}
