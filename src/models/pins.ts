/**
 * `fovea-lock.json` beside fetched files: what each was when it first came. A file that a later fetch would bring with
 * another hash is refused. `absent` remembers that the repository has no such file, so that offline use needs no answer.
 *
 * @module
 */
import { join } from 'node:path';
import { z } from 'zod';
import { readJson, writeAtomically } from './cache.ts';
import { withFileLock } from './file-lock.ts';

const Pin = z.union([
  z.object({ sha256: z.string(), sizeBytes: z.number(), source: z.string() }),
  z.object({ absent: z.literal(true) }),
]);
export type Pin = z.infer<typeof Pin>;

const LockFile = z.object({ files: z.record(z.string(), Pin) });

/** The pins of a repository's folder; empty where there are none yet. */
export async function readPins(folder: string): Promise<Readonly<Record<string, Pin>>> {
  return LockFile.safeParse(await readJson(lockPath(folder))).data?.files ?? {};
}

/** Adds one pin; safe against other processes that add theirs. */
export async function addPin(folder: string, path: string, pin: Pin): Promise<void> {
  await withFileLock(`${lockPath(folder)}.lock`, async () => {
    const files = { ...(await readPins(folder)), [path]: pin };
    const sorted = Object.fromEntries(Object.entries(files).toSorted(([a], [b]) => (a < b ? -1 : 1)));
    await writeAtomically(lockPath(folder), `${JSON.stringify({ files: sorted }, null, 2)}\n`);
  });
}

function lockPath(folder: string): string {
  return join(folder, 'fovea-lock.json');
}
