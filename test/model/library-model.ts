/**
 * What a library should hold, kept in memory by rules that a user could write down:
 *
 * - The same bytes in a namespace are one content. It has the name it was first added under, and the labels of every time.
 * - A place (a file, or bytes that Fovea stores) holds one content at a time. What lay there before keeps it as `missing`,
 *   unless it lies elsewhere.
 * - A file that has gone leaves its content there, its place `missing`. A content that is only known by other names takes
 *   the first of them. One that lies nowhere, and of which nothing could be extracted, is forgotten.
 * - What is added gets a task of every policy that takes it, and one that learns its size. A policy that is new or changed
 *   gets tasks of all contents it takes by the labels that they have then.
 * - Tasks of a picture whose bytes lie nowhere fail; they run again when it is met again.
 *
 * @module
 */
import type { Labels } from '../../src/contract/index.ts';
import { DEFAULT_GRAPH, expectedChange, needsPixels, takes } from './graph-model.ts';
import type { ApplyMode, AskedGraph, ModelGraph, ModelPolicy } from './graph-model.ts';
import { ignoredAs, nameOf, type DiskFile, type PhotoFolder } from './photo-folder.ts';
import type { Sample } from './samples.ts';

/** `unread`: its bytes lay nowhere. */
export type TaskEnd = 'open' | 'done' | 'unreadable' | 'unread';

interface Place {
  state: 'present' | 'missing';
  /** Of the file as it was when it was read; empty for stored bytes. */
  stamp: string;
  /** Number of the operation that read it. */
  seen: number;
}

export interface ModelContent {
  readonly sample: Sample;
  name: string;
  labels: Labels;
  /** Number of the operation that added it. */
  readonly born: number;
  readonly places: Map<string, Place>;
  /** By `graph.policy`; `picture` is the one that learns its size. */
  readonly tasks: Map<string, TaskEnd>;
}

/** What adding a path tells in the end. */
export interface AddTotals {
  seen: number;
  added: number;
  duplicates: number;
  unchanged: number;
  missing: number;
  readonly ignored: Record<string, number>;
}

export const PICTURE_TASK = 'picture';
export const storedUri = ({ sha256 }: Sample): string => `fovea:${sha256}`;

/** One namespace. */
export class NamespaceModel {
  /** By SHA-256. */
  readonly contents = new Map<string, ModelContent>();
  readonly graphs = new Map<string, ModelGraph>();
  readonly #photos: PhotoFolder;

  constructor(photos: PhotoFolder) {
    this.#photos = photos;
  }

  /** @returns Whether it was new. */
  upload(operation: number, sample: Sample, name: string, labels: Labels): boolean {
    const created = this.#store(operation, [{ sample, name, labels, uri: storedUri(sample), stamp: '' }]);
    return created > 0;
  }

  /** Adds what lies at or below a path of the folder. */
  add(operation: number, path: string, labels: Labels): AddTotals {
    const files = this.#photos.below(path);
    const totals: AddTotals = { seen: files.length, added: 0, duplicates: 0, unchanged: 0, missing: 0, ignored: {} };
    const changed: DiskFile[] = [];
    for (const file of files) {
      const ignored = ignoredAs(file);
      const uri = this.#photos.uri(file.path);
      const known = this.#lastAt(uri);
      if (ignored !== undefined) {
        totals.ignored[ignored] = (totals.ignored[ignored] ?? 0) + 1;
        if (known?.place.state === 'present') this.#leave([uri], totals);
      } else if (known?.place.stamp === file.stamp) {
        totals.unchanged += 1;
        known.place.state = 'present';
        this.#meet(known.content);
        Object.assign(known.content.labels, labels);
      } else changed.push(file);
    }
    const replaced = changed.flatMap(({ path: each, sample }) => {
      const before = this.#lastAt(this.#photos.uri(each))?.content;
      return before === undefined || before.sample === sample ? [] : [before];
    });
    totals.added = this.#store(
      operation,
      changed.map(({ path: each, sample, stamp }) => {
        return { sample, name: nameOf(each), labels, uri: this.#photos.uri(each), stamp };
      }),
    );
    totals.duplicates = changed.length - totals.added;
    this.#settle(replaced);
    const root = this.#photos.uri(path).replace(/\/$/, '');
    const gone = [...this.#presentUris()].filter(
      (uri) => (uri === root || uri.startsWith(`${root}/`)) && this.#photos.at(uri) === undefined,
    );
    this.#leave(gone, totals);
    return totals;
  }

