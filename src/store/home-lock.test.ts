import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ConflictError } from '../contract/errors.ts';
import { readHomeOwner, takeHomeLock } from './home-lock.ts';

const module = new URL('../../dist/store/home-lock.js', import.meta.url).href;
let folder: string;
const children: ChildProcess[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fovea-home-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    // The lock lives until its holder has gone.
    await once(child, 'exit');
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A process of its own that takes the lock and says so, or says why not. */
async function taker(home: string): Promise<{ child: ChildProcess; said: string }> {
  const program = `
    const { takeHomeLock } = await import(${JSON.stringify(module)});
    try {
      const lock = await takeHomeLock(${JSON.stringify(home)});
      await lock.announce(8900);
      console.log('taken');
    } catch (error) {
      console.log(error.code + ' ' + error.message);
    }
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, said: said.toString().trim() };
}

test('takeHomeLock() lets one process in and tells the next who it is', async () => {
  const { child, said } = await taker(folder);
  expect(said).toBe('taken');
  expect((await taker(folder)).said).toBe(
    `conflict Cannot open the home "${folder}": process ${child.pid} has it open, and serves it on port 8900; use that one, or stop it first`,
  );
  await expect(takeHomeLock(folder)).rejects.toBeInstanceOf(ConflictError);
});

test('takeHomeLock() is one lock whichever way the folder is spelled', async () => {
  const link = `${folder}-link`;
  symlinkSync(folder, link);
  try {
    expect((await taker(folder)).said).toBe('taken');
    expect((await taker(`${link}/.`)).said).toMatch(/^conflict /);
  } finally {
    rmSync(link);
  }
});

test('the lock dies with its holder, ten times', async () => {
  for (let round = 0; round < 10; round += 1) {
    const { child, said } = await taker(folder);
    expect(said).toBe('taken');
    expect(await readHomeOwner(folder)).toMatchObject({
      pid: child.pid,
      port: 8900,
      token: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await readHomeOwner(folder)).toBeUndefined();
  }
});

test('of five at once, one takes it', async () => {
  const all = await Promise.all(Array.from({ length: 5 }, () => taker(folder)));
  expect(all.filter(({ said }) => said === 'taken')).toHaveLength(1);
});

test('server.json is for this user only, and gone after release()', async () => {
  const lock = await takeHomeLock(folder);
  expect(statSync(join(folder, 'server.json')).mode & 0o777).toBe(0o600);
  expect(await readHomeOwner(folder)).toEqual({
    pid: process.pid,
    port: undefined,
    host: '127.0.0.1',
    token: lock.token,
  });
  await lock.announce(4321);
  expect(await readHomeOwner(folder)).toMatchObject({ port: 4321, host: '127.0.0.1' });
  await lock.announce(4321, '[::1]');
  expect(await readHomeOwner(folder)).toMatchObject({ port: 4321, host: '[::1]' });
  await lock.release();
  expect(await readHomeOwner(folder)).toBeUndefined();
  expect(() => statSync(join(folder, 'server.json'))).toThrow('ENOENT');
});

test('readHomeOwner() ignores the file of another process', async () => {
  const lock = await takeHomeLock(folder);
  writeFileSync(join(folder, 'server.json'), JSON.stringify({ pid: process.pid + 1, port: 1, token: 'x' }));
  expect(await readHomeOwner(folder)).toBeUndefined();
  await lock.release();
});
