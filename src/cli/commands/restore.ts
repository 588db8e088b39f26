/**
 * `fovea restore`: a backup's file into an empty home or database.
 *
 * @module
 */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { command, run } from '../command.ts';
import type { CommonOptions } from '../command.ts';
import { note, print, printJson, progressLine, summaryOf } from '../output.ts';

export function restoreCommand(): Command {
  return command(
    'restore',
    'Restore a backup into an empty home or database, all of it or nothing',
    'fovea restore fovea.tar',
  )
    .argument('<file>', 'file that "fovea backup" wrote')
    .action((file: string, options: CommonOptions) =>
      run(options, true, async (client) => {
        const line = progressLine();
        try {
          for await (const { step, bytes, sizeBytes, summary, notes } of client.restore(resolve(file))) {
            const percent = sizeBytes === 0 ? 100 : Math.floor((bytes / sizeBytes) * 100);
            if (summary === undefined) line.show(`${step} ${percent} %`);
            else {
              line.end();
              for (const sentence of notes) note(sentence);
              if (options.json === true) printJson(summary);
              else print(`Restored ${summaryOf(summary)}`);
            }
          }
        } finally {
          line.end();
        }
      }),
    );
}
