/**
 * Kills processes of Fovea at random moments while it works, and compares what is there afterwards with a model that is kept
 * outside: what was acknowledged is there; of what was not, all or nothing.
 *
 * One round: start the server; some times do random operations until a process was killed at a random moment, let everything
 * settle and compare; end the server, check the database and the folders. Operations, targets and delays follow from the
 * seed; what a process is at when its delay is over doesn't quite.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import type { FoveaClient } from '../../src/client/index.ts';
import type * as Store from '../../src/store/index.ts';
import type { Random } from '../fuzz/random.ts';
import { checkLibrary } from './library-check.ts';
import { startServer, type CrashServer, type Target } from './processes.ts';

export interface CrashOptions {
  readonly random: Random;
  readonly kills: number;
  /** A folder of this run's own. */
  readonly folder: string;
  /** The compiled command line. */
  readonly program: string;
  /** Absent: the embedded database. */
  readonly database: string | undefined;
  /** Compiled modules; the host of PGlite is a file beside them. */
  readonly store: typeof Store;
  readonly connect: (url: string, options: { readonly token: string }) => FoveaClient;
  readonly onRound?: (sentence: string) => void;
}

/** How often each was killed, and what was done. */
export interface CrashSummary {
  readonly kills: Readonly<Record<Target, number>>;
  readonly operations: Readonly<Record<string, number>>;
  /** Operations whose acknowledgement did not arrive. */
  readonly lost: number;
  /** Tasks whose workers were killed twice over them, and that a retry did. */
  readonly retried: number;
}

const POOL = 40;
/** One transaction of an added folder, so that all or nothing of it is there. */
const MOST_FILES = 60;
const KILLS_A_ROUND = 5;
const LONGEST_DELAY_MS = 1200;
const SETTLE_MS = 300_000;

/** Graphs to change between: policies come, go, and get other parameters. */
const GRAPHS: readonly (readonly string[])[] = [
  ['{ extractor: image/phash, name: hash }'],
  ['{ extractor: image/phash, name: hash }', '{ extractor: image/colors, name: colors, input_params: { count: 2 } }'],
  ['{ extractor: image/phash, name: hash }', '{ extractor: image/colors, name: colors, input_params: { count: 4 } }'],
  ['{ extractor: image/colors, name: colors, input_params: { count: 2 } }', '{ extractor: image/exif, name: exif }'],
];
const graphText = (policies: readonly string[]): string =>
  `name: g\nextraction_policies:\n${policies.map((policy) => `  - ${policy}\n`).join('')}`;

/** What should be there. */
interface Model {
  /** Pictures that are contents, by SHA-256. */
  readonly contents: Set<string>;
  graph: number;
  /** Changes whose acknowledgement did not arrive: all of one, or nothing of it. */
  readonly unsure: Unsure[];
}

type Unsure =
  | { readonly kind: 'added'; readonly hashes: readonly string[] }
  | { readonly kind: 'deleted'; readonly hashes: readonly string[] }
  | { readonly kind: 'graph'; readonly graph: number };

interface PoolPicture {
  readonly bytes: Buffer;
  readonly sha256: string;
}

/** @throws Error with all faults of the first round that has some. */
export async function crashRun(options: CrashOptions): Promise<CrashSummary> {
  const run = new CrashRun(options, await makePool());
  try {
    await run.prepare();
    for (let left = options.kills, round = 1; left > 0; left -= KILLS_A_ROUND, round++) {
      await run.round(round, Math.min(left, KILLS_A_ROUND));
    }
  } finally {
    await run.end();
  }
  return run.summary();
}

class CrashRun {
  readonly #options: CrashOptions;
  readonly #pool: readonly PoolPicture[];
  readonly #model: Model = { contents: new Set(), graph: 0, unsure: [] };
  /** Files of the folder that is added in place: name and picture. */
  readonly #files = new Map<string, PoolPicture>();
  readonly #photos: string;
  readonly #home: string;
  readonly #kills: Record<Target, number> = { server: 0, 'database host': 0, worker: 0, 'encoder host': 0 };
  readonly #operations: Record<string, number> = {};
  #lost = 0;
  #retried = 0;
  #names = 0;
  #server: CrashServer | undefined;

