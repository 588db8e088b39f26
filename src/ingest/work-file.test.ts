import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { WorkContent, WorkerTransport } from '../contract/index.ts';
import { BytesChangedError } from '../sources/index.ts';
import { copyWith, openWorkFile } from './work-file.ts';

const PIECES = ['a film ', 'in three ', 'pieces'];
const content = (sha256: string): WorkContent => ({
  namespace: 'default',
  contentId: '00000000-0000-4000-8000-000000000001',
  mimeType: 'video/mp4',
  sizeBytes: 22,
  sha256,
  picture: false,
  tasks: [],
});
const right = content(createHash('sha256').update(PIECES.join('')).digest('hex'));

/** A transport that gives pieces, each when the one before is taken; `fault` comes instead of the last. */
function transport(fault?: Error): { readonly transport: WorkerTransport; readonly taken: () => number } {
  let taken = 0;
  const pieces = async function* () {
    for (const [place, piece] of PIECES.entries()) {
      if (fault !== undefined && place === PIECES.length - 1) throw fault;
      taken += 1;
      yield Buffer.from(piece);
    }
  };
  const own: Partial<WorkerTransport> = {
    bytes: () => Promise.reject(new Error('Not as a whole')),
    stream: () => Promise.resolve(pieces()),
  };
  return { transport: own as WorkerTransport, taken: () => taken };
}

test('openWorkFile() copies what lies elsewhere piece by piece, for this user alone, and removes the copy', async () => {
  const from = transport();
  const { path, done } = await openWorkFile(right, from.transport);
  expect([readFileSync(path, 'utf8'), from.taken(), statSync(path).mode & 0o777]).toEqual([
    'a film in three pieces',
    3,
    0o600,
  ]);
  await done();
  expect(existsSync(path)).toBe(false);
});

test('openWorkFile() leaves no copy of what breaks off, or is something else', async () => {
  const copies: string[] = [];
  const watched = (own: WorkerTransport): WorkerTransport => ({
    ...own,
    copy: (namespace, contentId, path) => {
      copies.push(path);
      return copyWith(own)(namespace, contentId, path);
    },
  });
  const broken = watched(transport(new Error('The server went away')).transport);
  await expect(openWorkFile(right, broken)).rejects.toThrow('The server went away');
  const other = content('0'.repeat(64));
  await expect(openWorkFile(other, watched(transport().transport))).rejects.toThrow(BytesChangedError);
  expect(copies.map((path) => existsSync(path))).toEqual([false, false]);
});
