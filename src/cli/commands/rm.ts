/**
 * `fovea rm`: forgets contents. Files in the user's folders are never touched.
 *
 * @module
 */
import type { Command } from 'commander';
import { command, run } from '../command.ts';
import type { CommonOptions } from '../command.ts';
import { note, print, printJson, thousands } from '../output.ts';

interface RmOptions extends CommonOptions {
  readonly dryRun?: boolean;
}

export function rmCommand(): Command {
  return command('rm', 'Forget contents and everything extracted from them; your files stay', 'fovea rm 2f0c…')
    .argument('<content ids...>', 'contents to forget')
    .option('--dry-run', 'only say what would be forgotten')
    .action((contentIds: string[], options: RmOptions) =>
      run(options, true, async (client) => {
        const dryRun = options.dryRun === true;
        const result = await client.contents.delete(contentIds, { dryRun });
        if (options.json === true) printJson(result);
        else if (dryRun) print(`${thousands(result.deleted)} would be forgotten, with ${thousands(result.rows)} rows`);
        else print(`${thousands(result.deleted)} forgotten`);
        for (const id of result.unknown) note(`Cannot find content "${id}"`);
        if (result.unknown.length > 0) process.exitCode = 1;
      }),
    );
}