  constructor(options: CrashOptions, pool: readonly PoolPicture[]) {
    this.#options = options;
    this.#pool = pool;
    this.#photos = join(options.folder, 'photos');
    this.#home = join(options.folder, 'home');
  }

  summary(): CrashSummary {
    return { kills: this.#kills, operations: this.#operations, lost: this.#lost, retried: this.#retried };
  }

  async prepare(): Promise<void> {
    mkdirSync(this.#photos, { recursive: true });
    const server = await this.#start();
    await server.client.graphs.apply(graphText(GRAPHS[0] ?? []), { prune: true });
    await server.stop();
  }

  /** Some kills, then the end in order and a look past all layers. */
  async round(round: number, kills: number): Promise<void> {
    const { onRound } = this.#options;
    let server = await this.#start();
    const said: string[] = [];
    for (let kill = 0; kill < kills; kill++) {
      said.push(await this.#strike(server));
      if (!server.alive()) server = await this.#start();
      const started = performance.now();
      this.#fail(round, said, await this.#settle(server), server);
      said.push(`settled in ${Math.round(performance.now() - started)} ms`);
    }
    await server.stop();
    this.#fail(round, said, await this.#check(), server);
    onRound?.(`${round}: ${said.join(', ')}; ${this.#model.contents.size} contents`);
  }

  #fail(round: number, said: readonly string[], faults: readonly string[], server: CrashServer): void {
    if (faults.length === 0) return;
    throw new Error(
      `Round ${round} (${said.join(', ')}):\n${faults.join('\n')}\nThe server printed: ${server.printed()}`,
    );
  }

  /** Operates, kills a process at a random moment, and operates on for a while. @returns What was killed, and when. */
  async #strike(server: CrashServer): Promise<string> {
    const { random } = this.#options;
    for (let n = random.int(1, 4); n > 0; n--) await this.#operate(server, () => false);
    const delayMs = random.int(0, LONGEST_DELAY_MS);
    const place = random.next();
    const killed: Target[] = [];
    const kill = async (): Promise<void> => {
      await sleep(delayMs);
      const running = server.running();
      killed.push(...running.slice(Math.floor(place * running.length)).slice(0, 1));
      for (const target of killed) await server.kill(target);
    };
    const killing = kill();
    const isOver = (): boolean => killed.length > 0;
    while (!isOver() || (random.chance(0.5) && server.alive())) await this.#operate(server, isOver);
    await killing;
    for (const target of killed) this.#kills[target] += 1;
    return `${killed.join()} after ${delayMs} ms`;
  }

  /** Leaves no process behind, also where something was found. */
  async end(): Promise<void> {
    await this.#server?.stop();
  }

  async #start(): Promise<CrashServer> {
    const { program, database, connect } = this.#options;
    const environment = {
      FOVEA_HOME: this.#home,
      FOVEA_WORKERS: '1',
      HF_HUB_OFFLINE: '1',
      ...(database === undefined ? {} : { FOVEA_DATABASE_URL: database }),
    };
    this.#server = await startServer(program, environment, connect);
    return this.#server;
  }

