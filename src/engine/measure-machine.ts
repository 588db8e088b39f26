/**
 * `fovea bench`: how fast this machine indexes and searches, measured through the whole product in a home of its own that
 * is thrown away.
 *
 * @module
 */
import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type { FoveaClient } from '../client/index.ts';
import { InvalidInputError, promisesPicture } from '../contract/index.ts';
import { madeUpPhotos } from '../image/index.ts';
import { buildInUse } from '../models/index.ts';
import { pathOfFileUri, walk } from '../sources/index.ts';
import { open } from './open.ts';
import { resolveOptions } from './options.ts';
import type { EngineOptions, ModelFolders } from './options.ts';

export interface MachineReport {
  readonly cpu: string;
  readonly cores: number;
  /** Worker processes. */
  readonly workers: number;
  /** Pictures that were timed, and what they are: of the folder, or made up (12 megapixels). */
  readonly pictures: number;
  readonly failed: number;
  readonly source: 'folder' | 'made up';
  /** From `add` to indexed by every policy that does not wait, with models loaded. */
  readonly picturesPerSecond: number;
  readonly policies: readonly {
    readonly policy: string;
    readonly model: string | null;
    /** Precision and form of the weights that run here. */
    readonly build: string | null;
    /** Why it was not measured. */
    readonly waitingFor: string | null;
  }[];
  /** A search by words over these pictures, median in milliseconds; null where no index takes words. */
  readonly searchMs: number | null;
  /** Pictures below the folder by their names, and the seconds that indexing them would take. */
  readonly library: { readonly pictures: number; readonly seconds: number } | null;
}

export interface MeasureOptions {
  /** Whose pictures a sample is taken of; they are read, never changed. Absent: made-up photos. */
  readonly folder?: string;
  /** Pictures to time. */
  readonly pictures: number;
  /** Told what is being done. */
  readonly onStep?: (sentence: string) => void;
}

/** Loads models and caches before the clock runs. */
const WARM_UP = 4;
const WORDS = ['a dog on the beach', 'two people at a table', 'a red car', 'snow on mountains', 'a birthday cake'];

/**
 * Measures with the models, the cache and the graph of the options.
 *
 * @throws InvalidInputError where the folder holds no pictures.
 */
export async function measureMachine(
  options: EngineOptions,
  { folder, pictures, onStep = () => undefined }: MeasureOptions,
): Promise<MachineReport> {
  const { models, workers } = resolveOptions(options);
  const scratch = await mkdtemp(join(tmpdir(), 'fovea-bench-'));
  try {
    onStep(folder === undefined ? 'Making up photos' : `Looking through ${folder}`);
    const wanted = WARM_UP + pictures;
    const sample = folder === undefined ? await makeUp(scratch, wanted) : await choose(scratch, folder, wanted);
    const { database: _database, ...others } = options;
    const home = join(scratch, 'home');
    const fovea = await open({ ...others, home, cache: models.cacheFolder, workers: Math.max(1, workers) });
    try {
      const measured = await measure(fovea, sample, models, onStep);
      return {
        cpu: cpus()[0]?.model.trim() ?? 'unknown',
        cores: cpus().length,
        workers: Math.max(1, workers),
        source: folder === undefined ? 'made up' : 'folder',
        ...measured,
        library:
          folder === undefined ? null : { pictures: sample.found, seconds: sample.found / measured.picturesPerSecond },
      };
    } finally {
      await fovea.close();
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Folders to add, and how many pictures there are where they come from. */
interface Sample {
  readonly warmUp: string;
  readonly timed: string;
  /** In `timed`. */
  readonly pictures: number;
  readonly found: number;
}

async function folders(scratch: string): Promise<{ warmUp: string; timed: string }> {
  const [warmUp, timed] = [join(scratch, 'warm-up'), join(scratch, 'timed')];
  await mkdir(warmUp);
  await mkdir(timed);
  return { warmUp, timed };
}

async function makeUp(scratch: string, count: number): Promise<Sample> {
  const { warmUp, timed } = await folders(scratch);
  let place = 0;
  for await (const photo of madeUpPhotos(count)) {
    await writeFile(join(place < WARM_UP ? warmUp : timed, `${place}.jpg`), photo);
    place += 1;
  }
  return { warmUp, timed, pictures: count - WARM_UP, found: count };
}

/** A random sample of the pictures below a folder, as links, so that a folder of one trip does not stand for all. */
async function choose(scratch: string, folder: string, count: number): Promise<Sample> {
  const chosen: { path: string | Buffer; name: string }[] = [];
  let found = 0;
  for await (const entry of walk(folder)) {
    if (entry.kind !== 'file' || !promisesPicture(entry.name)) continue;
    found += 1;
    const place = chosen.length < count ? chosen.length : Math.floor(Math.random() * found);
    if (place < count) chosen[place] = { path: pathOfFileUri(entry.uri), name: entry.name };
  }
  if (found < 2)
    throw new InvalidInputError(`Cannot measure with "${folder}": it holds ${found} pictures; give at least 2`);
  const { warmUp, timed } = await folders(scratch);
  const warming = Math.max(1, Math.min(WARM_UP, chosen.length - (count - WARM_UP)));
  for (const [place, { path, name }] of chosen.entries())
    await symlink(path, join(place < warming ? warmUp : timed, `${place}${extname(name)}`));
  return { warmUp, timed, pictures: chosen.length - warming, found };
}

async function measure(
  fovea: FoveaClient,
  sample: Sample,
  models: ModelFolders,
  onStep: (sentence: string) => void,
): Promise<Pick<MachineReport, 'pictures' | 'failed' | 'picturesPerSecond' | 'policies' | 'searchMs'>> {
  onStep('Loading models');
  await index(fovea, sample.warmUp);
  onStep(`Indexing ${sample.pictures} pictures`);
  const start = performance.now();
  const unread = await index(fovea, sample.timed);
  const seconds = (performance.now() - start) / 1000;
  const { failedContents } = await fovea.status();
  const graphs = await fovea.graphs.list();
  const policies: MachineReport['policies'][number][] = [];
  for (const { name: graph, policies: own } of graphs) {
    for (const { name, model = null, waitingFor = null } of own)
      policies.push({
        policy: `${graph}.${name}`,
        model,
        build: model === null || waitingFor !== null ? null : await buildInUse(models, model),
        waitingFor,
      });
  }
  onStep('Searching');
  const searchMs = await medianSearch(fovea);
  const picturesPerSecond = sample.pictures / seconds;
  return { pictures: sample.pictures, failed: failedContents + unread, picturesPerSecond, policies, searchMs };
}

/** @returns How many files could not even be stored. */
async function index(fovea: FoveaClient, folder: string): Promise<number> {
  let unread = 0;
  for await (const { failed } of fovea.addPath(folder)) unread = failed;
  await fovea.waitUntilIndexed({ pollMs: 50 });
  return unread;
}

async function medianSearch(fovea: FoveaClient): Promise<number | null> {
  const [first] = await fovea.indexes();
  if (first === undefined) return null;
  const times: number[] = [];
  for (const words of WORDS) {
    const start = performance.now();
    await fovea.search(words);
    times.push(performance.now() - start);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? null;
}
