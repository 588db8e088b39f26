/**
 * Parquet: one file, or shards of one table. A group is a row group; memory holds a part of one.
 *
 * @module
 */
import { dirname } from 'node:path';
import { parquetSchema } from 'hyparquet';
import type { FileMetaData, SchemaElement, SchemaTree } from 'hyparquet';
import { UnreadableFileError } from '../file-error.ts';
import { planColumns } from './columns.ts';
import type { ColumnPlan } from './columns.ts';
import { featureType, nameClasses, readFeatures } from './features.ts';
import type { Feature } from './features.ts';
import { readFooter, readRowGroup } from './parquet-file.ts';
import { plainValue, readRow } from './row.ts';
import type { Dataset, DatasetColumn, DatasetGroup, DatasetOptions } from './types.ts';

/** A shard, which may lie elsewhere until it is needed. */
export interface ParquetShard {
  /** In the keys of groups: unique, and the same tomorrow. */
  readonly name: string;
  /** Where it lies on this machine; fetches it where it does not yet. */
  readonly path: () => Promise<string>;
}

export interface ParquetSource {
  readonly name: string;
  /** As the user named it, for messages. */
  readonly source: string;
  /** At least one, in the order of their rows. */
  readonly shards: readonly ParquetShard[];
  /** True: the footers of all shards are read now, which tells the number of rows and what is broken. */
  readonly local: boolean;
}

/** Opens the first shard, all where they are local. Its columns are what the others must have, too. */
export async function openParquet(source: ParquetSource, options: DatasetOptions): Promise<Dataset> {
  const [first, ...others] = source.shards;
  if (first === undefined) throw new UnreadableFileError(source.source, 'it holds no Parquet file');
  const path = await first.path();
  const metadata = await readFooter(path);
  const features = featuresOf(metadata);
  const columns = describeColumns(metadata, features);
  const names = columns.map(({ name }) => name);
  const pictures = columns.filter(({ type }) => type === 'picture').map(({ name }) => name);
  const plan = planColumns(source.source, names, options, dirname(path), pictures);
  let rows = source.local ? Number(metadata.num_rows) : undefined;
  if (rows !== undefined) for (const shard of others) rows += Number((await openShard(shard, names)).metadata.num_rows);
  return {
    name: source.name,
    kind: 'parquet',
    rows,
    image: plan.image,
    columns: await withSamples(path, metadata, columns, features),
    groups: () => readGroups(source.shards, plan, names),
  };
}

interface OpenShard {
  readonly path: string;
  readonly metadata: FileMetaData;
}

async function openShard(shard: ParquetShard, names: readonly string[]): Promise<OpenShard> {
  const path = await shard.path();
  const metadata = await readFooter(path);
  const here = new Set(parquetSchema(metadata).children.map(({ element }) => element.name));
  const missing = names.find((name) => !here.has(name));
  if (missing !== undefined) {
    throw new UnreadableFileError(path, `it has no column "${missing}", which the first file of this data set has`);
  }
  return { path, metadata };
}

async function* readGroups(
  shards: readonly ParquetShard[],
  plan: ColumnPlan,
  names: readonly string[],
): AsyncGenerator<DatasetGroup> {
  let firstRow = 0;
  for (const shard of shards) {
    const { path, metadata } = await openShard(shard, names);
    const features = featuresOf(metadata);
    for (const [index, group] of metadata.row_groups.entries()) {
      const start = firstRow;
      const rows = Number(group.num_rows);
      firstRow += rows;
      if (rows === 0) continue;
      yield {
        key: `${shard.name}#${index}`,
        firstRow: start,
        rows,
        async *read() {
          let row = start;
          for await (const record of readRowGroup(path, metadata, index, [...plan.wanted])) {
            yield readRow(row++, named(record, features), { ...plan, folder: dirname(path) });
          }
        },
      };
    }
  }
}

