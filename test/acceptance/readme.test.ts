import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { testData } from '../data.ts';
import { describeLibraries, type Library } from './library.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const blocks = [...readme.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(([, language = '', text = '']) => ({
  language,
  text,
}));
const commands = blocks.filter(({ language }) => language === 'sh').flatMap(({ text }) => text.trim().split('\n'));

/** The words of a shell command: single and double quotes, nothing else. */
function words(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double ?? single ?? plain ?? '',
  );
}

test('README.md has at most 120 lines', () => {
  expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(120);
});

test('README.md names no command that is not tried', () => {
  expect(commands.length).toBeGreaterThan(10);
  for (const command of commands) expect(command).toMatch(/^(npm start|npm test|npx fovea )/);
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    scripts: object;
  };
  expect(Object.keys(manifest.scripts)).toEqual(expect.arrayContaining(['start', 'test']));
});

describeLibraries('README.md', (newLibrary) => {
  let library: Library;
  beforeAll(async () => {
    library = await newLibrary();
    library.photos('photos', 'cat_720p.jpg', 'pets.jpg', 'parrot.jpg');
    mkdirSync(library.folder, { recursive: true });
    cpSync(testData('data/photos/owl.jpg'), join(library.folder, 'query.jpg'));
    writeFileSync(join(library.folder, 'kb.yaml'), blocks.find(({ language }) => language === 'yaml')?.text ?? '');
    await library.serve();
  });

  test.each(commands.filter((command) => command.startsWith('npx fovea ')))('%s', async (command) => {
    const ran = await library.fovea(...words(command).slice(2));
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stdout.trim()).not.toBe('');
  });
});
