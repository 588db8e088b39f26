import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { identifyHome } from './home.ts';
import { VERSION } from './version.ts';

const folder = mkdtempSync(join(tmpdir(), 'fovea-home-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('identifyHome() makes an id once, and notes the version that opened the home last', async () => {
  const { id } = await identifyHome(folder, undefined);
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  writeFileSync(join(folder, 'engine.json'), JSON.stringify({ id, version: '0.0.1' }));
  expect((await identifyHome(folder, undefined)).id).toBe(id);
  expect(JSON.parse(readFileSync(join(folder, 'engine.json'), 'utf8'))).toEqual({
    id,
    version: VERSION,
    databases: ['embedded'],
  });
});

test('identifyHome() tells a home that has served other databases, and keeps none of their passwords', async () => {
  const home = mkdtempSync(join(folder, 'two-'));
  const open = async (url?: string) => (await identifyHome(home, url)).servesOthers;
  expect([await open(), await open()]).toEqual([false, false]);
  expect(await open('postgres://fovea:secret@db.example/photos')).toBe(true);
  expect(await open('postgres://fovea:changed@db.example/photos?sslmode=require')).toBe(true);
  expect(await open()).toBe(true);
  const text = readFileSync(join(home, 'engine.json'), 'utf8');
  expect((JSON.parse(text) as { databases: string[] }).databases).toHaveLength(2);
  expect(text).not.toMatch(/secret|changed|example/);
});

test('identifyHome() says so where the file is damaged', async () => {
  writeFileSync(join(folder, 'engine.json'), '{');
  await expect(identifyHome(folder, undefined)).rejects.toThrow('is damaged');
});
