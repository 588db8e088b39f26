/**
 * `fovea extractors`, and `fovea list` as Indexify called it: what a graph may name.
 *
 * @module
 */
import type { Command } from 'commander';
import type { ExtractorInfo } from '../../contract/index.ts';
import { command, run } from '../command.ts';
import type { CommonOptions } from '../command.ts';
import { note, print, printJson, takes } from '../output.ts';

interface ListOptions extends CommonOptions {
  readonly type?: string;
}

export function extractorsCommand(): Command {
  return listCommand('extractors', 'List extractors with their parameters and outputs', 'fovea extractors');
}

export function listExtractorsCommand(): Command {
  return listCommand('list', 'List extractors: "fovea extractors" by its old name', 'fovea list --type image');
}

function listCommand(name: string, summary: string, example: string): Command {
  return command(name, summary, example)
    .option('--type <type>', 'only those of a type, which is the first part of their names: image, embedding, …')
    .action((options: ListOptions) =>
      run(options, true, async (client) => {
        const all = await client.extractors();
        const extractors = options.type === undefined ? all : all.filter((each) => typeOf(each) === options.type);
        if (options.json === true) return printJson(extractors);
        for (const extractor of extractors) showInBrief(extractor);
        if (extractors.length === 0) {
          const types = [...new Set(all.map(typeOf))].map((type) => `"${type}"`);
          note(`There is no extractor of type "${options.type}"; there are ${types.join(', ')}`);
        }
      }),
    );
}

function typeOf({ name }: ExtractorInfo): string {
  return name.slice(0, name.indexOf('/'));
}

function showInBrief({ name, version, summary, aliases, accepts, params, output }: ExtractorInfo): void {
  print(`${name} ${version}: ${summary}`);
  print(`  takes     ${takes(accepts)}`);
  print(`  params    ${Object.keys(propertiesOf(params)).join(', ') || 'none'}`);
  if (output !== undefined)
    print(`  writes    ${[...Object.keys(output.columns), ...Object.keys(output.vectors)].join(', ')}`);
  if (aliases.length > 0) print(`  also      ${aliases.join(', ')}`);
}

/** The parameters of a JSON Schema, by name. */
export function propertiesOf(schema: Readonly<Record<string, unknown>>): object {
  return typeof schema.properties === 'object' && schema.properties !== null ? schema.properties : {};
}
