import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { temporaryFolders } from '../../test/models/folder.ts';
import { isFile } from './cache.ts';
import { withFileLock } from './file-lock.ts';

const folder = temporaryFolders();
const timing = { staleMs: 5_000, pollMs: 5 };

function abandoned(content: object): string {
  const path = `${folder()}/lock`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(content));
  return path;
}

test('withFileLock() lets one work at a time and leaves nothing behind', async () => {
  const path = `${folder()}/lock`;
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    most = Math.max(most, ++inside);
    await sleep(10);
    inside--;
  };
  await Promise.all(Array.from({ length: 5 }, () => withFileLock(path, work, timing)));
  expect(most).toBe(1);
  expect(await isFile(path)).toBe(false);
});

test('withFileLock() opens again after work that throws', async () => {
  const path = `${folder()}/lock`;
  await expect(withFileLock(path, () => Promise.reject(new Error('broken')), timing)).rejects.toThrow('broken');
  expect(await withFileLock(path, () => Promise.resolve(1), timing)).toBe(1);
});

test('withFileLock() takes over from a process that is gone', async () => {
  // Larger than any process id.
  const path = abandoned({ pid: 2 ** 30, host: hostname() });
  expect(await withFileLock(path, () => Promise.resolve(1), timing)).toBe(1);
});

test('withFileLock() takes over a lock of another machine that nobody touches', async () => {
  const path = abandoned({ pid: 1, host: 'elsewhere' });
  expect(await withFileLock(path, () => Promise.resolve(1), { staleMs: 30, pollMs: 5 })).toBe(1);
});

test.each([-1, 1])('withFileLock() waits for a holder that lives, whatever the clock says: %i day', async (days) => {
  const path = abandoned({ pid: process.pid, host: hostname() });
  const then = new Date(Date.now() + days * 86_400_000);
  utimesSync(path, then, then);
  const waiting = withFileLock(path, () => Promise.resolve('in'), timing);
  expect(await Promise.race([waiting, sleep(50, 'waiting')])).toBe('waiting');
  rmSync(path);
  expect(await waiting).toBe('in');
});
