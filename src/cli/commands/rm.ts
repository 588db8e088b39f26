/**
 * `fovea rm`: forgets contents. Files in the user's folders are never touched.
 *
 * @module
 */
import type { Command } from 'commander';
import { command, run } from '../command.ts';
import type { CommonOptions } from '../command.ts';
import { note, print, printJson, thousands } from '../output.ts';

export function rmCommand(): Command {
  return command('rm', 'Forget contents and everything extracted from them; your files stay', 'fovea rm 2f0c…')
    .argument('<content ids...>', 'contents to forget')
    .action((contentIds: string[], options: CommonOptions) =>
      run(options, true, async (client) => {
        const result = await client.contents.delete(contentIds);
        if (options.json === true) printJson(result);
        else print(`${thousands(result.deleted)} forgotten`);
        for (const id of result.unknown) note(`Cannot find content "${id}"`);
        if (result.unknown.length > 0) process.exitCode = 1;
      }),
    );
}
