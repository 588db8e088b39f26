/**
 * `fovea retry`: tries failed tasks again.
 *
 * @module
 */
import type { Command } from 'commander';
import { command, run, WrongUseError } from '../command.ts';
import type { CommonOptions } from '../command.ts';
import { print, printJson, thousands } from '../output.ts';

interface RetryOptions extends CommonOptions {
  readonly failed?: boolean;
}

export function retryCommand(): Command {
  return command('retry', 'Try again what failed', 'fovea retry --failed')
    .argument('[content ids...]', 'contents to try again')
    .option('--failed', 'everything that failed')
    .action((contentIds: string[], options: RetryOptions) =>
      run(options, false, async (client) => {
        if (contentIds.length === 0 && options.failed !== true) {
          throw new WrongUseError('Cannot retry nothing: give content ids, or --failed for everything that failed');
        }
        const retried = await client.retry(contentIds.length === 0 ? undefined : contentIds);
        const status = await client.waitUntilIndexed({});
        if (options.json === true) printJson({ retried, status });
        else
          print(
            `${thousands(retried)} ${retried === 1 ? 'task' : 'tasks'} tried again; ${thousands(status.failedContents)} contents still fail`,
          );
      }),
    );
}
