/**
 * What a data set becomes, pure: which of its columns are texts, labels, boxes and vectors, and what a row says of its content.
 *
 *     texts    policy `captions`   a row a text, columns named as those of the data set
 *     boxes    policy `boxes`      object_name, score, x1, y1, x2, y2, crowd
 *     vectors  policy `vectors`    one row a content
 *
 * @module
 */
import type { ColumnSpec, GivenSpace, Labels, LoadDatasetRequest, PolicySpec } from '../../contract/index.ts';
import { didYouMean, GIVEN_EXTRACTOR, InvalidInputError, RESERVED_GRAPH_NAMES } from '../../contract/index.ts';
import type { Dataset, DatasetRow } from '../../sources/index.ts';
import type { GivenRow } from '../given-features.ts';

/** Names that data sets give to texts about a picture. */
const CAPTION_NAMES: ReadonlySet<string> = new Set([
  'caption',
  'captions',
  'description',
  'recaption',
  'sentence',
  'sentences',
  'text',
  'title',
]);
/** Names of what tells which content a row is of, likeliest first. */
const MATCH_NAMES: readonly string[] = ['content_id', 'contentId', 'name', 'file_name', 'filename', 'image', 'path'];
/** Columns that tables have already. */
const TAKEN_COLUMNS: ReadonlySet<string> = new Set(['content_id', 'root_id', 'name', 'graph', 'policy', 'ord']);
/** Leaves room for `.vectors.<column>` in 60 bytes. */
const MAX_GRAPH_NAME = 24;
const MAX_COLUMN_NAME = 40;

/** The column of `captions` that tells where a text comes from; the same picture may stand in several rows. */
export const ROW_COLUMN = 'dataset_row';

export interface TextColumn {
  readonly column: string;
  /** As the table calls it. */
  readonly name: string;
  readonly language: string;
}

export interface DatasetPlan {
  readonly graph: string;
  readonly texts: readonly TextColumn[];
  readonly hasBoxes: boolean;
  /** Column of the data set → of the table. */
  readonly vectors: ReadonlyMap<string, string>;
  readonly labels: readonly string[];
  /** Column that names a content that is there; undefined where rows have pictures. */
  readonly match: string | undefined;
  readonly notes: readonly string[];
}

/** @throws InvalidInputError for a column that is not there, and where nothing says which contents the rows are of. */
export function planDataset(
  dataset: Pick<Dataset, 'name' | 'kind' | 'columns' | 'image'>,
  request: LoadDatasetRequest,
): DatasetPlan {
  const known = dataset.columns.map(({ name }) => name);
  const { labels = [], boxes } = request;
  const vectors = request.vectors?.length ? request.vectors : foundVectors(dataset);
  const asked = request.texts ?? found(dataset);
  for (const column of [...asked.map((text) => text.column), ...labels, ...vectors, boxes, request.match])
    if (column !== undefined && !known.includes(column)) throw unknownColumn(dataset.name, column, known);
  const names = new Set<string>([ROW_COLUMN]);
  const notes: string[] = [];
  const columnName = (column: string): string => {
    const name = unusedName(tableColumn(column), names);
    if (name !== column) notes.push(`Column "${column}" is called "${name}" in tables`);
    return name;
  };
  const texts = asked.map(({ column, language = 'und' }) => ({ column, name: columnName(column), language }));
  const usesPictures = dataset.image !== undefined && request.match === undefined;
  const match = usesPictures ? undefined : (request.match ?? MATCH_NAMES.find((name) => known.includes(name)));
  if (!usesPictures && match === undefined)
    throw new InvalidInputError(
      `Cannot load "${dataset.name}": no column holds pictures, and none tells which contents the rows are of; name one with "image" or "match" (columns: ${known.join(', ')})`,
    );
  const left = known.filter(
    (name) =>
      ![dataset.image, boxes, match, ...asked.map(({ column }) => column), ...labels, ...vectors].includes(name),
  );
  if (left.length > 0) notes.push(`Columns that are not loaded: ${left.slice(0, 20).join(', ')}`);
  return {
    graph: request.name ?? graphName(dataset.name),
    texts,
    hasBoxes: boxes !== undefined || dataset.kind === 'coco',
    vectors: new Map(vectors.map((column) => [column, columnName(column)])),
    labels,
    match,
    notes,
  };
}

/** Columns that are texts by their name and type. */
function found({ columns, image }: Pick<Dataset, 'columns' | 'image'>): { column: string; language?: string }[] {
  return columns
    .filter(
      ({ name, type }) =>
        name !== image && CAPTION_NAMES.has(name.toLowerCase()) && !/^(integer|real|boolean|picture)/.test(type),
    )
    .map(({ name }) => ({ column: name }));
}

/** Files of vectors hold nothing else. */
function foundVectors({ kind, columns }: Pick<Dataset, 'kind' | 'columns'>): string[] {
  return kind === 'npy' ? columns.filter(({ type }) => /^real\[\d+\]$/.test(type)).map(({ name }) => name) : [];
}

