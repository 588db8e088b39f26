/**
 * `fovea search`: by words, by a picture, by a content, with filters.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { FoveaClient } from '../../client/index.ts';
import type { BoundingBox, SearchInput, SearchResponse } from '../../contract/index.ts';
import { didYouMean, InvalidInputError, LegName, timeText } from '../../contract/index.ts';
import { collect, command, integerOption, run, WrongUseError } from '../command.ts';
import type { CommonOptions } from '../command.ts';
import { explanationLines, planLines, regionLines } from '../explain.ts';
import { checkGridPath, writeGrid } from '../grid.ts';
import { note, placeOf, pointAtFault, print, printJson, table } from '../output.ts';

interface SearchOptions extends CommonOptions {
  readonly limit: number;
  readonly text?: string;
  readonly image?: string;
  readonly like?: string;
  readonly region?: BoundingBox;
  readonly weight?: string[];
  readonly has?: string[];
  readonly not?: string[];
  readonly where?: string;
  readonly label?: string[];
  readonly index?: string[];
  readonly leg?: string[];
  readonly k?: number;
  readonly depth?: number;
  readonly regions?: boolean;
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
    .option('--text <words>', 'the words, beside --image or --like')
    .option('--image <file>', 'picture to look for the like of')
    .option('--like <content id>', 'content to look for the like of')
    .option('--region <x1,y1,x2,y2>', 'part of that picture, in pixels', regionOption)
    .option('--weight <part=number>', 'share of text, image or like in such a search; repeatable', collect)
    .option('--has <words>', 'only contents whose texts have all of these words; repeatable', collect)
    .option('--not <words>', 'no contents whose texts have all of these words; repeatable', collect)
    .option('--where <condition>', 'SQL condition over columns of "content", e.g. "width > 1000"')
    .option('--label <key=value>', 'only contents with this label; repeatable', collect)
    .option('--regions', 'look at boxes of objects, too: any word finds what fills little of its picture')
    .option('--index <name>', 'index to search, see "fovea indexes"; repeatable', collect)
    .option('--leg <name[=weight]>', 'rank by vector, by text, or by an index; repeatable', collect)
    .option('--k <number>', 'constant of the fusion of several legs', numberOption)
    .option('--depth <count>', 'how many contents each leg ranks for the fusion', integerOption(1, 1000))
    .option('--cursor <cursor>', 'next page of an earlier search')
    .option('--explain', 'show why each hit is one, and which way the search took')
    .option('--grid <file>', 'write the hits with their pictures: out.png or out.html')
    .action((words: string[], options: SearchOptions) => {
      checkUse(words, options);
      return run(options, true, (client) => searchAndShow(client, options.text ?? words.join(' '), options));
    });
}

function checkUse(words: readonly string[], options: SearchOptions): void {
  const { text, image, like, region, has, not, where, label, cursor, grid } = options;
  if (grid !== undefined) checkGridPath(grid);
  if (region !== undefined && image === undefined && like === undefined)
    throw new WrongUseError('Cannot search by --region alone: it is a part of --image or of --like');
  if (words.length > 0 && text !== undefined)
    throw new WrongUseError('Cannot search by words and by --text: they are the same, give one of them');
  if (words.length === 0 && [text, image, like, has, not, where, label, cursor].every((each) => each === undefined))
    throw new WrongUseError('Cannot search for nothing: give words, --image, --like, --where or --label');
}

async function searchAndShow(client: FoveaClient, words: string, options: SearchOptions): Promise<void> {
  const response = await client.search(await request(words, options)).catch((error: unknown) => {
    if (options.json !== true) pointAtFault(options.where ?? '', error);
    throw error;
  });
  if (options.grid !== undefined) {
    const { image, like, region } = options;
    for (const sentence of await writeGrid(client, options.grid, { words, image, like, region }, response))
      note(sentence);
  }
  if (options.json === true) return printJson(response);
  show(response);
}

async function request(words: string, options: SearchOptions): Promise<SearchInput> {
  const { limit, image, like, region, regions, weight, has, not, where, label, cursor, explain } = options;
  return {
    limit,
    ...(words === '' ? {} : { query: words }),
    ...(image === undefined
      ? {}
      : { image: await readPicture(image), ...(region === undefined || like !== undefined ? {} : { region }) }),
    ...(like === undefined ? {} : { like: { contentId: like, ...(region === undefined ? {} : { region }) } }),
    ...(weight === undefined ? {} : { weights: Object.fromEntries(weight.map(readWeight)) }),
    ...(regions === true ? { regions } : {}),
    ...(has === undefined ? {} : { has }),
    ...(not === undefined ? {} : { not }),
    ...(where === undefined ? {} : { where }),
    ...(label === undefined ? {} : { labels: label }),
    ...(cursor === undefined ? {} : { cursor }),
    ...(explain === true ? { explain } : {}),
    ...legsOf(options),
  };
}

/** `--leg vector --leg text=2 --leg photos.clip.embedding=0.5`: a leg by its kind, or by the index that it searches. */
function legsOf({ index = [], leg = [], k, depth }: SearchOptions): SearchInput {
  const weighted = leg.map((each) => (each.includes('=') ? readWeight(each) : ([each, undefined] as const)));
  const isKind = (name: string): name is LegName => LegName.safeParse(name).success;
  const names = weighted.map(([name]) => name);
  for (const name of names) if (!isKind(name)) checkIndexName(name);
  const indexes = [...new Set([...index, ...names.filter((name) => !isKind(name))])];
  const kinds = [...new Set(names.filter(isKind))];
  const weights: Record<string, number> = {};
  for (const [name, weight] of weighted) if (weight !== undefined) weights[name] = weight;
  const fusion = {
    ...(k === undefined ? {} : { k }),
    ...(depth === undefined ? {} : { depth }),
    ...(Object.keys(weights).length === 0 ? {} : { weights }),
  };
  return {
    ...(indexes.length === 0 ? {} : { indexes }),
    ...(kinds.length === 0 ? {} : { legs: kinds }),
    ...(Object.keys(fusion).length === 0 ? {} : { fusion }),
  };
}

