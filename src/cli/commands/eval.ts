/**
 * `fovea eval`: how good searches are, by queries whose answers are known.
 *
 * @module
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import type { FoveaClient } from '../../client/index.ts';
import { InvalidInputError } from '../../contract/index.ts';
import type { Evaluation, QuerySpec } from '../../evaluate/index.ts';
import {
  configurationsOf,
  evaluate,
  evaluationCsv,
  evaluationReport,
  figuresOf,
  parseQueries,
  parseTrec,
  resolveQueries,
  trecFiles,
} from '../../evaluate/index.ts';
import type { CommonOptions } from '../command.ts';
import { collect, command, integerOption, run, WrongUseError } from '../command.ts';
import { evaluationTables } from '../evaluation-tables.ts';
import { note, print, printJson, progressLine, thousands } from '../output.ts';

interface EvalOptions extends CommonOptions {
  readonly queries: string;
  readonly qrels?: string;
  readonly skipUnknown?: boolean;
  readonly legs?: string[];
  readonly compare?: string[];
  readonly where?: string;
  readonly label?: string[];
  readonly limit: number;
  readonly seed: number;
  readonly out?: string;
  readonly csv?: string;
  readonly report?: string;
}

export function evalCommand(): Command {
  return command(
    'eval',
    'Measure how good searches are, by queries whose pictures are known',
    'fovea eval --queries captions.jsonl --legs vector,text,hybrid --report out.html',
  )
    .requiredOption(
      '--queries <file>',
      'captions or queries in JSON lines, or TREC topics; see docs/evaluate-your-library.md',
    )
    .option('--qrels <file>', 'TREC judgements, where --queries are topics')
    .option('--skip-unknown', 'go on without pictures that the library does not have')
    .option('--legs <names>', 'vector, text, hybrid, default; each is measured', commaList)
    .option(
      '--compare <settings>',
      'k=10,k=60: fusion with each; also depth=, index=, <leg>=<weight>, joined by +',
      commaList,
    )
    .option('--where <condition>', 'SQL condition that all searches have')
    .option('--label <key=value>', 'only contents with this label; repeatable', collect)
    .option('-k, --limit <count>', 'how many hits of each search are looked at', integerOption(1, 1000), 100)
    .option('--seed <number>', 'of the intervals', integerOption(0, 2 ** 31), 1)
    .option('--out <folder>', 'write TREC run files and judgements into it')
    .option('--csv <file>', 'write a line for each query')
    .option('--report <file>', 'write an HTML page with plots and the worst queries')
    .action((options: EvalOptions) => {
      if (options.limit < 10)
        throw new WrongUseError('Cannot evaluate with --limit below 10: recall@10 looks at ten hits');
      return run(options, true, (client) => evaluateAndShow(client, options));
    });
}

async function evaluateAndShow(client: FoveaClient, options: EvalOptions): Promise<void> {
  const { where, label, legs = [], compare = [], limit, seed } = options;
  const configurations = configurationsOf(legs, compare, {
    ...(where === undefined ? {} : { where }),
    ...(label === undefined ? {} : { labels: label }),
  });
  const { queries, unknown, leftOut } = await resolveQueries(client, await readQueries(options), {
    skipUnknown: options.skipUnknown,
  });
  if (unknown.length > 0)
    note(`${thousands(unknown.length)} pictures of the queries are not in the library and were skipped`);
  if (leftOut > 0) note(`${thousands(leftOut)} queries were left out: nothing in the library is relevant to them`);
  const line = progressLine();
  const evaluation = await evaluate(client, {
    queries,
    configurations,
    limit,
    seed,
    onProgress: (done, total) => {
      if (done % 20 === 0 || done === total) line.show(`${thousands(done)} of ${thousands(total)} searches`);
    },
  }).finally(() => line.end());
  await writeFiles(client, evaluation, options);
  if (options.json === true) return printJson(figuresOf(evaluation));
  for (const table of evaluationTables(evaluation)) print(table);
}

async function readQueries({ queries, qrels }: EvalOptions): Promise<readonly QuerySpec[]> {
  const text = await readText(queries);
  if (qrels === undefined) return parseQueries(text, basename(queries));
  const { specs, unjudged } = parseTrec(
    { name: basename(queries), text },
    { name: basename(qrels), text: await readText(qrels) },
  );
  if (unjudged.length > 0) note(`${thousands(unjudged.length)} topics were left out: nobody judged them`);
  return specs;
}

async function writeFiles(
  client: FoveaClient,
  evaluation: Evaluation,
  { out, csv, report }: EvalOptions,
): Promise<void> {
  if (out !== undefined) {
    await mkdir(out, { recursive: true });
    for (const { name, text } of trecFiles(evaluation)) await writeFile(join(out, name), text);
    note(`Wrote ${evaluation.configurations.length} runs and qrels.txt to ${out}`);
  }
  if (csv !== undefined) {
    await writeFile(csv, evaluationCsv(evaluation));
    note(`Wrote each query to ${csv}`);
  }
  if (report !== undefined) {
    await writeFile(report, await evaluationReport(client, evaluation));
    note(`Wrote the report to ${report}`);
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new InvalidInputError(`Cannot read "${path}": ${error instanceof Error ? error.message : String(error)}`);
  }
}

function commaList(text: string, before: readonly string[] = []): string[] {
  return [...before, ...text.split(',').map((each) => each.trim())];
}
