/**
 * `fovea export`: a table or vectors as a file.
 *
 * @module
 */
import type { Command } from 'commander';
import { command, run, WrongUseError } from '../command.ts';
import type { CommonOptions } from '../command.ts';
import { print, printJson, progressLine, thousands } from '../output.ts';

interface ExportOptions extends CommonOptions {
  readonly table?: string;
  readonly vectors?: string;
  readonly to: string;
  readonly force?: boolean;
}

export function exportCommand(): Command {
  return command(
    'export',
    'Write a table, or the vectors of an index, to a file',
    'fovea export --table photos --to photos.parquet',
  )
    .option('--table <name>', 'a table of "fovea tables"')
    .option('--vectors <index>', 'an index of "fovea indexes"')
    .requiredOption('--to <file>', '.parquet, .csv or .jsonl; vectors also .npy, with a .csv beside it')
    .option('--force', 'replace a file that is there')
    .action((options: ExportOptions) => {
      if ((options.table === undefined) === (options.vectors === undefined)) {
        throw new WrongUseError('Cannot export: give --table or --vectors, one of the two');
      }
      return run(options, true, async (client) => {
        const line = progressLine();
        const { saveExport } = await import('../../engine/index.ts');
        const saved = await saveExport(client, options.to, {
          table: options.table,
          vectors: options.vectors,
          overwrite: options.force === true,
          onBytes: (bytes) => line.show(`${thousands(Math.round(bytes / 1e6))} MB written`),
        }).finally(() => line.end());
        if (options.json === true) printJson(saved);
        else print(saved.files.join('\n'));
      });
    });
}