/** The names of indexes have dots; one without is a leg that there is not. */
function checkIndexName(name: string): void {
  if (name.includes('.')) return;
  const kinds = LegName.options.map((kind) => `"${kind}"`).join(', ');
  throw new WrongUseError(
    `Cannot rank by leg "${name}": write ${kinds} or an index, e.g. "photos.clip.embedding"${didYouMean(name, LegName.options)}`,
  );
}

function readWeight(text: string): [string, number] {
  const at = text.lastIndexOf('=');
  const value = text.slice(at + 1).trim();
  const weight = Number(value);
  if (at < 1 || value === '' || !Number.isFinite(weight) || weight < 0)
    throw new WrongUseError(`Cannot weigh by "${text}": write name=number, e.g. text=2, with a number of 0 or more`);
  return [text.slice(0, at), weight];
}

function numberOption(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError('Write a number of 0 or more.');
  return value;
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
  const isFused = hits.some(({ score, similarity }) => score !== similarity);
  const hasMoments = hits.some(({ moments }) => moments !== undefined);
  const rows = hits.map(({ score, similarity, name, moments: [first] = [], contentId, uri }) => [
    ...(isFused ? [score] : []),
    similarity,
    name,
    ...(hasMoments ? [first === undefined ? '' : timeText(first.timeMs)] : []),
    contentId,
    uri === null ? '' : placeOf(uri),
  ]);
  const header = [
    ...(isFused ? ['score'] : []),
    'similarity',
    'name',
    ...(hasMoments ? ['moment'] : []),
    'content id',
    'file',
  ];
  const [head = '', ...lines] = table(header, rows).split('\n');
  print(hits.length === 0 ? 'Nothing was found' : head);
  for (const [place, hit] of hits.entries()) {
    print(lines[place] ?? '');
    for (const line of [...regionLines(hit), ...explanationLines(hit)]) print(`    ${line}`);
  }
  if (indexed.done < indexed.total) note(`Indexed so far: ${indexed.done} of ${indexed.total} contents`);
  for (const sentence of notes) note(sentence);
  if (cursor !== undefined) note(`${total} contents in all; next page: --cursor ${cursor}`);
  if (plan !== undefined) for (const line of planLines(plan)) note(line);
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
