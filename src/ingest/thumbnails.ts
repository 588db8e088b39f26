/**
 * Thumbnails in the home folder: `<folder>/<namespace>/<first two of the id>/<content id>-<side>.webp`, of bytes that were updated
 * `…-<side>-<version>.webp`, so that none is ever taken for one of other bytes. Derived data: they can be made again from the
 * pictures at any time.
 *
 * @module
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { errnoOf, writeError } from '../sources/index.ts';

/** Sides that are kept; a request gets the smallest that is large enough. */
export const THUMBNAIL_SIDES = [320, 640, 1280, 2048] as const;

/** The bytes of a content that a thumbnail shows. */
export interface PictureVersion {
  readonly contentId: string;
  readonly version: number;
}

export interface ThumbnailStore {
  read(namespace: string, picture: PictureVersion, side: number): Promise<Uint8Array | undefined>;
  write(namespace: string, picture: PictureVersion, side: number, webp: Uint8Array): Promise<void>;
  /** Those of all versions. */
  remove(namespace: string, contentIds: readonly string[]): Promise<void>;
  removeNamespace(namespace: string): Promise<void>;
  /** Namespaces that have some. */
  namespaces(): Promise<string[]>;
  /** Ids of contents that have some, each once or more. Half-written ones are removed. */
  each(namespace: string): AsyncGenerator<string>;
}

/** Names of files start with the content's id. */
const UUID_LENGTH = 36;

/** The kept side for a wish in pixels. */
export function thumbnailSide(wish: number): number {
  return THUMBNAIL_SIDES.find((side) => side >= wish) ?? 2048;
}

export function createThumbnailStore(folder: string): ThumbnailStore {
  const shardOf = (namespace: string, contentId: string): string => join(folder, namespace, contentId.slice(0, 2));
  const path = (namespace: string, { contentId, version }: PictureVersion, side: number): string =>
    join(shardOf(namespace, contentId), `${contentId}-${side}${version === 1 ? '' : `-${version}`}.webp`);
  return {
    async read(namespace, picture, side) {
      try {
        return await readFile(path(namespace, picture, side));
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async write(namespace, picture, side, webp) {
      const target = path(namespace, picture, side);
      const part = `${target}.${randomUUID()}.part`;
      try {
        await writeInto(part, webp);
        await rename(part, target);
      } catch (error) {
        await rm(part, { force: true }).catch(() => undefined);
        throw await writeError(error, folder);
      }
    },
    async remove(namespace, contentIds) {
      const ids = new Set(contentIds);
      for (const shard of new Set(contentIds.map((contentId) => shardOf(namespace, contentId)))) {
        for (const name of await names(shard)) {
          if (ids.has(name.slice(0, UUID_LENGTH))) await rm(join(shard, name), { force: true });
        }
      }
    },
    namespaces: () => names(folder),
    async *each(namespace) {
      for (const shard of await names(join(folder, namespace))) {
        for (const name of await names(join(folder, namespace, shard))) {
          if (name.endsWith('.part')) await rm(join(folder, namespace, shard, name), { force: true });
          else yield name.slice(0, UUID_LENGTH);
        }
      }
    },
    // Again, where a worker that was at it writes one into a folder as it is removed (ENOTEMPTY).
    removeNamespace: (namespace) =>
      rm(join(folder, namespace), { recursive: true, force: true, maxRetries: 50, retryDelay: 5 }),
  };
}

/** Makes the folder where it isn't there yet, which it mostly is. */
async function writeInto(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(path, bytes);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  }
}

/** What a folder holds; nothing where it isn't there. */
async function names(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  });
}
