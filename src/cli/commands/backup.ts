/**
 * `fovea backup`: everything in one file.
 *
 * @module
 */
import type { Command } from 'commander';
import { command, run } from '../command.ts';
import type { CommonOptions } from '../command.ts';
import { note, print, printJson, progressLine, summaryOf, thousands } from '../output.ts';

interface BackupOptions extends CommonOptions {
  readonly force?: boolean;
}

export function backupCommand(): Command {
  return command('backup', 'Write all namespaces into one file, while Fovea goes on working', 'fovea backup fovea.tar')
    .argument('<file>', 'file to write')
    .option('--force', 'replace a file that is there')
    .action((file: string, options: BackupOptions) =>
      run(options, true, async (client) => {
        const line = progressLine();
        const { saveBackup } = await import('../../engine/index.ts');
        const summary = await saveBackup(client, file, {
          overwrite: options.force === true,
          onBytes: (bytes) => line.show(`${thousands(Math.round(bytes / 1e6))} MB written`),
        }).finally(() => line.end());
        if (options.json === true) return printJson(summary);
        print(`${file}: ${summaryOf(summary)}`);
        if (summary.missingOriginals > 0)
          note(`The stored bytes of ${thousands(summary.missingOriginals)} pictures are gone, and not in it`);
        note('Photos that were added in place are referenced, not copied: keep their folders as well');
      }),
    );
}
