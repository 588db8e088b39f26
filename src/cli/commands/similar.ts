/**
 * `fovea similar`: pictures that are similar to one, without copies of it.
 *
 * @module
 */
import type { Command } from 'commander';
import { command, integerOption, run } from '../command.ts';
import type { CommonOptions } from '../command.ts';
import { note, placeOf, print, printJson, table } from '../output.ts';

interface SimilarOptions extends CommonOptions {
  readonly limit: number;
  readonly index?: string;
}

export function similarCommand(): Command {
  return command(
    'similar',
    'Find pictures that are similar to one, without copies of it',
    'fovea similar 0190c2a4-5b1e-5f6a-9d3c-2b7e8f901234',
  )
    .argument('<content id>', 'the picture')
    .option('-k, --limit <count>', 'how many', integerOption(1, 900), 10)
    .option('--index <name>', 'index to search, see "fovea indexes"')
    .action((contentId: string, options: SimilarOptions) =>
      run(options, true, async (client) => {
        const { limit, index } = options;
        const found = await client.similar(contentId, { limit, ...(index === undefined ? {} : { index }) });
        if (options.json === true) return printJson(found);
        const rows = found.hits.map(({ similarity, name, contentId: id, uri }) => [similarity, name, id, placeOf(uri)]);
        print(rows.length === 0 ? 'Nothing was found' : table(['similarity', 'name', 'content id', 'file'], rows));
        if (found.copies.length > 0)
          note(`Left out ${found.copies.length} that show the same picture; see "fovea duplicates"`);
        for (const sentence of found.notes) note(sentence);
      }),
    );
}
