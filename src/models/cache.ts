/**
 * The cache folder, shared by every Fovea process of a user:
 *
 *     <cache>/<owner>--<name>/<revision>/<path of the file>      fetched weights
 *     <cache>/<owner>--<name>/<revision>/fovea-lock.json         their pinned hashes (`pins.ts`)
 *     <cache>/.hashes/<key>.json                                 hashes of files anywhere (`file-hash.ts`)
 *     <cache>/.signed/<sha256>.onnx, <sha256>.<CPU>.json               rewritten weights, and whether they are used here
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from './errno.ts';

/** Folder of one revision of one repository; `/` in either becomes `--`. */
export function repositoryFolder(cacheFolder: string, repository: string, revision: string): string {
  return join(cacheFolder, repository.replaceAll('/', '--'), revision.replaceAll('/', '--'));
}

/** True where `path` is a file. */
export async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** True where `path` is a folder. */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

/** The parsed file, or undefined where there is none or it isn't JSON (a cache entry that can be made again). */
export async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Writes beside and renames: a reader sees the old file or the new one, never a part. */
export async function writeAtomically(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const beside = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.new`;
  try {
    await writeFile(beside, content);
    await rename(beside, path);
  } finally {
    await rm(beside, { force: true });
  }
}
