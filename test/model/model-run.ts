/**
 * Random operations on an engine in this process, each done to a simple model as well, which is compared with the engine
 * after every one. What the engine should do is said in `library-model.ts`; everything follows from the seed.
 *
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineOptions } from '../../src/engine/index.ts';
import type { FoveaClient } from '../../src/client/index.ts';
import type * as Store from '../../src/store/index.ts';
import { checkNothingLeft } from '../crash/library-check.ts';
import { Random } from '../fuzz/random.ts';
import * as changes from './changes.ts';
import { compareContents, compareIndexed } from './comparison.ts';
import { same } from './difference.ts';
import { DEFAULT_GRAPH, graphText } from './graph-model.ts';
import { PhotoFolder } from './photo-folder.ts';
import * as questions from './questions.ts';
import { makeSamples } from './samples.ts';
import { World } from './world.ts';

/** Where a library lies: a home and, where it is not the embedded one, a database, both of its own and empty. */
export interface LibraryPlace {
  readonly home: string;
  readonly database?: string;
}

export interface ModelRunOptions {
  readonly seed: number;
  readonly operations: number;
  /** A folder of this run's own. */
  readonly folder: string;
  /** File of `test/fixtures/direction-extractor.mjs`. */
  readonly extractor: string;
  /** Makes an empty library; the second and later ones are for what was backed up. */
  readonly newPlace: () => Promise<LibraryPlace>;
  /** Compiled: hosts and workers are files beside them. */
  readonly open: (options: EngineOptions) => Promise<FoveaClient>;
  readonly store: typeof Store;
  /** Told after each comparison of everything. */
  readonly onProgress?: (sentence: string) => void;
}

/** How often each operation was done. */
export type ModelRunSummary = Readonly<Record<string, number>>;

const SAMPLES = 60;
/** Everything is compared so often. */
const EVERY = 50;

type Operation = (world: World) => Promise<void>;

/** With how often each is done, in relation to the others. */
const OPERATIONS: readonly (readonly [number, string, Operation])[] = [
  [14, 'upload', (world) => changes.upload(world)],
  [14, 'change files', changes.changeFiles],
  [3, 'add again', changes.addFiles],
  [8, 'delete', (world) => changes.deleteContents(world)],
  [8, 'label', changes.setLabels],
  [6, 'apply', changes.applyGraph],
  [2, 'apply twice', changes.applyTwice],
  [4, 'dry run', changes.dryRun],
  [2, 'delete graph', changes.deleteGraph],
  [1, 'create namespace', changes.createNamespace],
  [2, 'delete namespace', changes.deleteNamespace],
  [3, 'retry', changes.retry],
  [2, 'keys', changes.changeKeys],
  [8, 'list', questions.list],
  [4, 'list across a change', questions.listAcrossChange],
  [6, 'search', questions.search],
  [6, 'search like', questions.searchLike],
  [4, 'count by SQL', questions.countBySql],
  [5, 'original', questions.readOriginal],
  [3, 'thumbnail', questions.readThumbnail],
  [3, 'features', questions.readFeatures],
  [1, 'ask nowhere', questions.askNowhere],
];

/** Behind the last of so many the engine is closed and opened again. */
const RESTART_EVERY = 180;
/** Behind the `FIRST_BACKUP`th of so many: the library is backed up, and goes on as what was restored of it. */
const BACKUP_EVERY = 2500;
const FIRST_BACKUP = 120;

/** @throws Error that names the seed, the operation and the difference. */
export async function modelRun(options: ModelRunOptions): Promise<ModelRunSummary> {
  const run = new ModelRun(options);
  try {
    return await run.all();
  } catch (error) {
    throw new Error(`Seed ${options.seed} failed at operation ${run.at()}`, { cause: error });
  } finally {
    await run.close();
  }
}

class ModelRun {
  readonly #options: ModelRunOptions;
  readonly #done: Record<string, number> = {};
  readonly #log: string[] = [];
  #world: World | undefined;
  #place: LibraryPlace | undefined;
  #client: FoveaClient | undefined;

  constructor(options: ModelRunOptions) {
    this.#options = options;
  }

