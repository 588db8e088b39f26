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
  const absolute = resolve(path);
  const { size, mtimeMs } = await stat(absolute);
  const entry = join(
    cacheFolder,
    '.hashes',
    `${createHash('sha256').update(absolute).digest('hex').slice(0, 32)}.json`,
  );
  const known = Remembered.safeParse(await readJson(entry)).data;
  if (known?.path === absolute && known.size === size && known.mtimeMs === mtimeMs) return known.sha256;
  const sha256 = await computeSha256(absolute);
  // A cache that can't be written costs time, nothing else.
  await writeAtomically(entry, JSON.stringify({ path: absolute, size, mtimeMs, sha256 })).catch(() => undefined);
  return sha256;
}

async function computeSha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}
