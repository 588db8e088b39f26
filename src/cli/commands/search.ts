/**
 * `fovea search`: by words, by a picture, by a content, with filters.
 *
 * @module
 */
import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { FoveaClient } from '../../client/index.ts';
import type { BoundingBox, SearchInput, SearchResponse } from '../../contract/index.ts';
import { InvalidInputError } from '../../contract/index.ts';
import { collect, command, integerOption, run, WrongUseError } from '../command.ts';
import type { CommonOptions } from '../command.ts';
import { gridPage } from '../grid.ts';
import { note, pointAtFault, print, printJson, table } from '../output.ts';

interface SearchOptions extends CommonOptions {
  readonly limit: number;
  readonly image?: string;
  readonly like?: string;
  readonly region?: BoundingBox;
  readonly where?: string;
  readonly label?: string[];
  readonly index?: string;
  readonly cursor?: string;
  readonly explain?: boolean;
  readonly grid?: string;
}

export function searchCommand(): Command {
  return command(
    'search',
    'Find pictures by words, by a picture, and by conditions',
    'fovea search "a dog running on the beach" -k 5',
  )
    .argument('[words...]', 'what to look for')
    .option('-k, --limit <count>', 'how many hits', integerOption(1, 1000), 10)
    .option('--image <file>', 'picture to look for the like of')
    .option('--like <content id>', 'content to look for the like of')
    .option('--region <x1,y1,x2,y2>', 'part of that picture, in pixels', regionOption)
    .option('--where <condition>', 'SQL condition over columns of "content", e.g. "width > 1000"')
    .option('--label <key=value>', 'only contents with this label; repeatable', collect)
    .option('--index <name>', 'index to search, see "fovea indexes"')
    .option('--cursor <cursor>', 'next page of an earlier search')
    .option('--explain', 'show which way the search took')
    .option('--grid <file>', 'write the hits as an HTML page with pictures')
    .action((words: string[], options: SearchOptions) => {
      checkUse(words, options);
      return run(options, true, (client) => searchAndShow(client, words.join(' '), options));
    });
}

function checkUse(words: readonly string[], { image, like, region, where, label, cursor }: SearchOptions): void {
  if (region !== undefined && image === undefined && like === undefined)
    throw new WrongUseError('Cannot search by --region alone: it is a part of --image or of --like');
  if (words.length === 0 && [image, like, where, label, cursor].every((each) => each === undefined))
    throw new WrongUseError('Cannot search for nothing: give words, --image, --like, --where or --label');
}

async function searchAndShow(client: FoveaClient, words: string, options: SearchOptions): Promise<void> {
  const response = await client.search(await request(words, options)).catch((error: unknown) => {
    if (options.json !== true) pointAtFault(options.where ?? '', error);
    throw error;
  });
  if (options.grid !== undefined) {
    await writeFile(options.grid, await gridPage(client, words || options.image || options.like || 'Search', response));
    note(`Wrote ${response.hits.length} hits to ${options.grid}`);
  }
  if (options.json === true) return printJson(response);
  show(response);
}

async function request(words: string, options: SearchOptions): Promise<SearchInput> {
  const { limit, image, like, region, where, label, index, cursor, explain } = options;
  return {
    limit,
    ...(words === '' ? {} : { query: words }),
    ...(image === undefined
      ? {}
      : { image: await readPicture(image), ...(region === undefined || like !== undefined ? {} : { region }) }),
    ...(like === undefined ? {} : { like: { contentId: like, ...(region === undefined ? {} : { region }) } }),
    ...(where === undefined ? {} : { where }),
    ...(label === undefined ? {} : { labels: label }),
    ...(index === undefined ? {} : { index }),
    ...(cursor === undefined ? {} : { cursor }),
    ...(explain === true ? { explain } : {}),
  };
}

async function readPicture(path: string): Promise<string> {
  try {
    return (await readFile(path)).toString('base64');
  } catch (error) {
    throw new InvalidInputError(
      `Cannot read picture "${path}": ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function show({ hits, total, cursor, indexed, notes, plan }: SearchResponse): void {
  const rows = hits.map(({ similarity, name, contentId, uri }) => [
    similarity,
    name,
    contentId,
    uri === null ? '' : placeOf(uri),
  ]);
  print(hits.length === 0 ? 'Nothing was found' : table(['similarity', 'name', 'content id', 'file'], rows));
  if (indexed.done < indexed.total) note(`Indexed so far: ${indexed.done} of ${indexed.total} contents`);
  for (const sentence of notes) note(sentence);
  if (cursor !== undefined) note(`${total} contents in all; next page: --cursor ${cursor}`);
  if (plan !== undefined) note(JSON.stringify(plan));
}

function regionOption(text: string): BoundingBox {
  const [xmin, ymin, xmax, ymax, ...more] = text.split(',').map(Number);
  if (
    xmin === undefined ||
    ymin === undefined ||
    xmax === undefined ||
    ymax === undefined ||
    more.length > 0 ||
    [xmin, ymin, xmax, ymax].some(Number.isNaN)
  ) {
    throw new InvalidArgumentError('Write x1,y1,x2,y2 in pixels.');
  }
  return { xmin, ymin, xmax, ymax };
}

/** The path of a file; the address of everything else, and of files whose names are no UTF-8. */
function placeOf(uri: string): string {
  if (!uri.startsWith('file://')) return uri;
  try {
    return decodeURIComponent(uri.slice('file://'.length));
  } catch {
    return uri;
  }
}