  setLabels(hashes: readonly string[], set: Labels, remove: readonly string[]): void {
    for (const hash of hashes) {
      const content = this.contents.get(hash);
      if (content === undefined) continue;
      content.labels = Object.fromEntries(
        Object.entries({ ...content.labels, ...set }).filter(([key]) => !remove.includes(key)),
      );
    }
  }

  delete(hashes: readonly string[]): void {
    for (const hash of hashes) this.contents.delete(hash);
  }

  /** @returns Whether there was no graph, and the default one was made. */
  ensureGraph(): boolean {
    if ([...this.graphs.values()].some((graph) => graph.size > 0)) return false;
    this.apply(DEFAULT_GRAPH, 'merge');
    return true;
  }

  apply(asked: AskedGraph, mode: ApplyMode): void {
    const { added, changed, removed } = expectedChange(this.graphs.get(asked.name), asked, mode);
    const graph = this.graphs.get(asked.name) ?? new Map<string, ModelPolicy>();
    this.graphs.set(asked.name, graph);
    for (const name of removed) {
      graph.delete(name);
      this.#forgetTasks(`${asked.name}.${name}`);
    }
    for (const policy of asked.policies) {
      graph.set(policy.name, policy);
      if (!added.includes(policy.name) && !changed.includes(policy.name)) continue;
      const key = `${asked.name}.${policy.name}`;
      this.#forgetTasks(key);
      for (const { sample, labels, tasks } of this.contents.values())
        if (takes(policy, sample.mimeType, labels)) tasks.set(key, 'open');
    }
  }

  deleteGraph(name: string): void {
    for (const policy of this.graphs.get(name)?.keys() ?? []) this.#forgetTasks(`${name}.${policy}`);
    this.graphs.delete(name);
  }

  /** Policies in no order, with the key of their tasks. */
  policies(): { readonly key: string; readonly graph: string; readonly policy: ModelPolicy }[] {
    return [...this.graphs].flatMap(([graph, policies]) =>
      [...policies.values()].map((policy) => ({ key: `${graph}.${policy.name}`, graph, policy })),
    );
  }

  /** Lets failed tasks run again. @returns How many. */
  retry(hashes: readonly string[] = [...this.contents.keys()]): number {
    let retried = 0;
    for (const hash of hashes) {
      const tasks = this.contents.get(hash)?.tasks ?? new Map<string, TaskEnd>();
      for (const [key, end] of tasks) {
        if (end !== 'unreadable' && end !== 'unread') continue;
        tasks.set(key, 'open');
        retried += 1;
      }
    }
    return retried;
  }

  /** All tasks have ended. Those of a content that are open together are done together. */
  finish(): void {
    for (const content of this.contents.values()) {
      const { sample, tasks } = content;
      const open = [...tasks].filter(([, end]) => end === 'open').map(([key]) => key);
      const decodes = open.some((key) => key === PICTURE_TASK || this.#decodes(key));
      const readable: TaskEnd = sample.kind === 'picture' || !decodes ? 'done' : 'unreadable';
      for (const key of open) tasks.set(key, this.bytesPlace(content) === undefined ? 'unread' : readable);
    }
  }

  /** Where the bytes of a content can be read now. */
  bytesPlace({ sample, places }: ModelContent): string | undefined {
    return [...places.keys()].find((uri) => uri === storedUri(sample) || this.#photos.at(uri) === sample);
  }

  /** Where its bytes lie as far as is known, the first by their address. */
  shownUri({ places }: ModelContent): string | undefined {
    return [...places]
      .filter(([, { state }]) => state === 'present')
      .map(([uri]) => uri)
      .toSorted()[0];
  }

  #decodes(key: string): boolean {
    return this.policies().some((each) => each.key === key && needsPixels(each.policy));
  }

  #forgetTasks(key: string): void {
    for (const { tasks } of this.contents.values()) tasks.delete(key);
  }