  /** The operation that it is at, and those before. */
  at(): string {
    const { operation = 0, said = '' } = this.#world ?? {};
    return [`${operation} (${said}), behind`, ...this.#log.slice(-8)].join('\n  ');
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.close();
  }

  async all(): Promise<ModelRunSummary> {
    const { seed, operations, folder, newPlace, onProgress } = this.#options;
    const random = new Random(seed);
    const samples = await makeSamples(SAMPLES);
    this.#place = await newPlace();
    const world = new World(random, await this.#open(), new PhotoFolder(join(folder, 'photos'), samples), samples);
    this.#world = world;
    const choices = OPERATIONS.flatMap(([weight, name, run]) => Array.from({ length: weight }, () => ({ name, run })));
    for (let left = operations; left > 0; left--) {
      world.next();
      const { name, run } = random.pick(choices);
      await run(world);
      await this.#compare(world);
      this.#count(name);
      await this.#sometimes(world);
      if (world.operation % EVERY === 0 || left === 1) {
        await this.#compareAll(world);
        onProgress?.(`${world.operation} operations, ${sizes(world)}`);
      }
    }
    await this.#closeAndCheck();
    return this.#done;
  }

  async #sometimes(world: World): Promise<void> {
    if (world.operation % BACKUP_EVERY === FIRST_BACKUP) {
      world.say('back up, and restore to another library');
      await this.#moveHouse(world);
      this.#count('backup and restore');
    } else if (world.operation % RESTART_EVERY === 0) {
      world.say('close and open again');
      await this.#restart(world);
      this.#count('restart');
    } else return;
    await this.#compareAll(world);
  }

  #count(name: string): void {
    this.#done[name] = (this.#done[name] ?? 0) + 1;
    const { operation = 0, said = '' } = this.#world ?? {};
    this.#log.push(`${operation} ${name}: ${said}`);
  }

  async #open(): Promise<FoveaClient> {
    const { open, extractor } = this.#options;
    this.#client = await open({
      ...this.#place,
      workers: 1,
      hub: { offline: true },
      graph: graphText(DEFAULT_GRAPH),
      extractors: [extractor],
      onNote: (note) => this.#log.push(`engine: ${note}`),
    });
    return this.#client;
  }

  async #restart(world: World): Promise<void> {
    await this.#closeAndCheck();
    world.reopened(await this.#open());
  }

  /** Closes the engine, and looks past all its layers. */
  async #closeAndCheck(): Promise<void> {
    const { store } = this.#options;
    const { home = '', database } = this.#place ?? {};
    await this.close();
    const db = await store.openDatabase(database === undefined ? { folder: join(home, 'db') } : { url: database });
    try {
      same('what nobody needs, and what is missing', await checkNothingLeft(store, db, home), []);
    } finally {
      await db.close();
    }
  }

  /** What was backed up and restored to an empty library is the same. */
  async #moveHouse(world: World): Promise<void> {
    const { folder, newPlace } = this.#options;
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${world.operation}.tar`);
    writeFileSync(file, await (await world.client.backup()).bytes());
    await this.close();
    this.#place = await newPlace();
    const client = await this.#open();
    let isFinished = false;
    for await (const { finished } of client.restore(file)) isFinished = finished;
    same('whether it was restored', isFinished, true);
    world.restored(client);
  }

  /** What can be told at once. */
  async #compare(world: World): Promise<void> {
    same('the namespaces', (await world.client.namespaces.list()).toSorted(), world.names());
    for (const name of world.touched()) await compareContents(world.pair(name), world.random.int(15, 60));
  }

  /** What can be told once all tasks have ended. */
  async #compareAll(world: World): Promise<void> {
    for (const name of world.names()) {
      await compareContents(world.pair(name), 100);
      await compareIndexed(await world.settle(name));
    }
    const keys = await world.client.keys.list();
    same(
      'the keys',
      keys.map(({ id, name, namespace, access }) => [id, { name, namespace, access }]).toSorted(byId),
      [...world.keys].toSorted(byId),
    );
  }
}

const byId = (a: readonly unknown[], b: readonly unknown[]): number => (String(a[0]) < String(b[0]) ? -1 : 1);

function sizes(world: World): string {
  return world
    .names()
    .map((name) => `${name}: ${world.pair(name).model.contents.size} contents`)
    .join(', ');
}