  /** One random operation. A failure is a fault where nothing was killed. */
  async #operate(server: CrashServer, killed: () => boolean): Promise<void> {
    const { random } = this.#options;
    const operation = random.pick(OPERATIONS);
    this.#operations[operation] = (this.#operations[operation] ?? 0) + 1;
    try {
      await this.#run(operation, server.client);
    } catch (error) {
      this.#lost += 1;
      // The connection may break a moment before the process is seen to have been killed.
      if (!killed()) await sleep(50);
      if (!killed()) throw error;
      if (server.alive()) await sleep(100);
    }
  }

  async #run(operation: (typeof OPERATIONS)[number], client: FoveaClient): Promise<void> {
    const { random } = this.#options;
    if (operation === 'upload') {
      const { bytes, sha256 } = random.pick(this.#pool);
      await this.#change({ kind: 'added', hashes: [sha256] }, () =>
        client.upload(bytes, { name: `${sha256.slice(0, 8)}.png` }),
      );
    } else if (operation === 'add folder') {
      this.#shuffleFiles();
      const hashes = [...this.#files.values()].map(({ sha256 }) => sha256);
      await this.#change({ kind: 'added', hashes }, async () => {
        for await (const { failed, problems } of client.addPath(this.#photos)) {
          if (failed > 0) throw new Error(`The folder could not be added: ${JSON.stringify(problems)}`);
        }
      });
    } else if (operation === 'delete') {
      const known = [...this.#model.contents];
      if (known.length === 0) return;
      const hashes = [...new Set(random.times(random.int(1, 5), () => random.pick(known)))];
      const ids = hashes.map((sha256) => this.#options.store.contentIdFor('default', sha256));
      await this.#change({ kind: 'deleted', hashes }, () => client.contents.delete(ids));
    } else if (operation === 'graph') {
      const graph = random.int(0, GRAPHS.length - 1);
      await this.#change({ kind: 'graph', graph }, () =>
        client.graphs.apply(graphText(GRAPHS[graph] ?? []), { prune: true }),
      );
    } else {
      const { contents } = await client.contents.list({ limit: 5 });
      for (const { contentId } of contents) await client.thumbnail(contentId, { side: 640 });
    }
  }

  /** Files come and are moved. */
  #shuffleFiles(): void {
    const { random } = this.#options;
    for (const [name, picture] of this.#files) {
      const path = join(this.#photos, name);
      if (random.chance(0.2)) {
        this.#files.delete(name);
        const moved = this.#newName();
        renameSync(path, join(this.#photos, moved));
        this.#files.set(moved, picture);
      }
    }
    for (let n = random.int(1, 6); n > 0 && this.#files.size < MOST_FILES; n--) {
      const name = this.#newName();
      const picture = random.pick(this.#pool);
      writeFileSync(join(this.#photos, name), picture.bytes);
      this.#files.set(name, picture);
    }
  }

  #newName(): string {
    this.#names += 1;
    return `${this.#names}.png`;
  }

  async #change(change: Unsure, act: () => Promise<unknown>): Promise<void> {
    this.#model.unsure.push(change);
    await act();
    this.#model.unsure.pop();
    this.#apply(change);
    // What was unsure before of the same pictures, or of the graph, is known now.
    const known = this.#model.unsure.flatMap((before) => forgetKnown(before, change));
    this.#model.unsure.splice(0, Infinity, ...known);
  }

  #apply(change: Unsure): void {
    const { contents } = this.#model;
    if (change.kind === 'graph') this.#model.graph = change.graph;
    else if (change.kind === 'added') for (const hash of change.hashes) contents.add(hash);
    else for (const hash of change.hashes) contents.delete(hash);
  }

  /** Waits until all is done, and compares with the model. */
  async #settle({ client }: CrashServer): Promise<string[]> {
    const faults: string[] = [];
    await untilAnswers(client);
    faults.push(...(await this.#compare(client)));
    // Files that were moved before the kill are found by adding again.
    await this.#run('add folder', client);
    const status = await client.waitUntilIndexed({ timeoutMs: SETTLE_MS, pollMs: 100 });
    if (status.failedContents > 0) {
      const { tasks } = await client.tasks({ state: 'failed', limit: 1000 });
      for (const { name, errorCode, error } of tasks)
        if (errorCode !== 'worker_lost') faults.push(`A task of ${name} failed: ${error}`);
      this.#retried += await client.retry();
      await client.waitUntilIndexed({ timeoutMs: SETTLE_MS, pollMs: 100 });
    }
    faults.push(...(await this.#compare(client)));
    const there = this.#model.contents;
    const { rows } = await client.sql('select count(distinct content_id) as contents from ingestion');
    if (Number(rows[0]?.contents) !== there.size)
      faults.push(`The view tells of ${JSON.stringify(rows)} contents, not of ${there.size}`);
    return faults;
  }

  /** The state is that of the model, or that with what was not acknowledged, each wholly. Takes it over. */
  async #compare(client: FoveaClient): Promise<string[]> {
    const there = new Set<string>();
    for await (const { sha256 } of client.contents.each()) there.add(sha256);
    // While a version is built beside the one in use, there are two of a name.
    const policies = [...new Set((await client.graphs.get('g')).policies.map(({ name }) => name))];
    const { unsure } = this.#model;
    const { contents, graph } = this.#model;
    // At most a few: a killed server answers nothing more.
    for (let choice = 0; choice < 2 ** unsure.length; choice++) {
      const before = new Set(contents);
      this.#model.graph = graph;
      for (const [place, change] of unsure.entries()) if ((choice >> place) & 1) this.#apply(change);
      if (this.#fits(there, policies)) {
        unsure.length = 0;
        return [];
      }
      contents.clear();
      for (const hash of before) contents.add(hash);
    }
    const missing = [...contents].filter((hash) => !there.has(hash));
    const surplus = [...there].filter((hash) => !contents.has(hash));
    return [
      `Not there: ${missing.join(', ') || 'nothing'}; there and not expected: ${surplus.join(', ') || 'nothing'}; policies: ${policies.join(', ')}; unsure: ${JSON.stringify(unsure)}`,
    ];
  }

  #fits(there: ReadonlySet<string>, policies: readonly string[]): boolean {
    const { contents, graph } = this.#model;
    const wanted = (GRAPHS[graph] ?? []).map((text) => /name: (\w+)/.exec(text)?.[1]);
    return (
      contents.size === there.size &&
      [...contents].every((hash) => there.has(hash)) &&
      wanted.toSorted().join() === [...policies].toSorted().join()
    );
  }

  async #check(): Promise<string[]> {
    const { store, database } = this.#options;
    const folder = join(this.#home, 'db');
    const db = await store.openDatabase(database === undefined ? { folder } : { url: database });
    try {
      const faults = await checkLibrary(store, db, this.#home);
      return existsSync(join(this.#home, 'running'))
        ? [...faults, 'The home looks as if its server had been killed']
        : faults;
    } finally {
      await db.close();
    }
  }
}

/** What meets the database in the moment of its end is told to try again. */
async function untilAnswers(client: FoveaClient): Promise<void> {
  for (let left = 100; ; left--) {
    try {
      await client.contents.list({ limit: 1 });
      return;
    } catch (error) {
      const isToTryAgain = error instanceof Error && 'code' in error && error.code === 'unavailable';
      if (left === 0 || !isToTryAgain) throw error;
      await sleep(100);
    }
  }
}

function forgetKnown(before: Unsure, known: Unsure): Unsure[] {
  if (before.kind === 'graph') return known.kind === 'graph' ? [] : [before];
  if (known.kind === 'graph') return [before];
  const hashes = before.hashes.filter((hash) => !known.hashes.includes(hash));
  return hashes.length === 0 ? [] : [{ ...before, hashes }];
}

const OPERATIONS = ['upload', 'upload', 'add folder', 'delete', 'delete', 'graph', 'thumbnails'] as const;

/** Small pictures that differ. */
async function makePool(): Promise<PoolPicture[]> {
  return Promise.all(
    Array.from({ length: POOL }, async (_, n) => {
      const background = { r: (n * 37) % 256, g: (n * 101) % 256, b: (n * 11) % 256 };
      const bytes = await sharp({ create: { width: 20 + n, height: 16, channels: 3, background } })
        .png()
        .toBuffer();
      return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
    }),
  );
}