function unknownColumn(dataset: string, column: string, known: readonly string[]): InvalidInputError {
  const list = known.map((name) => `"${name}"`).join(', ');
  return new InvalidInputError(
    `Cannot load column "${column}" of "${dataset}": its columns are ${list}${didYouMean(column, known)}`,
  );
}

/** A name that SQL takes without quotes. */
export function graphName(dataset: string): string {
  const plain = plainName(dataset).slice(0, MAX_GRAPH_NAME).replace(/_+$/, '');
  const name = /^[a-z]/.test(plain) ? plain : `data_${plain}`.replace(/_+$/, '');
  return RESERVED_GRAPH_NAMES.includes(name) ? `${name}_data` : name;
}

function tableColumn(column: string): string {
  const plain = plainName(column)
    .slice(0, MAX_COLUMN_NAME - 5)
    .replace(/_+$/, '');
  const name = /^[a-z]/.test(plain) ? plain : `c_${plain}`.replace(/_+$/, '');
  return TAKEN_COLUMNS.has(name) ? `${name}_text` : name;
}

function plainName(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replace(/^_+/, '');
}

function unusedName(name: string, names: Set<string>): string {
  let unused = name;
  for (let turn = 2; names.has(unused); turn += 1) unused = `${name}_${turn}`;
  names.add(unused);
  return unused;
}

const BOX_COLUMNS: Readonly<Record<string, ColumnSpec>> = {
  object_name: { type: 'text' },
  score: { type: 'real', range: [0, 1], description: 'null: somebody drew it' },
  x1: { type: 'real', unit: 'px' },
  y1: { type: 'real', unit: 'px' },
  x2: { type: 'real', unit: 'px' },
  y2: { type: 'real', unit: 'px' },
  crowd: { type: 'boolean', description: 'one box around many' },
};

/**
 * The policies of its graph.
 *
 * @param dimensions Of its vectors, by column of the data set.
 */
export function datasetPolicies(
  plan: DatasetPlan,
  dimensions: ReadonlyMap<string, number>,
  space: GivenSpace | undefined,
): PolicySpec[] {
  const policy = (name: string, params: Record<string, unknown>): PolicySpec => {
    return { name, extractor: GIVEN_EXTRACTOR, params, filter: [] };
  };
  const texts = plan.texts.map(({ name, language }): [string, ColumnSpec] => [name, { type: 'text', language }]);
  const row: ColumnSpec = { type: 'integer', description: 'row of the data set, from 0' };
  const vectors = [...plan.vectors].flatMap(([column, name]) => {
    const dimension = dimensions.get(column);
    return dimension === undefined ? [] : [[name, { dimension, metric: 'cosine' }] as const];
  });
  const vectorParams = { vectors: Object.fromEntries(vectors), ...(space === undefined ? {} : { space }) };
  return [
    ...(texts.length > 0 ? [policy('captions', { columns: { ...Object.fromEntries(texts), [ROW_COLUMN]: row } })] : []),
    ...(plan.hasBoxes ? [policy('boxes', { columns: BOX_COLUMNS })] : []),
    ...(vectors.length > 0 ? [policy('vectors', vectorParams)] : []),
  ];
}

/** The texts of a row: one row of the table a text, a list's texts one behind the other. */
export function captionRows({ texts }: DatasetPlan, { row, values }: DatasetRow): GivenRow[] {
  const lists = texts.map(({ name, column }) => ({ name, texts: textsOf(values[column]) }));
  const count = Math.max(0, ...lists.map((list) => list.texts.length));
  return Array.from({ length: count }, (_, place) => ({
    columns: {
      ...Object.fromEntries(lists.map((list) => [list.name, list.texts[place] ?? null])),
      [ROW_COLUMN]: row,
    },
  }));
}

function textsOf(value: unknown): string[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  const text = typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.trim() === '' ? [] : [text.replaceAll('\0', '')];
}

export function boxRows({ boxes = [] }: DatasetRow): GivenRow[] {
  return boxes.map(({ label, score = null, crowd = false, x1, y1, x2, y2 }) => ({
    columns: { object_name: label, score, x1, y1, x2, y2, crowd },
  }));
}

/** No row where a vector is missing. */
export function vectorRows(plan: DatasetPlan, { vectors = {} }: DatasetRow): GivenRow[] {
  const named = [...plan.vectors].flatMap(([column, name]) => {
    const vector = vectors[column];
    return vector === undefined ? [] : [[name, vector] as const];
  });
  return named.length > 0 && named.length === plan.vectors.size ? [{ vectors: Object.fromEntries(named) }] : [];
}

/** Labels of a row: plain values; others and empty ones are left out. */
export function rowLabels({ labels }: DatasetPlan, { values }: DatasetRow): Labels {
  return Object.fromEntries(
    labels.flatMap((column) => {
      const value = values[column];
      const isPlain = ['string', 'boolean'].includes(typeof value) || Number.isFinite(value);
      return isPlain ? [[column, value as string | number | boolean]] : [];
    }),
  );
}
