import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import type { GraphChange, IndexInfo, SearchResponse, SqlResult, Status, TableInfo } from '../../src/contract/index.ts';
import { testData } from '../data.ts';
import { graphWithDetector, describeLibrary, type Library } from './library.ts';

const KB = `name: kb
extraction_policies:
  - extractor: tensorlake/yolo-extractor
    name: objects
    input_params: { model: yolox-nano }
  - extractor: embedding/clip
    name: boxes
    content_source: objects
    input_params: { model: fovea-tiny }
`;
const averageColor = fileURLToPath(new URL('../../examples/custom-extractor/average-color.mjs', import.meta.url));

describeLibrary('graphs', (newLibrary) => {
  let library: Library;
  const graphFile = (text: string, name = 'kb.yaml'): string => {
    const file = join(library.folder, name);
    writeFileSync(file, text);
    return file;
  };
  const json = async <T>(...args: string[]): Promise<T> => {
    const ran = await library.fovea(...args, '--json');
    expect(ran.code, ran.stderr).toBe(0);
    return ran.json<T>();
  };
  beforeAll(async () => {
    library = await newLibrary({ FOVEA_EXTRACTORS: averageColor });
    await library.serve();
    const photos = library.photos('photos', 'pets.jpg', 'kite_and_cold.jpg', 'cat_720p.jpg');
    expect((await library.fovea('add', photos, '--graph', 'none')).code).toBe(0);
  });

  test('--graph none makes no graph, and status says why nothing is extracted', async () => {
    expect(await json('graph', 'list')).toEqual([]);
    const { notes, contents, indexedContents } = await json<Status>('status');
    expect([contents, indexedContents]).toEqual([3, 3]);
    expect(notes.join(' ')).toContain('no graph');
    expect((await json<SqlResult>('sql', 'select name from content where width = 1280')).rows).toEqual([
      { name: 'cat_720p.jpg' },
    ]);
  });

  test('apply --dry-run changes nothing; apply back-fills what is there, boxes included', async () => {
    const dry = await json<GraphChange>('graph', 'apply', graphFile(KB), '--dry-run');
    expect(dry).toMatchObject({ created: true, added: ['objects', 'boxes'] });
    expect(await json('graph', 'list')).toEqual([]);
    await json('graph', 'apply', graphFile(KB));
    await json('retry', '--failed');
    const { rows } = await json<SqlResult>(
      'sql',
      'select o.object_name, count(*) as boxes from "kb.objects" o join "kb.boxes" b using (content_id, ord) group by 1 order by 1',
    );
    expect(rows.find(({ object_name: name }) => name === 'dog')).toEqual({ object_name: 'dog', boxes: 2 });
    expect(await json<IndexInfo[]>('indexes')).toMatchObject([{ name: 'kb.boxes.embedding', dimension: 256 }]);
    const dogs = await json<SearchResponse>('search', 'a dog', '-k', '1');
    expect(dogs.hits[0]).toMatchObject({
      name: 'pets.jpg',
      ord: expect.any(Number),
      region: { xmin: expect.any(Number) },
    });
  });

  test('the same again is unchanged; other parameters are a new version that takes over', async () => {
    expect(await json<GraphChange>('graph', 'apply', graphFile(KB))).toMatchObject({
      added: [],
      changed: [],
      unchanged: ['objects', 'boxes'],
    });
    const strict = KB.replace('{ model: yolox-nano }', '{ model: yolox-nano, conf: 0.8 }');
    const change = await json<GraphChange>('graph', 'apply', graphFile(strict));
    expect(change.changed).toEqual(['objects', 'boxes']);
    await json('retry', '--failed');
    const { policies } = await json<Status>('status');
    expect(policies.map(({ policy, version, state, done }) => [policy, version, state, done])).toEqual([
      ['objects', 2, 'active', 3],
      ['boxes', 2, 'active', 3],
    ]);
    const { rows } = await json<SqlResult>('sql', 'select min(score) as least from kb');
    expect(Number(rows[0]?.least)).toBeGreaterThanOrEqual(0.8);
  });

  test('an extractor of the user, named at the start, runs in a graph', async () => {
    const colour = `name: colour\nextraction_policies:\n  - { extractor: image/average-color, name: mean }\n`;
    await json('graph', 'apply', graphFile(colour, 'colour.yaml'));
    await json('retry', '--failed');
    const { rows } = await json<SqlResult>('sql', 'select name, red, green, blue from colour');
    expect(rows).toHaveLength(3);
    expect(rows[0]).toMatchObject({ red: expect.any(Number), green: expect.any(Number), blue: expect.any(Number) });
  });

  test('what the file lacks stays without --prune, and goes with it', async () => {
    const less = KB.split('  - extractor: embedding/clip')[0] ?? '';
    const kept = await json<GraphChange>('graph', 'apply', graphFile(less), '--dry-run');
    expect(kept.extra).toEqual(['boxes']);
    expect((await json<GraphChange>('graph', 'apply', graphFile(less), '--prune')).removed).toEqual(['boxes']);
    const shown = await library.fovea('graph', 'show', 'kb');
    expect(shown.stdout).toContain('name: objects');
    expect(shown.stdout).not.toContain('boxes');
    expect((await json<IndexInfo[]>('indexes')).map(({ name }) => name)).toEqual([]);
  });

  test('graph delete takes what it extracted, and leaves the pictures', async () => {
    const tables = async (): Promise<string[]> => (await json<TableInfo[]>('tables')).map(({ name }) => name);
    expect(await tables()).toEqual(expect.arrayContaining(['kb', 'kb.objects', 'colour', 'ingestion', 'content']));
    await json('graph', 'delete', 'kb');
    expect((await tables()).filter((name) => name.startsWith('kb'))).toEqual([]);
    expect((await json<Status>('status')).contents).toBe(3);
    const gone = await library.fovea('graph', 'delete', 'kb');
    expect([gone.code, gone.stderr]).toEqual([1, expect.stringContaining('"kb"')]);
    const table = await library.fovea('sql', 'select * from kb');
    expect([table.code, table.stderr]).toEqual([1, expect.stringContaining('does not exist')]);
  });

  test('a graph that is wrong is refused with every fault, its line and a suggestion', async () => {
    const wrong = `name: kb2
extraction_policies:
  - extractor: image/yollo
    name: objects
  - extractor: image/yolo
    name: twice
    input_params: { konf: 0.5 }
  - extractor: image/exif
    name: twice
    contentsource: objects
`;
    const ran = await library.fovea('graph', 'apply', graphFile(wrong));
    expect(ran.code).toBe(1);
    for (const part of ['line 3', '"image/yolo"', 'line 7', 'conf', 'line 9', 'twice', 'line 10', 'contentSource']) {
      expect(ran.stderr).toContain(part);
    }
  });
});

