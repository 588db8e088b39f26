/**
 * A folder of photos as a user has it: real files, whose changes are random, and what lies where.
 *
 * @module
 */
import { mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Random } from '../fuzz/random.ts';
import type { Sample } from './samples.ts';

export interface DiskFile {
  /** Below the root, e.g. `Trip/scan 2.png`. */
  readonly path: string;
  readonly sample: Sample;
  /** Another one after each write; a file that is moved keeps it, and so does one that is written again with its old time. */
  readonly stamp: string;
}

/** In the order in which they are walked. */
const FOLDERS = ['', 'Trip/', 'Trip/Deep/', 'Zoo/'] as const;
const STEMS = ['photo 1', 'photo-2', 'Ünal', 'scan', 'x%20y', 'z'] as const;
const ENDINGS = ['.png', '.PNG', '.jpg', '.dat'] as const;
const PASSED_OVER = ['.hidden.png', 'edit.xmp', 'takeout.json'] as const;
const MOST_FILES = 40;
/** Files whose time is long ago are not waited for. */
const FIRST_SECOND = 1_600_000_000;

export class PhotoFolder {
  readonly root: string;
  readonly #files = new Map<string, DiskFile>();
  readonly #samples: readonly Sample[];
  #writes = 0;

  constructor(root: string, samples: readonly Sample[]) {
    this.root = root;
    this.#samples = samples;
    for (const folder of FOLDERS) mkdirSync(join(root, folder), { recursive: true });
  }

  /** Folders, with the root as `''`. */
  static readonly folders: readonly string[] = FOLDERS;

  /** Those at or below a path of the folder, in the order in which they are walked. */
  below(path: string): DiskFile[] {
    const own = this.#files.get(path);
    if (own !== undefined) return [own];
    return [...this.#files.values()]
      .filter((file) => file.path.startsWith(path))
      .toSorted((a, b) => placeOf(a) - placeOf(b) || Buffer.from(a.path).compare(Buffer.from(b.path)));
  }

  /** The sample that lies at a `file:` URI now. */
  at(uri: string): Sample | undefined {
    return [...this.#files.values()].find(({ path }) => this.uri(path) === uri)?.sample;
  }

  uri(path: string): string {
    return pathToFileURL(join(this.root, path)).href;
  }

  /** One random change. @returns It, for people. */
  change(random: Random): string {
    const files = [...this.#files.values()];
    const kind = files.length === 0 ? 'write' : random.pick(CHANGES);
    if (kind === 'write') return this.#writeNew(random);
    const file = random.pick(files);
    if (kind === 'overwrite') {
      const sample = random.pick(this.#samples);
      this.#write(file.path, sample);
      return `"${file.path}" holds ${short(sample)} now`;
    }
    if (kind === 'touch') {
      this.#write(file.path, file.sample);
      return `"${file.path}" has another time`;
    }
    if (kind === 'copy') {
      const path = randomPath(random);
      this.#write(path, file.sample);
      return `"${path}" is a copy of "${file.path}"`;
    }
    if (kind === 'move') {
      const path = randomPath(random);
      this.#move(file, path);
      return `"${file.path}" was moved to "${path}"`;
    }
    rmSync(join(this.root, file.path));
    this.#files.delete(file.path);
    return `"${file.path}" was removed`;
  }

  #writeNew(random: Random): string {
    if (this.#files.size >= MOST_FILES) return 'nothing';
    const path = random.chance(0.1) ? random.pick(FOLDERS) + random.pick(PASSED_OVER) : randomPath(random);
    const sample = random.pick(this.#samples);
    this.#write(path, sample);
    return `"${path}" holds ${short(sample)}`;
  }

  #write(path: string, sample: Sample): void {
    this.#writes += 1;
    const full = join(this.root, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, sample.bytes);
    utimesSync(full, FIRST_SECOND, FIRST_SECOND + this.#writes);
    this.#files.set(path, { path, sample, stamp: String(this.#writes) });
  }

  #move(file: DiskFile, path: string): void {
    renameSync(join(this.root, file.path), join(this.root, path));
    this.#files.delete(file.path);
    this.#files.set(path, { ...file, path });
  }
}

const CHANGES = [
  'write',
  'write',
  'write',
  'overwrite',
  'overwrite',
  'touch',
  'copy',
  'move',
  'move',
  'remove',
] as const;

function randomPath(random: Random): string {
  return random.pick(FOLDERS) + random.pick(STEMS) + random.pick(ENDINGS);
}

function placeOf({ path }: DiskFile): number {
  return FOLDERS.indexOf(path.slice(0, path.lastIndexOf('/') + 1) as (typeof FOLDERS)[number]);
}

/** What a file's name makes of it: passed over by its name, or by its bytes unless the name promises a picture. */
export function ignoredAs({ path, sample }: DiskFile): string | undefined {
  const name = nameOf(path);
  const ending = name.slice(name.lastIndexOf('.')).toLowerCase();
  if (name.startsWith('.')) return `(hidden) ${ending}`;
  if (['.xmp', '.json'].includes(ending)) return ending;
  const isPicture = sample.kind === 'picture' || sample.kind === 'truncated' || ['.png', '.jpg'].includes(ending);
  return isPicture ? undefined : ending;
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function short({ sha256, kind }: Sample): string {
  return `${kind} ${sha256.slice(0, 8)}`;
}
