/**
 * Which columns of a data set hold what: as asked for, else by their names.
 *
 * @module
 */
import { didYouMean, InvalidInputError } from '../../contract/index.ts';
import type { DatasetOptions } from './types.ts';

/** Where a row's parts are found. */
export interface ColumnPlan {
  readonly image: string | undefined;
  readonly boxes: string | undefined;
  readonly vectors: readonly string[];
  /** All that is read. */
  readonly wanted: ReadonlySet<string>;
  /** Folder that paths of pictures are relative to. */
  readonly folder: string;
}

/** Names that data sets give to their pictures, likeliest first. */
const PICTURE_NAMES: readonly string[] = [
  'image',
  'img',
  'picture',
  'photo',
  'jpg',
  'png',
  'image_path',
  'image_filepath',
  'image_file',
  'img_path',
  'file_name',
  'filename',
  'filepath',
  'file_path',
  'path',
  'file',
  'image_url',
  'coco_url',
  'url',
];

/**
 * Holds what was asked for against what is there.
 *
 * @param source As the user named it.
 * @param pictures Columns that hold pictures by their type, where the format has such; they go before names.
 * @throws {InvalidInputError} for a column that is not there; names the nearest one.
 */
export function planColumns(
  source: string,
  known: readonly string[],
  options: DatasetOptions,
  folder: string,
  pictures: readonly string[] = [],
): ColumnPlan {
  const { boxes, vectors = [] } = options;
  for (const name of [options.image, boxes, ...vectors, ...(options.columns ?? [])]) {
    if (typeof name === 'string' && !known.includes(name)) throw missingColumn(source, name, known);
  }
  const image = options.image === undefined ? findPictures(known, pictures) : (options.image ?? undefined);
  const wanted = new Set(options.columns ?? known);
  for (const name of [image, boxes, ...vectors]) if (name !== undefined) wanted.add(name);
  return { image, boxes, vectors, wanted, folder };
}

function findPictures(known: readonly string[], pictures: readonly string[]): string | undefined {
  const candidates = pictures.length > 0 ? pictures : known;
  for (const name of PICTURE_NAMES) {
    const found = candidates.find((candidate) => candidate.toLowerCase() === name);
    if (found !== undefined) return found;
  }
  return pictures[0];
}

function missingColumn(source: string, name: string, known: readonly string[]): InvalidInputError {
  const list = known
    .slice(0, 30)
    .map((column) => `"${column}"`)
    .join(', ');
  const hint = didYouMean(name, known);
  return new InvalidInputError(
    `Cannot read column "${name}" of "${source}": its columns are ${list}${hint === '' ? '' : hint}`,
  );
}
