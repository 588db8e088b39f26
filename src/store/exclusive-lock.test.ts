import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lockHolder, takeLock, waitForLock } from './exclusive-lock.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fovea-lock-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('takeLock() gives a path to one holder, and to the next when it is released', async () => {
  const path = join(folder, 'not-there-yet');
  const lock = await takeLock(path);
  expect(await takeLock(path)).toBeUndefined();
  expect(await lockHolder(path)).toEqual({ pid: process.pid });
  await lock?.release();
  expect(await lockHolder(path)).toBeUndefined();
  await (await takeLock(path))?.release();
});

test('waitForLock() waits for the release, or gives up', async () => {
  const path = join(folder, 'awaited');
  const lock = await takeLock(path);
  expect(await waitForLock(path, 60)).toBeUndefined();
  setTimeout(() => void lock?.release(), 100);
  const next = await waitForLock(path, 60_000);
  expect(next).toBeDefined();
  await next?.release();
});

test('takeLock() takes over the socket file of a process that was killed', async () => {
  const address = join(folder, 'left-over.sock');
  const listen = `require('node:net').createServer().listen(${JSON.stringify(address)}, () => console.log('up'))`;
  const child = spawn(process.execPath, ['-e', listen], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  expect(await takeLock(folder, address)).toBeUndefined();
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(existsSync(address)).toBe(true);
  const locks = await Promise.all([takeLock(folder, address), takeLock(folder, address)]);
  expect(locks.filter((lock) => lock !== undefined)).toHaveLength(1);
  for (const lock of locks) await lock?.release();
});
