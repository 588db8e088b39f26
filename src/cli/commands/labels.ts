/**
 * `fovea labels`: sets and removes labels of contents.
 *
 * @module
 */
import type { Command } from 'commander';
import type { Labels } from '../../contract/index.ts';
import { InvalidInputError } from '../../contract/index.ts';
import { collect, command, labelOption, run } from '../command.ts';
import type { CommonOptions } from '../command.ts';
import { print, printJson } from '../output.ts';

interface LabelsOptions extends CommonOptions {
  readonly set?: Labels;
  readonly remove?: string[];
}

export function labelsCommand(): Command {
  return command(
    'labels',
    'Show, set and remove labels of contents',
    'fovea labels 2f0c… --set trip=rome --remove draft',
  )
    .argument('<content ids...>', 'contents')
    .option('--set <key=value>', 'label to set; repeatable', labelOption)
    .option('--remove <key>', 'label to remove; repeatable', collect)
    .action((contentIds: string[], options: LabelsOptions) =>
      run(options, true, async (client) => {
        if (contentIds.length > 1000)
          throw new InvalidInputError(`Cannot label ${contentIds.length} contents at once: at most 1000`);
        if (options.set !== undefined || options.remove !== undefined) {
          await client.contents.labels(contentIds, { set: options.set ?? {}, remove: options.remove ?? [] });
        }
        const contents = await Promise.all(contentIds.map((id) => client.contents.get(id)));
        if (options.json === true) return printJson(contents.map(({ contentId, labels }) => ({ contentId, labels })));
        for (const { name, labels } of contents) {
          print(
            `${name}: ${
              Object.entries(labels)
                .map(([key, value]) => `${key}=${value}`)
                .join(', ') || 'no labels'
            }`,
          );
        }
      }),
    );
}
