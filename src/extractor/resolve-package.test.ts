import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { isPackageName, resolvePackage } from './resolve-package.ts';

const folder = mkdtempSync(join(tmpdir(), 'fovea-resolve-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(path: string, content: unknown = ''): string {
  const full = join(folder, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, typeof content === 'string' ? content : JSON.stringify(content));
  return full;
}

test('resolvePackage() follows the import condition of exports', () => {
  file('node_modules/modern/package.json', {
    exports: { '.': { types: './x.d.ts', require: './x.cjs', import: { default: './x.js' } }, './extra': './extra.js' },
  });
  expect(resolvePackage('modern', folder)).toBe(join(folder, 'node_modules/modern/x.js'));
  expect(resolvePackage('modern/extra', folder)).toBe(join(folder, 'node_modules/modern/extra.js'));
  expect(resolvePackage('modern/hidden', folder)).toBeUndefined();
});

test('resolvePackage() takes main of a package without exports, from a folder above, with a scope', () => {
  file('node_modules/@me/old/package.json', { main: 'lib/main.js' });
  const main = file('node_modules/@me/old/lib/main.js');
  expect(resolvePackage('@me/old', join(folder, 'deep/er'))).toBe(main);
});

test('resolvePackage() finds nothing where nothing is', () => {
  expect(resolvePackage('fovea-surely-not-installed', folder)).toBeUndefined();
});

test('isPackageName() tells packages from paths', () => {
  expect(['pack', '@me/pack', '@me/pack/x', 'pack/x'].every(isPackageName)).toBe(true);
  expect(['./pack', '/pack', '../x', '@me', ''].some(isPackageName)).toBe(false);
});
