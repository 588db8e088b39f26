/**
 * `fovea graph`: apply, list and show extraction graphs.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import type { GraphChange } from '../../contract/index.ts';
import { InvalidInputError } from '../../contract/index.ts';
import { command, run } from '../command.ts';
import type { CommonOptions } from '../command.ts';
import { note, print, printJson, table, thousands } from '../output.ts';

interface ApplyOptions extends CommonOptions {
  readonly dryRun?: boolean;
  readonly prune?: boolean;
}

export function graphCommand(): Command {
  return new Command('graph')
    .description('Apply, list and show extraction graphs')
    .addCommand(applyCommand())
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(deleteCommand());
}

function applyCommand(): Command {
  return command('apply', 'Make a graph what a YAML file says', 'fovea graph apply kb.yaml --dry-run')
    .argument('<file>', 'YAML or JSON of one graph')
    .option('--dry-run', 'only say what would be done')
    .option('--prune', 'remove policies that the file does not have, with what they extracted')
    .action((file: string, options: ApplyOptions) =>
      run(options, options.dryRun === true, async (client) => {
        const text = await readGraph(file);
        const change = await client.graphs.apply(text, {
          dryRun: options.dryRun === true,
          prune: options.prune === true,
        });
        if (options.json === true) printJson(change);
        else showChange(change, options.dryRun === true);
      }),
    );
}

async function readGraph(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new InvalidInputError(
      `Cannot read graph "${file}": ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function showChange(
  { graph, created, added, changed, unchanged, extra, removed, policies, warnings }: GraphChange,
  dryRun: boolean,
): void {
  print(`${dryRun ? 'Would make' : 'Made'} graph "${graph}"${created ? ' (new)' : ''}:`);
  const lines: [string, readonly string[]][] = [
    ['+', added],
    ['~', changed],
    ['=', unchanged],
    ['-', removed],
  ];
  const work = (name: string): string => {
    const contents = policies.find((policy) => policy.graph === graph && policy.policy === name)?.contents ?? 0;
    return contents === 0 ? '' : ` (${thousands(contents)} ${contents === 1 ? 'picture' : 'pictures'} to extract)`;
  };
  for (const [sign, names] of lines) for (const name of names) print(`  ${sign} ${name}${work(name)}`);
  for (const name of extra) print(`  ? ${name} (not in the file; kept without --prune)`);
  for (const sentence of warnings) note(sentence);
}

function listCommand(): Command {
  return command('list', 'List graphs and their policies', 'fovea graph list').action((options: CommonOptions) =>
    run(options, true, async (client) => {
      const graphs = await client.graphs.list();
      if (options.json === true) return printJson(graphs);
      const rows = graphs.flatMap(({ policies }) =>
        policies.map(({ graph, name, version, state, extractor, contentSource, model, waitingFor }) => [
          `${graph}.${name}`,
          version,
          waitingFor === undefined ? state : 'waits for its model',
          extractor,
          contentSource ?? '',
          model ?? '',
        ]),
      );
      print(
        rows.length === 0
          ? 'There are no graphs yet; "fovea add" makes one'
          : table(['policy', 'version', 'state', 'extractor', 'takes', 'model'], rows),
      );
    }),
  );
}

function showCommand(): Command {
  return command('show', 'Show a graph as YAML', 'fovea graph show photos')
    .argument('<graph>', 'name of the graph')
    .action((name: string, options: CommonOptions) =>
      run(options, true, async (client) => {
        const graph = await client.graphs.get(name);
        if (options.json === true) printJson(graph);
        else print(graph.yaml.trimEnd());
      }),
    );
}

function deleteCommand(): Command {
  return command('delete', 'Delete a graph with everything it extracted; pictures stay', 'fovea graph delete kb')
    .argument('<graph>', 'name of the graph')
    .action((name: string, options: CommonOptions) =>
      run(options, true, async (client) => {
        await client.graphs.delete(name);
        if (options.json === true) printJson({ deleted: name });
        else print(`Deleted graph "${name}"`);
      }),
    );
}
