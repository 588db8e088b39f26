/**
 * The file of a content for extractors that read it themselves: where it lies, or a copy that is removed behind them.
 *
 * @module
 */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { WorkContent, WorkerTransport } from '../contract/index.ts';
import { BytesChangedError } from '../sources/index.ts';

export interface WorkFile {
  readonly path: string;
  /** Removes a copy. */
  done(): Promise<void>;
}

/** Writes a content to a new file, piece by piece where its bytes come so. */
export function copyWith(transport: Pick<WorkerTransport, 'bytes' | 'stream'>): NonNullable<WorkerTransport['copy']> {
  return async (namespace, contentId, path) => {
    const bytes = (await transport.stream?.(namespace, contentId)) ?? (await transport.bytes(namespace, contentId));
    await writeFile(path, bytes, { mode: 0o600, flag: 'wx' });
  };
}

/** @throws BytesChangedError where it is not the file that was added; what reading it throws. */
export async function openWorkFile(content: WorkContent, transport: WorkerTransport): Promise<WorkFile> {
  const { path: own, namespace, contentId, sha256, sizeBytes } = content;
  const path = own ?? join(tmpdir(), `fovea-${randomUUID()}`);
  const done = (): Promise<void> => (own === undefined ? rm(path, { force: true }) : Promise.resolve());
  try {
    if (own === undefined) await (transport.copy ?? copyWith(transport))(namespace, contentId, path);
    const hash = createHash('sha256');
    await pipeline(createReadStream(path), hash);
    if (hash.digest('hex') !== sha256) throw new BytesChangedError(own ?? contentId, sizeBytes, sizeBytes);
    return { path, done };
  } catch (error) {
    await done();
    throw error;
  }
}
