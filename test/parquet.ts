/**
 * Parquet files as other programs write them, for tests: groups of rows, pictures as Hugging Face's structs.
 *
 * @module
 */
import { writeFile } from 'node:fs/promises';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';

/** An element of a Parquet schema, flattened depth first behind its root. */
export type ParquetElement = ConstructorParameters<typeof ParquetWriter>[0]['schema'][number];

export interface TestParquet {
  /** Without the root. */
  readonly schema: readonly ParquetElement[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** 2 where it is not given. */
  readonly groupRows?: number;
  /** Hugging Face's features by column. */
  readonly features?: Readonly<Record<string, unknown>>;
  readonly offsetIndex?: boolean;
  /** Of a page before it is packed; 1 MiB where it is not given. */
  readonly pageBytes?: number;
}

export const TEXT = { type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' } as const;

/** A column `{ bytes, path }`. */
export function pictureColumn(name: string): ParquetElement[] {
  return [
    { name, num_children: 2, repetition_type: 'OPTIONAL' },
    { name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
    { ...TEXT, name: 'path' },
  ];
}

/** A column of lists of 32-bit floats. */
export function vectorColumn(name: string): ParquetElement[] {
  return [
    { name, num_children: 1, repetition_type: 'OPTIONAL', converted_type: 'LIST' },
    { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
    { name: 'element', type: 'FLOAT', repetition_type: 'OPTIONAL' },
  ];
}

/** Writes the file; columns are those of the schema's top level. */
export async function writeParquet(path: string, parquet: TestParquet): Promise<void> {
  const { schema, rows, groupRows = 2, features, offsetIndex = true, pageBytes = 2 ** 20 } = parquet;
  const names = topLevel(schema);
  const writer = new ByteWriter();
  const hint = features === undefined ? [] : [{ key: 'huggingface', value: JSON.stringify({ info: { features } }) }];
  const file = new ParquetWriter({
    writer,
    schema: [{ name: 'schema', num_children: names.length }, ...schema],
    kvMetadata: hint,
  });
  const columnData = names.map((name) => ({ name, data: rows.map((row) => row[name] ?? null), offsetIndex }));
  await file.write({ columnData, rowGroupSize: groupRows, pageSize: pageBytes });
  await file.finish();
  await writeFile(path, writer.getBytes());
}

function topLevel(schema: readonly ParquetElement[]): string[] {
  const names: string[] = [];
  const skip = (index: number): number => {
    let next = index + 1;
    for (let child = 0; child < (schema[index]?.num_children ?? 0); child += 1) next = skip(next);
    return next;
  };
  for (let index = 0; index < schema.length; index = skip(index)) names.push(schema[index]?.name ?? '');
  return names;
}
