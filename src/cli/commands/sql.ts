/**
 * `fovea sql`: one SELECT over the namespace's tables.
 *
 * @module
 */
import type { Command } from 'commander';
import { command, integerOption, run } from '../command.ts';
import type { CommonOptions } from '../command.ts';
import { note, pointAtFault, print, printJson, rowTable, thousands } from '../output.ts';

interface SqlOptions extends CommonOptions {
  readonly limit: number;
}

export function sqlCommand(): Command {
  return command(
    'sql',
    'Ask in SQL; see "fovea tables" for what there is',
    `fovea sql "select * from ingestion where object_name='dog'"`,
  )
    .argument('<query>', 'one SELECT')
    .option('-k, --limit <count>', 'most rows', integerOption(1, 100_000), 1000)
    .action((query: string, options: SqlOptions) =>
      run(options, true, async (client) => {
        const result = await client.sql(query, [], { limit: options.limit }).catch((error: unknown) => {
          if (options.json !== true) pointAtFault(query, error);
          throw error;
        });
        if (options.json === true) return printJson(result);
        print(rowTable(result));
        note(
          `${thousands(result.rows.length)} ${result.rows.length === 1 ? 'row' : 'rows'}${result.truncated ? ', and there are more: see --limit' : ''}`,
        );
      }),
    );
}