  *#presentUris(): Generator<string> {
    for (const { places } of this.contents.values())
      for (const [uri, { state }] of places) if (state === 'present') yield uri;
  }

  /** The content that lies at a place, else the one that lay there last. */
  #lastAt(uri: string): { readonly content: ModelContent; readonly place: Place } | undefined {
    const found = [...this.contents.values()].flatMap((content) => {
      const place = content.places.get(uri);
      return place === undefined ? [] : [{ content, place }];
    });
    const rank = ({ place }: { place: Place }): number => (place.state === 'present' ? Infinity : place.seen);
    return found.toSorted((a, b) => rank(b) - rank(a))[0];
  }

  /** Stores what was read, in one transaction. @returns How many contents are new. */
  #store(
    operation: number,
    files: readonly {
      readonly sample: Sample;
      readonly name: string;
      readonly labels: Labels;
      readonly uri: string;
      readonly stamp: string;
    }[],
  ): number {
    const met = new Set<ModelContent>();
    let created = 0;
    for (const { sample, name, labels } of files) {
      const known = this.contents.get(sample.sha256);
      if (known === undefined) {
        this.contents.set(sample.sha256, this.#newContent(operation, sample, name, labels));
        created += 1;
      } else {
        Object.assign(known.labels, labels);
        if (known.born < operation) met.add(known);
      }
    }
    const left = new Map<ModelContent, string[]>();
    for (const { sample, uri, stamp } of files) {
      for (const [hash, content] of this.contents) {
        const place = content.places.get(uri);
        if (hash === sample.sha256 || place?.state !== 'present') continue;
        place.state = 'missing';
        left.set(content, [...(left.get(content) ?? []), uri]);
      }
      this.contents.get(sample.sha256)?.places.set(uri, { state: 'present', stamp, seen: operation });
    }
    for (const [content, uris] of left)
      if (this.shownUri(content) !== undefined) for (const uri of uris) content.places.delete(uri);
    for (const content of met) this.#meet(content);
    return created;
  }

  #newContent(operation: number, sample: Sample, name: string, labels: Labels): ModelContent {
    const taken = this.policies().filter(({ policy }) => takes(policy, sample.mimeType, labels));
    const tasks = [PICTURE_TASK, ...taken.map(({ key }) => key)].map((key): [string, TaskEnd] => [key, 'open']);
    return { sample, name, labels: { ...labels }, born: operation, places: new Map(), tasks: new Map(tasks) };
  }

  /** What could not be read is tried again. */
  #meet({ tasks }: ModelContent): void {
    for (const [key, end] of tasks) if (end === 'unread') tasks.set(key, 'open');
  }

  /** Marks places as gone. */
  #leave(uris: readonly string[], totals: AddTotals): void {
    const contents: ModelContent[] = [];
    for (const content of this.contents.values()) {
      for (const uri of uris) {
        const place = content.places.get(uri);
        if (place?.state !== 'present') continue;
        place.state = 'missing';
        contents.push(content);
      }
    }
    totals.missing += uris.length;
    this.#settle(contents);
  }

  /** Names follow files; what is broken and has gone is forgotten. */
  #settle(contents: readonly ModelContent[]): void {
    for (const content of contents) {
      const present = [...content.places].filter(([, { state }]) => state === 'present').map(([uri]) => uri);
      const names = present.toSorted().map((uri) => (uri.startsWith('file:') ? fileName(uri) : undefined));
      const [first] = names;
      if (first !== undefined && !names.some((name) => name === undefined || name === content.name))
        content.name = first;
      const ends = [...content.tasks.values()];
      const isBroken = ends.every((end) => end === 'unreadable' || end === 'unread');
      if (present.length === 0 && isBroken) this.contents.delete(content.sample.sha256);
    }
  }
}

function fileName(uri: string): string {
  return decodeURIComponent(nameOf(uri));
}
