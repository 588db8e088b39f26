/**
 * Which build of 8-bit weights to run on this CPU: as published, or made signed (`signed-weights.ts`).
 *
 * On x86 without VNNI signed products may saturate, so both are run on the same input once per model and CPU; the signed
 * one is taken where its outputs are the same bits and it is faster. The choice is kept in the cache folder.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { arch, cpus } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { isFile, readJson, writeAtomically } from './cache.ts';
import { errorCode, isDiskFull } from './errno.ts';
import { computeSha256, fileSha256 } from './file-hash.ts';
import { withFileLock } from './file-lock.ts';
import { openSession } from './session.ts';
import type { Feed, Output, Session } from './session.ts';
import { signWeights } from './signed-weights.ts';

/** Runs timed after one that warms up; the fastest counts. */
const RUNS = 3;

const Choice = z.object({
  cpu: z.string(),
  /** False where there was nothing to rewrite. */
  rewritten: z.boolean(),
  identical: z.boolean(),
  publishedMs: z.number(),
  signedMs: z.number(),
  use: z.enum(['published', 'signed']),
  /** Of the rewritten file, whose damage nobody else would notice. */
  signedSha256: z.string().optional(),
});
export type SignedChoice = z.infer<typeof Choice>;

export type Feeds = Readonly<Record<string, Feed>>;

/** True for files that hold 8-bit weights by their published name. */
export function isEightBit(file: string): boolean {
  return /_(quantized|int8|uint8)\.onnx$/.test(file);
}

/**
 * Path of the build to load. The first call for a model and CPU takes seconds: it loads and runs both.
 *
 * @param sample An input of the size that will be used, made once the graph's inputs are known.
 */
export async function fastestBuild(
  path: string,
  cacheFolder: string,
  sample: (session: Session) => Feeds,
): Promise<string> {
  const sha256 = await fileSha256(path, cacheFolder);
  const signed = join(cacheFolder, '.signed', `${sha256}.onnx`);
  try {
    const choice = await signedChoice(path, signed, recordOf(sha256, cacheFolder), sample);
    return choice.use === 'signed' ? signed : path;
  } catch (error) {
    // Both give the same vectors: where the other can't be kept, the one that is here will do until the next load.
    if (isWriteError(error)) return path;
    throw error;
  }
}

/** What was chosen on this CPU for the file with that hash; undefined where it was not loaded here yet. */
export async function knownChoice(
  sha256: string,
  { cacheFolder }: { readonly cacheFolder: string },
): Promise<SignedChoice | undefined> {
  return Choice.safeParse(await readJson(recordOf(sha256, cacheFolder))).data;
}

function isWriteError(error: unknown): boolean {
  return isDiskFull(error) || ['EACCES', 'EPERM', 'EROFS'].includes(errorCode(error) ?? '');
}

function recordOf(sha256: string, cacheFolder: string): string {
  return join(cacheFolder, '.signed', `${sha256}.${cpuKey()}.json`);
}

/** The choice for the model at `path`, made now where `record` holds none. */
export async function signedChoice(
  path: string,
  signed: string,
  record: string,
  sample: (session: Session) => Feeds,
): Promise<SignedChoice> {
  const known = async (): Promise<SignedChoice | undefined> => {
    const choice = Choice.safeParse(await readJson(record)).data;
    if (choice?.use !== 'signed') return choice;
    return (await isFile(signed)) && (await computeSha256(signed)) === choice.signedSha256 ? choice : undefined;
  };
  return (
    (await known()) ??
    (await withFileLock(`${record}.lock`, async () => {
      const choice = (await known()) ?? (await choose(path, signed, sample));
      await writeAtomically(record, `${JSON.stringify(choice)}\n`);
      return choice;
    }))
  );
}

async function choose(path: string, signed: string, sample: (session: Session) => Feeds): Promise<SignedChoice> {
  const rewritten = signWeights(await readFile(path));
  const cpu = cpuName();
  if (rewritten === undefined) {
    return { cpu, rewritten: false, identical: true, publishedMs: 0, signedMs: 0, use: 'published' };
  }
  await writeAtomically(signed, rewritten);
  const before = await measure(path, sample);
  const after = await measure(signed, sample);
  const identical = sameBits(before.outputs, after.outputs);
  return {
    cpu,
    rewritten: true,
    identical,
    publishedMs: before.ms,
    signedMs: after.ms,
    use: identical && after.ms < before.ms ? 'signed' : 'published',
    signedSha256: createHash('sha256').update(rewritten).digest('hex'),
  };
}

async function measure(
  path: string,
  sample: (session: Session) => Feeds,
): Promise<{ ms: number; outputs: Readonly<Record<string, Output>> }> {
  const session = await openSession(path);
  try {
    const feeds = sample(session);
    const outputs = await session.run(feeds);
    let ms = Infinity;
    for (let run = 0; run < RUNS; run++) {
      const start = performance.now();
      await session.run(feeds);
      ms = Math.min(ms, performance.now() - start);
    }
    return { ms, outputs };
  } finally {
    await session.close();
  }
}

function sameBits(a: Readonly<Record<string, Output>>, b: Readonly<Record<string, Output>>): boolean {
  const names = Object.keys(a);
  return (
    names.length > 0 &&
    names.length === Object.keys(b).length &&
    names.every((name) => {
      const [x, y] = [a[name], b[name]];
      return x !== undefined && y !== undefined && bytes(x).equals(bytes(y));
    })
  );
}

function bytes({ data }: Output): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

function cpuName(): string {
  return `${arch()} ${cpus()[0]?.model ?? 'unknown'}`;
}

function cpuKey(): string {
  return createHash('sha256').update(cpuName()).digest('hex').slice(0, 12);
}
