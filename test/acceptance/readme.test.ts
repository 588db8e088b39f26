import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { hasTestData, testData } from '../data.ts';
import { compiledProgram } from './compiled-program.ts';
import { describeLibraries, finished, type Library, readyUrl, root } from './library.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const blocks = [...readme.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(([, language = '', text = '']) => ({
  language,
  text,
}));
const commands = blocks.filter(({ language }) => language === 'sh').flatMap(({ text }) => text.trim().split('\n'));

/** The words of a shell command: single and double quotes, \" within the latter, nothing else. */
function words(command: string): string[] {
  return [...command.matchAll(/"((?:\\"|[^"])*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double?.replaceAll('\\"', '"') ?? single ?? plain ?? '',
  );
}

test('README.md has at most 130 lines', () => {
  expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(130);
});

test('docs/environment.md names every variable that is read', () => {
  const read = readFileSync(new URL('../../src/cli/environment.ts', import.meta.url), 'utf8');
  const told = readFileSync(new URL('../../docs/environment.md', import.meta.url), 'utf8');
  const names = [...read.matchAll(/'((?:FOVEA|HF)_[A-Z_]+)'/g)].map(([, name = '']) => name);
  // Where a language or vision model is asked is three of them.
  const servers = [...read.matchAll(/modelServer\(text, '([A-Z_]+)'/g)].map(([, name = '']) => name);
  expect(servers).toEqual(['FOVEA_LLM', 'FOVEA_VISION']);
  const variables = names.flatMap((name) =>
    servers.includes(name) ? ['URL', 'MODEL', 'KEY'].map((end) => `${name}_${end}`) : [name],
  );
  expect(variables.length).toBeGreaterThan(10);
  for (const name of variables) expect(told).toContain(`\`${name}\``);
});

test('README.md names no command that is not tried', () => {
  expect(commands.length).toBeGreaterThan(10);
  for (const command of commands) expect(command).toMatch(/^(npm start$|npm test$|npx fovea )/);
});

describeLibraries('README.md', (newLibrary) => {
  let library: Library;
  beforeAll(async () => {
    library = await newLibrary();
    library.photos('photos', 'cat_720p.jpg', 'pets.jpg', 'parrot.jpg');
    cpSync(testData('data/photos/owl.jpg'), join(library.folder, 'query.jpg'));
    writeFileSync(join(library.folder, 'kb.yaml'), blocks.find(({ language }) => language === 'yaml')?.text ?? '');
    const [captions = '', queries = ''] = blocks.find(({ language }) => language === 'json')?.text.split('\n') ?? [];
    writeFileSync(join(library.folder, 'captions.jsonl'), captions);
    writeFileSync(join(library.folder, 'queries.jsonl'), queries);
    await library.serve();
  });

  test.each(commands.filter((command) => command.startsWith('npx fovea ')))('%s', async (command) => {
    const ran = await library.fovea(...words(command).slice(2));
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stdout.trim()).not.toBe('');
  });

  test('its program, as it stands but for the hub', async () => {
    const text = blocks.find(({ language }) => language === 'ts')?.text ?? '';
    const source = text.replace("{ home: './library' }", "{ home: './library', hub: { offline: true } }");
    const ran = await finished(
      spawn(process.execPath, [compiledProgram('readme', source)], { cwd: library.folder, env: library.environment }),
    );
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stdout).toMatch(/^(\d+\n)*3\npets.jpg 0\.\d+\n$/);
  });
});

describe.skipIf(!hasTestData)('README.md, its two commands', () => {
  const npm = (args: string[], environment: NodeJS.ProcessEnv): ChildProcess =>
    spawn('npm', args, { cwd: root, env: { ...process.env, ...environment }, detached: true });

  test('npm start says where to go next, on a home that is new', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fovea-start-'));
    const environment = {
      FOVEA_HOME: join(folder, 'home'),
      FOVEA_PORT: '0',
      HF_HUB_OFFLINE: '1',
      FOVEA_DATABASE_URL: '',
    };
    const child = npm(['start'], environment);
    try {
      const url = await readyUrl(child);
      expect(await (await fetch(`${url}/api/v1/health`)).json()).toMatchObject({ status: 'ok' });
    } finally {
      // Ctrl-C reaches the whole group.
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
      await once(child, 'close');
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('npm test counts what vitest reported', async () => {
    const environment = { FOVEA_TEST_POSTGRES_URL: 'postgresql:///none', FOVEA_REQUIRE: '' };
    const ran = await finished(npm(['test', '--', 'src/contract/closest-name.test.ts'], environment));
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stdout.trim().split('\n').at(-1)).toBe('4 passed, 0 failed');
  });
});
