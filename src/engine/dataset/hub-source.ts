/**
 * `hf://owner/name[@revision][/config][/split]` → the Parquet files that are meant.
 *
 * Files that a repository has itself go first; else those that the hub has made of it, on the branch
 * `refs/convert/parquet`, which lie at `<config>/<split>/0000.parquet`.
 *
 * @module
 */
import { InvalidInputError, NotFoundError } from '../../contract/index.ts';
import { fetchHubFile, listHubDataSet } from '../../models/index.ts';
import type { HubFile, HubOptions } from '../../models/index.ts';
import { openDataset, openParquet } from '../../sources/index.ts';
import type { Dataset, DatasetOptions } from '../../sources/index.ts';

interface HubName {
  readonly repository: string;
  readonly revision: string | undefined;
  /** Config and split, or one of the two. */
  readonly parts: readonly string[];
}

const CONVERTED = 'refs/convert/parquet';

/**
 * Opens a data set of this machine or of the hub.
 *
 * @throws What `openDataset` throws; for the hub NotFoundError, RateLimitError, UnavailableError too.
 */
export function openSource(source: string, options: DatasetOptions, hub: HubOptions): Promise<Dataset> {
  return source.startsWith('hf://') ? openHubDataset(source, options, hub) : openDataset(source, options);
}

/**
 * Lists the data set and opens its first file; the others are fetched when their turn comes.
 *
 * @throws InvalidInputError for a name that is none, or that more than one config fits; NotFoundError; UnavailableError.
 */
async function openHubDataset(source: string, options: DatasetOptions, hub: HubOptions): Promise<Dataset> {
  const { repository, revision, parts } = parseHubName(source);
  const own = await listHubDataSet(repository, revision ?? 'main', hub);
  const hasParquet = own.files.some(isParquet);
  const tree = hasParquet || revision !== undefined ? own : await listHubDataSet(repository, CONVERTED, hub);
  const files = chooseFiles(source, tree.files.filter(isParquet), parts);
  const shards = files.map((file) => ({
    name: `${tree.commit.slice(0, 12)}/${file.path}`,
    path: () => fetchHubFile(tree, file, hub),
  }));
  const name = repository.slice(repository.indexOf('/') + 1);
  return openParquet({ name, source, shards, local: false }, options);
}

export function parseHubName(source: string): HubName {
  const [, repository, revision, rest] =
    /^hf:\/\/(?:datasets\/)?(\w[\w.-]*\/\w[\w.-]*)(?:@(refs\/[\w.-]+\/[\w.-]+|[\w][\w.-]*))?((?:\/[\w.-]+)*)\/?$/.exec(
      source,
    ) ?? [];
  if (repository === undefined) {
    throw new InvalidInputError(
      `Cannot read "${source}": write hf://owner/name, hf://owner/name@revision or hf://owner/name/config/split`,
    );
  }
  return { repository, revision, parts: (rest ?? '').split('/').filter((part) => part !== '') };
}

/** The files of a config and split. Their folders and the beginning of their names say what they are. */
export function chooseFiles(source: string, files: readonly HubFile[], parts: readonly string[]): HubFile[] {
  if (files.length === 0) {
    throw new NotFoundError('data set', source, [], 'it has no Parquet files, and the hub has made none of it');
  }
  const matching = files.filter(({ path }) => parts.every((part) => hasPart(path, part)));
  if (matching.length === 0) {
    throw new NotFoundError('split', parts.join('/'), [...new Set(files.map(({ path }) => placeOf(path)))]);
  }
  const configs = [...new Set(matching.map(({ path }) => configOf(path)))];
  if (configs.length > 1) {
    throw new InvalidInputError(
      `Cannot read "${source}": it has the configs ${configs.slice(0, 20).join(', ')}; name one of them (${source.replace(/\/$/, '')}/${configs[0]})`,
    );
  }
  return matching.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function isParquet({ path }: HubFile): boolean {
  return path.endsWith('.parquet');
}

/** A folder of that name, or a file whose name begins with it: `train-00000-of-00005.parquet`. */
function hasPart(path: string, part: string): boolean {
  const folders = path.split('/');
  const file = folders.pop() ?? '';
  return part === 'default'
    ? configOf(path) === 'default'
    : folders.includes(part) || folders.includes(`partial-${part}`) || splitOfFile(file) === part;
}

function splitOfFile(file: string): string {
  return file.replace(/\.parquet$/, '').replace(/[-_.]\d+(-of-\d+)?(-[0-9a-f]{8,})?$/, '');
}

/** Folders that are no names of configs: where files of one config lie by habit, and names of splits. */
const PLAIN = /^(data|default|partial-\w+|train|training|valid|validation|val|dev|test|testing|eval|evaluation)$/;

function configOf(path: string): string {
  return (
    path
      .split('/')
      .slice(0, -1)
      .find((folder) => !PLAIN.test(folder)) ?? 'default'
  );
}

/** `config/split`, to choose from. */
function placeOf(path: string): string {
  const folders = path.split('/');
  const file = splitOfFile(folders.pop() ?? '');
  const split = /^\d+$/.test(file) ? (folders.at(-1) ?? file) : file;
  return `${configOf(path)}/${split}`;
}
