import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { ExtractorDefinitionError } from './errors.ts';
import { loadModule } from './load-module.ts';

const folder = mkdtempSync(join(tmpdir(), 'fovea-modules-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The compiled kit, as programs meet it: Node itself resolves and loads, not the test runner. */
const compiled = new URL('../../dist/extractor/load-module.js', import.meta.url).href;

function file(path: string, content: string): string {
  const full = join(folder, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, content);
  return full;
}

/** Source of an extractor; `export` is how it leaves the module. */
function source(name: string, exported = 'export default'): string {
  return `${exported} {
    name: '${name}', version: '1', summary: 'For tests', accepts: ['image/*'], params: z.object({}),
    describe: async () => ({ pixels: { resize: 'none' }, columns: { it: text() }, vectors: {} }),
    load: async () => ({ run: async () => new Map(), close: async () => {} }),
  }`;
}

const KIT = `import { text, z } from 'fovea/extractor';\n`;

/** What loading said in a program of its own: the names of the extractors, or the error's message. */
async function loadInNode(specifier: string): Promise<string> {
  const program = `
    import { loadModule } from ${JSON.stringify(compiled)};
    try {
      const extractors = await loadModule(${JSON.stringify(specifier)}, ${JSON.stringify(folder)});
      const described = await Promise.all(extractors.map((each) => each.describe({}, undefined)));
      console.log(extractors.map(({ name }, i) => name + ':' + Object.keys(described[i].columns)).join());
    } catch (error) { console.log(error.name + ': ' + error.message); }`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
  return stdout.trim();
}

describe('loadModule()', () => {
  test('loads a file outside of any project, which gets the kit of the running Fovea', async () => {
    file('mine.mjs', KIT + source('mine/one'));
    expect(await loadInNode('./mine.mjs')).toBe('mine/one:it');
    expect(await loadInNode('mine.mjs')).toBe('mine/one:it');
  });

  test('loads a list of extractors', async () => {
    file(
      'two.mjs',
      `${KIT}const one = ${source('mine/one', '')};\nexport default [one, { ...one, name: 'mine/two' }];`,
    );
    expect(await loadInNode('./two.mjs')).toBe('mine/one:it,mine/two:it');
  });

  test('loads an npm package by its name', async () => {
    file('node_modules/@me/pack/package.json', '{"type":"module","exports":{".":{"import":"./main.js"}}}');
    file('node_modules/@me/pack/main.js', KIT + source('pack/one'));
    expect(await loadInNode('@me/pack')).toBe('pack/one:it');
  });

  test('loads a CommonJS module that was compiled from ES modules', async () => {
    const body = `Object.defineProperty(exports, '__esModule', { value: true });
      const z = { object: () => ({}) }; const text = () => ({ type: 'text' });`;
    file('old.cjs', body + source('old/one', 'exports.default ='));
    expect(await loadInNode('./old.cjs')).toContain('"old/one": params must be an object schema');
  });

  test('loads TypeScript where Node does, and else says what would help', async () => {
    file('typed.ts', `const name: string = 'typed/one';\n${KIT}${source('typed/one')}`);
    const reads = 'typescript' in process.features && process.features.typescript !== false;
    if (reads) expect(await loadInNode('./typed.ts')).toBe('typed/one:it');
    else expect(await loadInNode('./typed.ts')).toContain('does not read TypeScript; compile it to JavaScript');
  });

  test.each([
    ['./none.mjs', 'Cannot use extractor "./none.mjs": there is no file'],
    ['fovea-surely-not-installed', '"npm install fovea-surely-not-installed" there may help'],
  ])('says that there is no %s', async (specifier, message) => {
    await expect(loadModule(specifier, folder)).rejects.toThrow(ExtractorDefinitionError);
    await expect(loadModule(specifier, folder)).rejects.toThrow(message);
  });

  test.each([
    ['empty.mjs', 'export const it = 1;', 'has no default export; it should end in: export default defineExtractor'],
    ['number.mjs', 'export default 7;', 'its default export is a number, not an extractor'],
    ['list.mjs', 'export default [];', 'its default export is an empty list'],
    ['nameless.mjs', 'export default {};', 'its name must read "task/name"'],
    ['throws.mjs', 'throw new Error("at once");', "can't be loaded: at once"],
    ['syntax.mjs', 'export default {', "can't be loaded: "],
  ])('says what is wrong with %s', async (name, content, message) => {
    file(name, content);
    const said = await loadInNode(`./${name}`);
    expect(said).toMatch(/^ExtractorDefinitionError: Cannot use extractor/);
    expect(said).toContain(message);
  });
});
