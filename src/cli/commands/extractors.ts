/**
 * `fovea extractors`: what a graph may name.
 *
 * @module
 */
import type { Command } from 'commander';
import { command, run } from '../command.ts';
import type { CommonOptions } from '../command.ts';
import { print, printJson } from '../output.ts';

export function extractorsCommand(): Command {
  return command('extractors', 'List extractors with their parameters and outputs', 'fovea extractors').action(
    (options: CommonOptions) =>
      run(options, true, async (client) => {
        const extractors = await client.extractors();
        if (options.json === true) return printJson(extractors);
        for (const { name, version, summary, aliases, accepts, params, output } of extractors) {
          print(`${name} ${version}: ${summary}`);
          print(`  takes     ${accepts.join(', ')}`);
          print(`  params    ${Object.keys(properties(params)).join(', ') || 'none'}`);
          if (output !== undefined)
            print(`  writes    ${[...Object.keys(output.columns), ...Object.keys(output.vectors)].join(', ')}`);
          if (aliases.length > 0) print(`  also      ${aliases.join(', ')}`);
        }
      }),
  );
}

function properties(schema: Readonly<Record<string, unknown>>): object {
  return typeof schema.properties === 'object' && schema.properties !== null ? schema.properties : {};
}
