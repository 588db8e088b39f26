import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import type { AddProgress, SqlResult, Status, TaskList } from '../../src/contract/index.ts';
import { testData } from '../data.ts';
import {
  describeLibraries,
  describeLibrary,
  end,
  finished,
  program,
  type Library,
  type RunningServer,
} from './library.ts';

describeLibrary('files that are no good', (newLibrary) => {
  let library: Library;
  let folder: string;
  let server: RunningServer;
  beforeAll(async () => {
    library = await newLibrary();
    folder = library.photos('photos', 'pets.jpg');
    const parrot = readFileSync(testData('data/photos/parrot.jpg'));
    writeFileSync(join(folder, 'truncated.jpg'), parrot.subarray(0, parrot.length / 2));
    writeFileSync(join(folder, 'text.jpg'), 'This is no picture at all, whatever its name says.\n');
    writeFileSync(join(folder, 'empty.png'), '');
    writeFileSync(join(folder, 'huge.png'), pngHeader(100_000, 100_000));
    writeFileSync(join(folder, 'notes.txt'), 'Not meant to be a picture.\n');
    writeFileSync(join(folder, 'naïve "quoted" 🐕\n.jpg'), readFileSync(testData('data/photos/owl.jpg')));
    symlinkSync(folder, join(folder, 'loop'));
    server = await library.serve();
  });

  test('each ends in a clear error that is counted, stored and retriable; its neighbours are indexed', async () => {
    const ran = await library.fovea('add', folder, '--json');
    expect(ran.code, ran.stderr).toBe(0);
    const { added, status } = ran.json<{ added: AddProgress[]; status: Status }>();
    expect(added[0]).toMatchObject({ seen: 7, added: 6, failed: 0, ignored: { '.txt': 1 }, finished: true });
    expect(status).toMatchObject({ contents: 6, indexedContents: 2, failedContents: 4 });

    const { tasks } = await server.client.tasks({ state: 'failed', limit: 1000 });
    const reasons = new Map(tasks.filter(({ graph }) => graph === undefined).map(({ name, error }) => [name, error]));
    expect([...reasons.keys()].toSorted()).toEqual(['empty.png', 'huge.png', 'text.jpg', 'truncated.jpg']);
    expect(reasons.get('truncated.jpg')).toContain('JPEG file is incomplete');
    expect(reasons.get('text.jpg')).toContain('not a picture');
    expect(reasons.get('empty.png')).toContain('the file is empty');
    expect(reasons.get('huge.png')).toContain('100000 × 100000');
    const shown = await library.fovea('status', '--failed');
    for (const reason of reasons.values()) expect(shown.stdout).toContain(reason);

    const again = (await library.fovea('add', folder, '--json')).json<{ added: AddProgress[] }>();
    expect(again.added[0]).toMatchObject({ added: 0, unchanged: 6 });
    writeFileSync(join(folder, 'text.jpg'), readFileSync(testData('data/photos/face.jpg')));
    const retried = (await library.fovea('retry', '--failed', '--json')).json<{ retried: number; status: Status }>();
    expect(retried.retried).toBe(tasks.length);
    expect(retried.status.failedContents).toBe(4);
    await library.fovea('add', folder);
    // The broken bytes lie nowhere any more: they are not counted as failed for ever.
    expect(await server.client.status()).toMatchObject({ contents: 6, indexedContents: 3, failedContents: 3 });
    const { tasks: left } = await server.client.tasks({ state: 'failed', limit: 1000 });
    expect(left.map(({ name }) => name)).not.toContain('text.jpg');
  });

  test('a folder that is missing, a model that is missing and SQL that is wrong are sentences, and exit code 1', async () => {
    const missing = await library.fovea('add', join(folder, 'nowhere'));
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining(`${folder}/nowhere`)]);
    const graph = join(library.folder, 'model.yaml');
    writeFileSync(
      graph,
      'name: m\nextraction_policies:\n  - { extractor: embedding/clip, name: e, input_params: { model: no-such-model } }\n',
    );
    const model = await library.fovea('graph', 'apply', graph);
    expect([model.code, model.stderr]).toEqual([1, expect.stringContaining('no-such-model')]);
    const sql = await library.fovea('sql', 'select nam from content', '--json');
    expect(sql.code).toBe(1);
    expect(JSON.parse(sql.stderr)).toMatchObject({
      code: 'sql',
      position: 7,
      message: expect.stringContaining('name'),
    });
    const escape = await library.fovea('sql', "select set_config('role','none',true)");
    expect([escape.code, escape.stderr]).toEqual([1, expect.stringContaining('not allowed')]);
    const wrongUse = await library.fovea('search', 'x', '-k', 'many');
    expect([wrongUse.code, wrongUse.stderr]).toEqual([2, expect.stringContaining('whole number')]);
  });

  test('a statement that would run for a minute ends at its limit; the server answers meanwhile', async () => {
    const bomb = server.client.sql('select count(*) from generate_series(1, 100000000000)', [], { timeoutMs: 5000 });
    const ended = bomb.then(
      () => 'answered',
      (error: unknown) => (error instanceof Error ? error.message : ''),
    );
    const { status } = await fetch(`${server.url}/api/v1/openapi.json`);
    expect(status).toBe(200);
    const search = server.client.search('a dog');
    expect(await ended).toMatch(/longer than (2000|5000) ms/);
    expect((await search).hits[0]?.name).toBe('pets.jpg');
  });
});

