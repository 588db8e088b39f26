/**
 * Opens a data set of this machine, told apart by its extension, else by its first bytes.
 *
 * @module
 */
import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { fileError, UnreadableFileError } from '../file-error.ts';
import { openCoco } from './coco.ts';
import { readCsv } from './csv.ts';
import { readJsonArray, startsWithList } from './json-values.ts';
import { readJsonLines } from './jsonl.ts';
import { openManifest } from './manifest.ts';
import { openNpy } from './npy.ts';
import { openParquet } from './parquet.ts';
import type { Dataset, DatasetOptions } from './types.ts';

type Opener = (path: string, options: DatasetOptions) => Promise<Dataset>;

const OPENERS: Readonly<Record<string, Opener>> = {
  '.csv': (path, options) => openManifest({ kind: 'csv', path, read: readCsv }, options),
  '.tsv': (path, options) => openManifest({ kind: 'csv', path, read: readCsv }, options),
  '.jsonl': (path, options) => openManifest({ kind: 'jsonl', path, read: readJsonLines }, options),
  '.ndjson': (path, options) => openManifest({ kind: 'jsonl', path, read: readJsonLines }, options),
  '.json': async (path, options) =>
    (await startsWithList(path))
      ? openManifest({ kind: 'jsonl', path, read: readJsonArray }, options)
      : openCoco(path, options),
  '.npy': (path) => openNpy(basename(path, '.npy'), join(path, '..'), [basename(path)]),
  '.parquet': (path, options) => openShards(path, [basename(path)], join(path, '..'), options),
};

/** What lists the pictures of a folder, as Hugging Face's ImageFolder has it. */
const METADATA_FILES: readonly string[] = ['metadata.jsonl', 'metadata.csv'];

/**
 * Opens a file or folder and reads its head.
 *
 * @param source A path.
 * @throws {UnreadableFileError} where it is not there, not readable, cut off, or nothing that is known here.
 * @throws {InvalidInputError} for a column that it does not have.
 */
export async function openDataset(source: string, options: DatasetOptions = {}): Promise<Dataset> {
  const path = resolve(source);
  try {
    if ((await stat(path)).isDirectory()) return await openFolder(path, options);
    const opener = OPENERS[extname(path).toLowerCase()];
    if (opener === undefined) throw unknownKind(path);
    return await opener(path, options);
  } catch (error) {
    throw fileError(error, path);
  }
}

function openShards(path: string, names: readonly string[], folder: string, options: DatasetOptions): Promise<Dataset> {
  const shards = names.map((name) => ({ name, path: async () => join(folder, name) }));
  return openParquet({ name: basename(path, '.parquet'), source: path, shards, local: true }, options);
}

async function openFolder(path: string, options: DatasetOptions): Promise<Dataset> {
  const names = await filesBelow(path);
  const list = METADATA_FILES.find((name) => names.includes(name));
  if (list !== undefined) {
    const dataset = await openDataset(join(path, list), options);
    return { ...dataset, name: basename(path) };
  }
  const shards = names.filter((name) => name.endsWith('.parquet'));
  if (shards.length > 0) return openShards(path, shards, path, options);
  if (names.some((name) => name.endsWith('.npy'))) return openNpy(basename(path), path, names);
  const coco = names.find((name) => /(^|\/)instances_[^/]*\.json$/.test(name));
  if (coco !== undefined) return openDataset(join(path, coco), options);
  throw new UnreadableFileError(
    path,
    `it holds no Parquet, no .npy, no instances_….json of COCO, and no ${METADATA_FILES.join(' or ')}; a folder of pictures without more is added with "fovea add"`,
  );
}

/** Paths relative to the folder, with `/`, sorted; without hidden files and folders. */
async function filesBelow(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => !/(^|\/)\./.test(name))
    .toSorted();
}

function unknownKind(path: string): UnreadableFileError {
  return new UnreadableFileError(
    path,
    `it is no data set that is known by its name: ${Object.keys(OPENERS).join(', ')}`,
  );
}
