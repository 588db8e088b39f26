/**
 * SHA-256 of files, remembered by path, size and time of change, because hashing 350 MB takes a second and `describe` is
 * asked often.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { readJson, writeAtomically } from './cache.ts';

const Remembered = z.object({ path: z.string(), size: z.number(), mtimeMs: z.number(), sha256: z.string() });

/** Hex SHA-256 of the file, from memory in `<cacheFolder>/.hashes` where the file hasn't changed since. */
export async function fileSha256(path: string, cacheFolder: string): Promise<string> {
  const { sha256, remember } = await rememberedSha256(path, cacheFolder);
  if (sha256 !== undefined) return sha256;
  const computed = await computeSha256(path);
  await remember(computed);
  return computed;
}

/** What the file's hash was when it was read first, where neither its size nor its time says that it has changed. */
export async function rememberedSha256(
  path: string,
  cacheFolder: string,
): Promise<{ readonly sha256: string | undefined; readonly remember: (sha256: string) => Promise<void> }> {
  const absolute = resolve(path);
  const { size, mtimeMs } = await stat(absolute);
  const entry = join(
    cacheFolder,
    '.hashes',
    `${createHash('sha256').update(absolute).digest('hex').slice(0, 32)}.json`,
  );
  const known = Remembered.safeParse(await readJson(entry)).data;
  const isSame = known?.path === absolute && known.size === size && known.mtimeMs === mtimeMs;
  return {
    sha256: isSame ? known.sha256 : undefined,
    // A cache that can't be written costs time, nothing else.
    remember: (sha256) =>
      writeAtomically(entry, JSON.stringify({ path: absolute, size, mtimeMs, sha256 })).catch(() => undefined),
  };
}

/** Hex SHA-256 of the bytes as they are now; 350 MB take 0.3–0.9 s. */
export async function computeSha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}
