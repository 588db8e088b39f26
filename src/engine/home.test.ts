import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { identifyHome } from './home.ts';
import { VERSION } from './version.ts';

const folder = mkdtempSync(join(tmpdir(), 'fovea-home-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('identifyHome() makes an id once, and notes the version that opened the home last', async () => {
  const { id } = await identifyHome(folder);
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  writeFileSync(join(folder, 'engine.json'), JSON.stringify({ id, version: '0.0.1' }));
  expect((await identifyHome(folder)).id).toBe(id);
  expect(JSON.parse(readFileSync(join(folder, 'engine.json'), 'utf8'))).toEqual({ id, version: VERSION });
});

test('identifyHome() says so where the file is damaged', async () => {
  writeFileSync(join(folder, 'engine.json'), '{');
  await expect(identifyHome(folder)).rejects.toThrow('is damaged');
});