describeLibrary('the detector that ships', (newLibrary) => {
  test('is used where no hub answers, and status says what it is good for and how to get a better one', async () => {
    const library = await newLibrary({ FOVEA_MODELS: '' });
    const added = await library.fovea('add', library.photos('photos', 'pets.jpg'));
    expect(added.code, added.stderr).toBe(0);
    expect(added.stderr).toMatch(/"auto" uses fovea-boxes \(.*no hub answers\)/);
    const found = await library.fovea('sql', "select 1 from ingestion where object_name = 'dog'", '--json');
    expect(found.json<{ rows: unknown[] }>().rows.length).toBeGreaterThan(0);
    const { stdout } = await library.fovea('status');
    expect(stdout).toMatch(
      /fovea-tiny ships with Fovea: .*\n\nfovea-boxes ships with Fovea: .*"fovea models pull yolox-tiny"/s,
    );
  });
});

describeLibrary('a detector that is missing', (newLibrary) => {
  test('its tasks wait and say for what, nothing else is held up, and they run once it is there', async () => {
    const library = await newLibrary({ FOVEA_MODELS: '' });
    const photos = library.photos('photos', 'pets.jpg');
    expect((await library.fovea('graph', 'apply', graphWithDetector(library))).code).toBe(0);
    const added = await library.fovea('add', photos);
    expect(added.code, added.stderr).toBe(0);
    const before = (await library.fovea('status', '--json')).json<Status>();
    expect(before).toMatchObject({ indexedContents: 1, failedContents: 0, busy: false });
    const objects = before.policies.find(({ policy }) => policy === 'objects');
    expect(objects).toMatchObject({ waiting: 1, done: 0 });
    expect(objects?.waitingFor).toContain('fovea models pull');
    expect((await library.fovea('search', 'a dog', '--json')).json<SearchResponse>().hits).toHaveLength(1);

    const models = join(library.folder, 'models');
    mkdirSync(models);
    library.environment.FOVEA_MODELS = testData('models');
    const retried = await library.fovea('retry', '--failed');
    expect(retried.code, retried.stderr).toBe(0);
    const { rows } = (
      await library.fovea('sql', "select count(*) as dogs from ingestion where object_name = 'dog'", '--json')
    ).json<SqlResult>();
    expect(rows).toEqual([{ dogs: 2 }]);
  });
});
