/**
 * Hits as a picture of their own: what was asked, thumbnails, names, scores and boxes; a PNG, or an HTML page that needs no server.
 *
 * @module
 */
import { readFile, writeFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import type { FoveaClient } from '../client/index.ts';
import type { BoundingBox, Hit, SearchResponse } from '../contract/index.ts';
import { timeText } from '../contract/index.ts';
import { WrongUseError } from './command.ts';
import type { PagePicture } from './grid-page.ts';
import { gridPage } from './grid-page.ts';
import { thousands } from './output.ts';

/** What was asked, as far as a grid shows it. */
export interface GridQuestion {
  readonly words: string;
  /** Path of the query's picture. */
  readonly image?: string | undefined;
  /** Content id of the query's picture. */
  readonly like?: string | undefined;
  readonly region?: BoundingBox | undefined;
}

/** A sheet of more would be higher than most programs open. */
const MOST_ON_A_SHEET = 200;
const SIDE = 320;
/** Of a picture whose size nobody knows: its thumbnail could not be made. */
const SQUARE = { width: 1, height: 1 };

/** @throws WrongUseError for a name that ends with neither `.png` nor `.html`. */
export function checkGridPath(path: string): void {
  if (['.png', '.html', '.htm'].includes(extname(path).toLowerCase())) return;
  throw new WrongUseError(`Cannot write a grid to "${path}": its name must end with .png or .html`);
}

/** Writes the hits; returns sentences for the user. */
export async function writeGrid(
  client: FoveaClient,
  path: string,
  question: GridQuestion,
  { hits, total }: SearchResponse,
): Promise<string[]> {
  const isSheet = extname(path).toLowerCase() === '.png';
  const shown = isSheet ? hits.slice(0, MOST_ON_A_SHEET) : hits;
  const query = await queryPicture(client, question);
  const pictures = await Promise.all(shown.map((hit) => hitPicture(client, hit)));
  const title = question.words || (query?.caption[0] ?? 'Search');
  const grid = { title, subtitle: `${thousands(shown.length)} of ${thousands(total)}`, query, pictures };
  const wrote = `Wrote ${thousands(shown.length)} hits to ${path}`;
  if (!isSheet) {
    await writeFile(path, gridPage(grid));
    return [wrote];
  }
  const { drawContactSheet } = await import('../image/index.ts');
  const { png, hasText } = await drawContactSheet(grid);
  await writeFile(path, png);
  if (hasText) return [wrote];
  return [
    wrote,
    'Names and scores are missing from it: this system has no font; install one (e.g. fonts-dejavu-core), or write .html',
  ];
}

async function hitPicture(client: FoveaClient, hit: Hit): Promise<PagePicture> {
  const { contentId, name, width, height, similarity, score, region, regions: near = [], moments, explanation } = hit;
  const { legs: found = [], rows = [] } = explanation ?? {};
  // A video is shown at its best moment, and boxes are pixels of other frames.
  const [moment] = moments ?? [];
  const inPicture = moment === undefined ? rows : [];
  const matched = [...found, ...inPicture].map((each) => each.region);
  const regions = [region, ...near.map(({ box }) => box), ...matched].flatMap((box) => box ?? []);
  const boxes = new Map(regions.map((box) => [Object.values(box).join(), box]));
  const legs = found.map(
    ({ leg, rank, words }) => `${leg} #${rank}${words.length === 0 ? '' : ` (${words.join(', ')})`}`,
  );
  const value = score ?? similarity;
  const facts = [value === null ? '' : value.toFixed(3), moment === undefined ? '' : timeText(moment.timeMs), ...legs];
  return {
    bytes: await bytesOf(client, moment?.contentId ?? contentId),
    ...(width === null || height === null ? SQUARE : { width, height }),
    boxes: [...boxes.values()],
    caption: [name, facts.filter((each) => each !== '').join(' · ')],
  };
}

/** The picture that was asked with, and its region; undefined where words alone were. */
async function queryPicture(
  client: FoveaClient,
  { image, like, region }: GridQuestion,
): Promise<PagePicture | undefined> {
  const boxes = region === undefined ? [] : [region];
  if (like !== undefined) {
    const { name, width, height } = await client.contents.get(like);
    const size = width === null || height === null ? SQUARE : { width, height };
    return { bytes: await bytesOf(client, like), ...size, boxes, caption: [name, 'asked for'] };
  }
  if (image === undefined) return undefined;
  const { openPicture, thumbnail } = await import('../image/index.ts');
  const picture = await openPicture(await readFile(image));
  const { width, height } = picture;
  return { bytes: await thumbnail(picture, SIDE), width, height, boxes, caption: [basename(image), 'asked for'] };
}

/** Undefined where there is no thumbnail, so that one lost file does not lose the grid. */
async function bytesOf(client: FoveaClient, contentId: string): Promise<Uint8Array | undefined> {
  try {
    return await (await client.thumbnail(contentId, { side: SIDE })).bytes();
  } catch {
    return undefined;
  }
}