/** Root reads everything, so its tests give up their rights: the user `nobody`, who may not be able to enter the project. */
const NOBODY = 65534;
const isRoot = process.getuid?.() === 0;
const nobodyCan = isRoot && spawnSync(process.execPath, [program, '--version'], { uid: NOBODY, cwd: '/' }).status === 0;

describeLibrary('files that can not be read', (newLibrary) => {
  test('a file without permission is kept with its reason, and read by retry when it can be', async ({ skip }) => {
    if (isRoot && !nobodyCan) skip('root reads everything, and nobody may not enter the folder of the project');
    const library = await newLibrary({}, isRoot ? NOBODY : undefined);
    const folder = library.photos('photos', 'pets.jpg', 'owl.jpg');
    const owl = join(folder, 'owl.jpg');
    chmodSync(owl, 0);
    await isKeptUntil(library, folder, owl, () => chmodSync(owl, 0o644));
  });

  test('so is a link that leads nowhere', async () => {
    const library = await newLibrary();
    const folder = library.photos('photos', 'pets.jpg');
    const owl = join(folder, 'owl.jpg');
    symlinkSync(join(library.folder, 'owl.jpg'), owl);
    await isKeptUntil(library, folder, owl, () =>
      cpSync(testData('data/photos/owl.jpg'), join(library.folder, 'owl.jpg')),
    );
  });

  async function isKeptUntil(library: Library, folder: string, path: string, mend: () => void): Promise<void> {
    await library.serve();
    const ran = await library.fovea('add', folder, '--json');
    const { added } = ran.json<{ added: AddProgress[] }>();
    expect([ran.code, added[0]?.added, added[0]?.failed]).toEqual([1, 1, 1]);
    const status = (await library.fovea('status', '--json')).json<Status>();
    expect(status.unreadableFiles).toMatchObject({ total: 1, problems: [{ path }] });
    expect((await library.fovea('status', '--failed')).stdout).toContain('owl.jpg');
    mend();
    expect((await library.fovea('retry', '--failed')).code).toBe(0);
    const after = (await library.fovea('status', '--json')).json<Status>();
    expect([after.contents, after.indexedContents, after.unreadableFiles.total]).toEqual([2, 2, 0]);
  }
});

/** More than are claimed before the server is killed. */
const PICTURES = 220;

describeLibraries('two at once, and a sudden end', (newLibrary) => {
  test('two commands on one home without a server: the second waits for its turn, and both are done', async () => {
    const library = await newLibrary();
    const first = library.photos('first', 'pets.jpg', 'owl.jpg');
    const second = library.photos('second', 'parrot.jpg');
    const [one, two] = await Promise.all([library.fovea('add', first), library.fovea('add', second)]);
    expect([one.code, two.code], one.stderr + two.stderr).toEqual([0, 0]);
    expect((await library.fovea('sql', 'select count(*) from content', '--json')).json<SqlResult>().rows).toEqual([
      { count: 3 },
    ]);
  });

  test('a second server on one home is refused, with the process that has it', async () => {
    const library = await newLibrary();
    const { process: server } = await library.serve();
    const second = await library.fovea('server', '--port', '0');
    expect([second.code, second.stderr]).toEqual([1, expect.stringContaining(`process ${server.pid}`)]);
  });

  test('kill -9 of the server during add loses nothing that was acknowledged, and the rest goes on', async () => {
    const library = await newLibrary({ FOVEA_WORKERS: '1' });
    const folder = join(library.folder, 'many');
    mkdirSync(folder);
    const source = testData('data/flickr8k/images');
    for (const name of readdirSync(source).slice(0, PICTURES)) cpSync(join(source, name), join(folder, name));
    const { client, process: server } = await library.serve();
    let acknowledged = 0;
    try {
      for await (const { added } of client.addPath(folder)) {
        acknowledged = added;
        if (added < 128) continue;
        // Its workers hold some of them.
        await expect.poll(async () => (await client.status()).policies.some(({ running }) => running > 0)).toBe(true);
        await end(server, 'SIGKILL');
      }
    } catch (error) {
      expect(error).toMatchObject({ code: 'unavailable' });
    }
    expect(acknowledged).toBeGreaterThanOrEqual(128);

    // What the killed workers held waits again at once, and not when its lease has run out.
    library.environment.FOVEA_WORKERS = '0';
    const idle = await library.serve();
    for (const { running } of (await idle.client.status()).policies) expect(running).toBe(0);
    await idle.stop();
    library.environment.FOVEA_WORKERS = '1';
    const restarted = await library.serve();
    const { rows } = await restarted.client.sql(
      'select count(*) as contents, count(distinct content_id) as ids from content',
    );
    expect(Number(rows[0]?.contents)).toBeGreaterThanOrEqual(acknowledged);
    expect(rows[0]?.ids).toBe(rows[0]?.contents);
    const again = await finished(library.start('add', folder, '--json'));
    expect(again.code, again.stderr).toBe(0);
    const { added, status } = again.json<{ added: AddProgress[]; status: Status }>();
    expect(added[0]).toMatchObject({ seen: PICTURES, failed: 0 });
    expect(status).toMatchObject({ contents: PICTURES, indexedContents: PICTURES, failedContents: 0 });
    const tasks: TaskList = await restarted.client.tasks({ state: 'failed' });
    expect(tasks.total).toBe(0);
    const twice = await restarted.client.sql(
      'select content_id, policy, ord from ingestion group by 1, 2, 3 having count(*) > 1',
    );
    expect(twice.rows).toEqual([]);
  });
});

/** A PNG that says it is `width` × `height` and holds one byte of pixels. */
function pngHeader(width: number, height: number): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.of(0))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** PNG specification, annex D. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
