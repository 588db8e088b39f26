import { spawn } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import { describeLibrary, finished, type Library, program } from './library.ts';

const COMMANDS = [
  ['add'],
  ['status'],
  ['search'],
  ['similar'],
  ['duplicates'],
  ['sql'],
  ['facets'],
  ['dataset', 'load'],
  ['eval'],
  ['export'],
  ['ask'],
  ['mcp'],
  ['graph', 'apply'],
  ['graph', 'list'],
  ['graph', 'show'],
  ['graph', 'delete'],
  ['indexes'],
  ['tables'],
  ['extractors'],
  ['extractor', 'run'],
  ['models', 'list'],
  ['models', 'pull'],
  ['models', 'verify'],
  ['retry'],
  ['rm'],
  ['labels'],
  ['backup'],
  ['bench'],
  ['list'],
  ['describe'],
  ['download'],
  ['run-local'],
  ['join-server'],
  ['restore'],
  ['import', 'indexify'],
  ['server'],
  ['key', 'create'],
  ['key', 'list'],
  ['key', 'remove'],
  ['worker'],
  ['workers'],
];

describe('the command line', () => {
  test.concurrent.each(COMMANDS.map((command) => [command.join(' '), command] as const))(
    '%s --help has an example and --json',
    async (name, command) => {
      const { code, stdout } = await finished(spawn(process.execPath, [program, ...command, '--help']));
      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`Example:\\n  \\$ .*\\bfovea ${name}\\b`));
      expect(stdout).toContain('--json');
    },
  );

  test('--help names every command', async () => {
    const { stdout } = await finished(spawn(process.execPath, [program, '--help']));
    const named = [...stdout.matchAll(/^ {2}([a-z-]+) .*$/gm)]
      .map(([, name]) => name)
      .filter((name) => name !== 'help');
    expect(named.toSorted()).toEqual([...new Set(COMMANDS.map(([name]) => name))].toSorted());
  });
});

describeLibrary('the command line', (newLibrary) => {
  let library: Library;
  let photos: string;
  beforeAll(async () => {
    library = await newLibrary();
    photos = library.photos('photos', 'pets.jpg', 'owl.jpg');
    await library.serve();
    await library.fovea('add', photos);
  });

  test.each([
    ['status', ['status']],
    ['indexes', ['indexes']],
    ['tables', ['tables']],
    ['extractors', ['extractors']],
    ['models list', ['models', 'list']],
    ['graph list', ['graph', 'list']],
    ['graph show', ['graph', 'show', 'photos']],
  ])('%s --json prints one JSON document, and text without', async (_name, command) => {
    const json = await library.fovea(...command, '--json');
    expect(json.code, json.stderr).toBe(0);
    expect(json.json()).toBeTypeOf('object');
    const text = await library.fovea(...command);
    expect(text.code).toBe(0);
    expect(text.stdout.length).toBeGreaterThan(20);
    expect(() => JSON.parse(text.stdout)).toThrow();
  });

  test('wrong use ends with 2: an unknown command, a missing argument, a value out of range', async () => {
    for (const args of [
      ['nosuch'],
      ['sql'],
      ['search', 'x', '-k', '0'],
      ['add', photos, '--label', 'novalue'],
      ['status', '--nosuch'],
      ['search'],
      ['search', '--region', '0,0,9,9'],
      ['retry'],
      ['worker'],
      ['run-local', 'image/yolo'],
    ]) {
      const { code, stderr } = await library.fovea(...args);
      expect([args, code]).toEqual([args, 2]);
      expect(stderr).toContain('--help');
    }
  });

  test('extractor run tries an extractor on a file, and draws its boxes', async () => {
    const drawing = `${library.folder}/out.png`;
    const ran = await library.fovea(
      'extractor',
      'run',
      'image/yolo',
      `${photos}/pets.jpg`,
      '--param',
      'conf=0.5',
      '--draw',
      drawing,
      '--json',
    );
    expect(ran.code, ran.stderr).toBe(0);
    const [result] = ran.json<{ rows: { object_name: string }[] }[]>();
    expect(result?.rows.map(({ object_name: name }) => name)).toEqual(['dog', 'dog']);
    const drawn = await library.fovea('extractor', 'run', 'image/colors', drawing, '--json');
    expect(drawn.json<{ rows: object[] }[]>()[0]?.rows).toHaveLength(3);
    const wrong = await library.fovea('extractor', 'run', 'image/yollo', `${photos}/pets.jpg`);
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('image/yolo')]);
  });

  test('models verify compares the builds of a model; pull names what it can not reach', async () => {
    const verified = await library.fovea('models', 'verify', 'fovea-tiny', photos, '--json');
    expect(verified.json()).toMatchObject({ model: 'fovea-tiny', pictures: 2, variants: [{ variant: 'fp32' }] });
    const pulled = await library.fovea('models', 'pull', 'dfine-s');
    expect([pulled.code, pulled.stderr]).toEqual([1, expect.stringContaining('dfine-s')]);
  });

  test('search pages through all hits without repeating or losing one', async () => {
    const first = (await library.fovea('search', 'an animal', '-k', '1', '--json')).json<{
      hits: { name: string }[];
      cursor: string;
      total: number;
    }>();
    const second = (await library.fovea('search', '--cursor', first.cursor, '-k', '1', '--json')).json<typeof first>();
    expect(first.total).toBe(2);
    expect([...first.hits, ...second.hits].map(({ name }) => name).toSorted()).toEqual(['owl.jpg', 'pets.jpg']);
    expect(second.cursor).toBeUndefined();
  });

  test('add --no-wait returns once things are stored', async () => {
    const more = library.photos('more', 'parrot.jpg');
    const ran = await library.fovea('add', more, '--no-wait', '--json');
    expect(ran.json()).toMatchObject({ added: [{ added: 1 }] });
    expect(ran.json()).not.toHaveProperty('status');
  });
});
