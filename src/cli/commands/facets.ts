/**
 * `fovea facets`: how many pictures have which value.
 *
 * @module
 */
import type { Command } from 'commander';
import { collect, command, integerOption, run } from '../command.ts';
import type { CommonOptions } from '../command.ts';
import { note, pointAtFault, print, printJson, table, thousands } from '../output.ts';

interface FacetsOptions extends CommonOptions {
  readonly of: string;
  readonly where?: string;
  readonly label?: string[];
  readonly limit: number;
}

export function facetsCommand(): Command {
  return command(
    'facets',
    'Count pictures by the values of columns',
    `fovea facets --of object_name,year,camera --where "width > 1000"`,
  )
    .requiredOption(
      '--of <columns>',
      'columns with commas between: names as in "fovea tables", with their table where there are several, year, month, labels.<key>',
    )
    .option('--where <condition>', 'SQL condition over columns of "content", e.g. "width > 1000"')
    .option('--label <key=value>', 'only pictures with this label; repeatable', collect)
    .option('-k, --limit <count>', 'most values of each column', integerOption(1, 1000), 20)
    .action((options: FacetsOptions) => run(options, true, (client) => showFacets(client, options)));
}

async function showFacets(
  client: Parameters<Parameters<typeof run>[2]>[0],
  { of, where, label, limit, json }: FacetsOptions,
): Promise<void> {
  const names = of
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const asked = {
    of: names,
    limit,
    ...(where === undefined ? {} : { where }),
    ...(label === undefined ? {} : { labels: label }),
  };
  const found = await client.facets(asked).catch((error: unknown) => {
    if (json !== true) pointAtFault(where ?? '', error);
    throw error;
  });
  if (json === true) return printJson(found);
  for (const { of: name, values, distinct, missing } of found.facets) {
    const more = distinct - values.length;
    const rows: [string, number | null][] = values.map(({ value, contents }) => [String(value), contents]);
    if (more > 0) rows.push([`(${thousands(more)} more values)`, null]);
    if (missing > 0) rows.push(['(none)', missing]);
    print(table([name, 'pictures'], rows));
    print('');
  }
  note(`${thousands(found.total)} ${found.total === 1 ? 'picture' : 'pictures'}`);
}