function featuresOf(metadata: FileMetaData): Readonly<Record<string, Feature>> {
  return readFeatures(metadata.key_value_metadata?.find(({ key }) => key === 'huggingface')?.value);
}

function named(
  record: Readonly<Record<string, unknown>>,
  features: Readonly<Record<string, Feature>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(record).map(([column, value]) => [column, nameClasses(value, features[column])]),
  );
}

function describeColumns(metadata: FileMetaData, features: Readonly<Record<string, Feature>>): DatasetColumn[] {
  return parquetSchema(metadata).children.map((tree) => {
    const { name } = tree.element;
    return { name, type: typeName(tree, features[name]) };
  });
}

function typeName(tree: SchemaTree, feature: Feature | undefined): string {
  const hinted = featureType(feature);
  if (hinted === 'Image') return 'picture';
  if (hinted === 'ClassLabel') return 'text';
  const { element, children } = tree;
  if (children.length === 0) return scalarName(element, tree);
  const fields = children.map((child) => child.element.name);
  if (hinted === undefined && fields.includes('bytes') && fields.includes('path') && fields.length === 2)
    return 'picture';
  const item = listItem(tree);
  return item === undefined ? 'json' : `${item.children.length > 0 ? 'json' : scalarName(item.element, item)}[]`;
}

/** The element of a list in the two- or three-level form; undefined for structs and maps. */
function listItem({ element, children }: SchemaTree): SchemaTree | undefined {
  if (element.converted_type !== 'LIST' && element.logical_type?.type !== 'LIST') return undefined;
  const repeated = children[0];
  return repeated?.children.length === 1 ? repeated.children[0] : repeated;
}

function scalarName(
  { type, converted_type: converted, logical_type: logical }: SchemaElement,
  tree: SchemaTree,
): string {
  const base = baseName(type, converted, logical?.type);
  return tree.element.repetition_type === 'REPEATED' ? `${base}[]` : base;
}

function baseName(
  type: SchemaElement['type'],
  converted: SchemaElement['converted_type'],
  logical: string | undefined,
): string {
  if (converted === 'UTF8' || converted === 'ENUM' || logical === 'STRING' || logical === 'UUID') return 'text';
  if (converted === 'JSON' || logical === 'JSON') return 'json';
  if (converted === 'DATE' || type === 'INT96' || (converted ?? logical)?.startsWith('TIMESTAMP') === true)
    return 'timestamp';
  if (converted === 'DECIMAL' || type === 'FLOAT' || type === 'DOUBLE' || logical === 'FLOAT16') return 'real';
  if (type === 'INT32' || type === 'INT64') return 'integer';
  return type === 'BOOLEAN' ? 'boolean' : 'bytes';
}

const SAMPLE_BYTES = 1_000_000;

/** Looks at the first row of columns that are small enough for that. */
async function withSamples(
  path: string,
  metadata: FileMetaData,
  columns: readonly DatasetColumn[],
  features: Readonly<Record<string, Feature>>,
): Promise<DatasetColumn[]> {
  const group = metadata.row_groups.findIndex(({ num_rows }) => Number(num_rows) > 0);
  const bytes = new Map<string, number>();
  for (const { meta_data: chunk } of metadata.row_groups[group]?.columns ?? []) {
    const name = chunk?.path_in_schema[0] ?? '';
    bytes.set(name, (bytes.get(name) ?? 0) + Number(chunk?.total_uncompressed_size ?? 0));
  }
  const small = columns.filter(
    ({ name, type }) => type !== 'picture' && type !== 'bytes' && (bytes.get(name) ?? Infinity) <= SAMPLE_BYTES,
  );
  if (group < 0 || small.length === 0) return [...columns];
  const names = small.map(({ name }) => name);
  for await (const record of readRowGroup(path, metadata, group, names)) {
    const values = named(record, features);
    return columns.map((column) =>
      names.includes(column.name) ? { ...column, sample: plainValue(values[column.name]) } : column,
    );
  }
  return [...columns];
}
