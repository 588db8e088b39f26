/**
 * What operations act on: an engine, a folder of photos, and the models of its namespaces.
 *
 * @module
 */
import type { ApiKey, Labels } from '../../src/contract/index.ts';
import type { FoveaClient } from '../../src/client/index.ts';
import type { Random } from '../fuzz/random.ts';
import type { Pair } from './comparison.ts';
import { same, soon } from './difference.ts';
import { NamespaceModel, type ModelContent } from './library-model.ts';
import type { PhotoFolder } from './photo-folder.ts';
import type { Sample } from './samples.ts';

export const NAMESPACES = ['default', 'trip', 'third_1'] as const;
const SETTLE_MS = 120_000;
const POLL_MS = 20;
/** A task whose bytes lie nowhere is tried for some seconds, so most runs of many policies are spared that. */
const KEEP_LOST = 0.03;

export class World {
  readonly random: Random;
  readonly samples: readonly Sample[];
  readonly photos: PhotoFolder;
  /** Keys that were made, by their ids. */
  readonly keys = new Map<string, Pick<ApiKey, 'name' | 'namespace' | 'access'>>();
  /** Number of the operation, from 1. */
  operation = 0;
  /** Behind which one the library was restored last. */
  restoredAt = 0;
  /** What the operation does, for people. */
  said = '';
  /** Namespaces that it has to do with. */
  readonly #touched = new Set<string>();
  #client: FoveaClient;
  readonly #models = new Map<string, NamespaceModel>();
  readonly #ids = new Map<string, Map<string, string>>(NAMESPACES.map((name) => [name, new Map()]));
  /** Namespaces in which tasks may be open. */
  readonly #open = new Set<string>();

  constructor(random: Random, client: FoveaClient, photos: PhotoFolder, samples: readonly Sample[]) {
    this.random = random;
    this.samples = samples;
    this.photos = photos;
    this.#client = client;
    this.#models.set('default', new NamespaceModel(photos));
  }

  get client(): FoveaClient {
    return this.#client;
  }

  /** What was backed up goes on as another library. */
  restored(client: FoveaClient): void {
    this.restoredAt = this.operation;
    this.reopened(client);
  }

  /** The engine was closed and another opened. */
  reopened(client: FoveaClient): void {
    this.#client = client;
    for (const name of this.#models.keys()) this.#open.add(name);
  }

  say(what: string): void {
    this.said += `${this.said === '' ? '' : '; '}${what}`;
  }

  /** Namespaces that are there. */
  names(): string[] {
    return [...this.#models.keys()].toSorted();
  }

  /** A namespace that is there. */
  pick(): string {
    return this.random.pick(this.names());
  }

  /** Another operation begins. */
  next(): void {
    this.operation += 1;
    this.said = '';
    this.#touched.clear();
  }

  /** Namespaces that the operation has to do with, and that are there. */
  touched(): string[] {
    return this.names().filter((name) => this.#touched.has(name));
  }

  /** A namespace that is there now if it was not. */
  pair(name: string): Pair {
    this.#touched.add(name);
    const model = this.#models.get(name) ?? new NamespaceModel(this.photos);
    this.#models.set(name, model);
    return { client: this.#client.withNamespace(name), model, ids: this.#ids.get(name) ?? new Map<string, string>() };
  }

  /** A namespace was deleted, with the keys that were for it. */
  drop(name: string): void {
    this.#models.delete(name);
    this.#open.delete(name);
    for (const [id, key] of this.keys) if (key.namespace === name) this.keys.delete(id);
  }

  /** Tasks may be open now. */
  opened(name: string): void {
    this.#open.add(name);
  }

  /** Waits until all tasks have ended and all versions of policies are in use. */
  async settle(name: string): Promise<Pair> {
    const pair = this.pair(name);
    if (!this.#open.has(name)) return pair;
    await pair.client.waitUntilIndexed({ timeoutMs: SETTLE_MS, pollMs: POLL_MS });
    await soon(async () => {
      const states = (await pair.client.graphs.list()).flatMap(({ policies }) => policies.map(({ state }) => state));
      same('whether a version is still built', states.includes('building'), false);
    });
    pair.model.finish();
    this.#open.delete(name);
    return pair;
  }

  async settleAll(): Promise<void> {
    for (const name of this.names()) await this.settle(name);
  }

  /** Deletes contents whose bytes lie nowhere: before what makes tasks of them. `always`, or mostly. */
  async deleteLost(name: string, always = false): Promise<void> {
    const { client, model, ids } = this.pair(name);
    const lost = [...model.contents.values()].filter((content) => model.bytesPlace(content) === undefined);
    if (lost.length === 0 || (!always && this.random.chance(KEEP_LOST))) return;
    const hashes = lost.map(({ sample }) => sample.sha256);
    this.say(`delete ${lost.length} that lie nowhere`);
    const { deleted, unknown } = await client.contents.delete(hashes.flatMap((hash) => ids.get(hash) ?? []));
    model.delete(hashes);
    same('the reply to deleting', { deleted, unknown }, { deleted: lost.length, unknown: [] });
  }

  labels(): Labels {
    const { random } = this;
    const labels: Labels = {};
    if (random.chance(0.5)) labels.trip = random.pick(['rome', 'oslo', 'a=b', '5', 'O\'Hara "2"']);
    if (random.chance(0.3)) labels.stars = random.int(1, 5);
    if (random.chance(0.2)) labels.best = random.chance(0.5);
    return labels;
  }

  /** Some contents of a namespace, none where it has none. */
  someOf({ model }: Pair, most: number): ModelContent[] {
    const all = [...model.contents.values()];
    if (all.length === 0) return [];
    return [...new Set(this.random.times(this.random.int(1, most), () => this.random.pick(all)))];
  }
}
