import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeLibraries, finished, libraries, type Library, root } from '../test/acceptance/library.ts';
import { compiledProgram } from '../test/acceptance/compiled-program.ts';
import { hasTestData } from '../test/data.ts';

const compiled = (name: string): string =>
  compiledProgram(name, readFileSync(join(root, 'examples', `${name}.ts`), 'utf8'));

const run = (library: Library, file: string, args: string[], environment: NodeJS.ProcessEnv = {}) =>
  finished(
    spawn(process.execPath, [file, ...args], { cwd: library.folder, env: { ...library.environment, ...environment } }),
  );

describeLibraries('examples', (newLibrary) => {
  test('open.ts and connect.ts have at most 25 lines of code, and say the same', async () => {
    const library = await newLibrary();
    const photos = library.photos('photos', 'cat_720p.jpg', 'pets.jpg');
    const server = await library.serve();
    const { token } = JSON.parse(readFileSync(join(library.home, 'server.json'), 'utf8')) as { token: string };
    const connected = await run(library, compiled('connect'), [server.url, photos, 'a', 'cat'], { FOVEA_TOKEN: token });
    expect(connected.code, connected.stderr).toBe(0);
    await server.stop();

    const other = await newLibrary();
    const opened = await run(other, compiled('open'), [photos, 'a', 'cat']);
    expect(opened.code, opened.stderr).toBe(0);
    expect(opened.stdout).toBe(connected.stdout);
    expect(opened.stdout).toMatch(/^2 added\n2 indexed\ncat_720p.jpg 0\.4\d\npets.jpg/);
    for (const name of ['open', 'connect', 'load-extractor']) {
      const code = readFileSync(join(root, 'examples', `${name}.ts`), 'utf8')
        .split('\n')
        .filter((line) => !/^\s*(\/\*\*|\*|\/\/|$)/.test(line));
      expect(code.length).toBeLessThanOrEqual(25);
    }
  });
});

describe.skipIf(!hasTestData)('examples', () => {
  const newLibrary = libraries(false);

  test('load-extractor.ts prints what is on a picture', async () => {
    const library = await newLibrary();
    const photos = library.photos('photos', 'pets.jpg');
    const ran = await run(library, compiled('load-extractor'), [join(photos, 'pets.jpg')]);
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stdout.match(/^dog \[/gm)).toHaveLength(2);
  });
});
