import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { AddProgress, GraphChange, SqlResult, Status } from '../../src/contract/index.ts';
import { describeLibraries, end, type Library, type RunningServer } from './library.ts';

const BOXES = `name: kb
extraction_policies:
  - extractor: image/yolo
    name: objects
    input_params: { model: yolox-nano }
`;

describeLibraries('workers elsewhere', (newLibrary) => {
  let library: Library;
  let server: RunningServer;
  const graphFile = (text: string): string => {
    const file = join(library.folder, 'kb.yaml');
    writeFileSync(file, text);
    return file;
  };
  const json = async <T>(...args: string[]): Promise<T> => {
    const ran = await library.fovea(...args, '--json');
    expect(ran.code, ran.stderr).toBe(0);
    return ran.json<T>();
  };
  beforeAll(async () => {
    library = await newLibrary({ FOVEA_WORKERS: '0' });
    server = await library.serve();
    await library.fovea('graph', 'apply', graphFile(BOXES));
  });

  test('a server without workers keeps what is added waiting, and says what to start', async () => {
    const { added } = await json<{ added: AddProgress[] }>(
      'add',
      library.photos('photos', 'pets.jpg', 'owl.jpg', 'cat_720p.jpg'),
      '--no-wait',
    );
    expect(added[0]).toMatchObject({ added: 3, failed: 0 });
    const status = await json<Status>('status');
    expect(status).toMatchObject({ contents: 3, indexedContents: 0, busy: true, workers: 0 });
    expect(status.notes.join(' ')).toContain('"fovea worker"');
    const following = library.start('add', join(library.folder, 'photos'));
    expect(await firstLine(following.stderr)).toContain('"fovea worker"');
    await end(following, 'SIGKILL');
  });

  test('a worker without the token is refused, and one that no server answers says so', async () => {
    const refused = await library.fovea('worker', '--server', server.url);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('FOVEA_API_KEY')]);
    const lost = library.start('worker', '--server', 'http://127.0.0.1:1');
    const [said] = await Promise.all([firstLine(lost.stderr), firstLine(lost.stdout)]);
    expect(said).toMatch(/http:\/\/127.0.0.1:1\b.*waiting for it/);
    await end(lost, 'SIGTERM');
    expect(lost.exitCode).toBe(0);
  });

  test('a worker with it does the tasks from bytes alone, and stops in order', async () => {
    const worker = startWorker();
    const { indexedContents, failedContents } = await server.client.waitUntilIndexed({ timeoutMs: 60_000 });
    expect([indexedContents, failedContents]).toEqual([3, 0]);
    await end(worker, 'SIGTERM');
    expect(worker.exitCode).toBe(0);
  });

  test('a new version is built beside the old one, which answers until the new is complete', async () => {
    const weak = "select count(*) as boxes from kb where score < 0.6 and object_name <> 'dog'";
    const boxes = async (): Promise<unknown> => (await json<SqlResult>('sql', weak)).rows[0]?.boxes;
    const before = await boxes();
    expect(before).toBeGreaterThan(0);
    const strict = BOXES.replace('yolox-nano', 'yolox-nano, conf: 0.6');
    expect((await json<GraphChange>('graph', 'apply', graphFile(strict))).changed).toEqual(['objects']);
    const { policies } = await json<Status>('status');
    expect(policies.map(({ version, state, waiting, done }) => [version, state, waiting, done])).toEqual([
      [1, 'active', 0, 3],
      [2, 'building', 3, 0],
    ]);
    expect(await boxes()).toBe(before);
    const worker = startWorker();
    await server.client.waitUntilIndexed({ timeoutMs: 60_000 });
    expect((await json<Status>('status')).policies).toMatchObject([{ version: 2, state: 'active', done: 3 }]);
    expect(await boxes()).toBe(0);
    await end(worker, 'SIGTERM');
  });

  function startWorker(): ReturnType<Library['start']> {
    library.environment.FOVEA_API_KEY = server.token;
    const worker = library.start('worker', '--server', server.url, '--workers', '1');
    delete library.environment.FOVEA_API_KEY;
    return worker;
  }
});

/** The first thing that a process prints there. */
async function firstLine(stream: NodeJS.ReadableStream | null): Promise<string> {
  if (stream === null) return '';
  const [chunk] = (await once(stream, 'data')) as [Buffer];
  return chunk.toString();
}
