import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { describeLibraries, finished, type Library } from '../test/acceptance/library.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Compiles an example to a place below the project, where `fovea` is this package. */
function compiled(name: string): string {
  const folder = join(root, '.cache', 'examples');
  mkdirSync(folder, { recursive: true });
  const source = readFileSync(join(root, 'examples', `${name}.ts`), 'utf8');
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
  });
  const file = join(folder, `${name}.js`);
  writeFileSync(file, outputText);
  return file;
}

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
    for (const name of ['open', 'connect']) {
      const code = readFileSync(join(root, 'examples', `${name}.ts`), 'utf8')
        .split('\n')
        .filter((line) => !/^\s*(\/\*\*|\*|\/\/|$)/.test(line));
      expect(code.length).toBeLessThanOrEqual(25);
    }
  });
});
