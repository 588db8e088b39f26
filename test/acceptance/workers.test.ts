import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { AddProgress, GraphChange, SqlResult, Status } from '../../src/contract/index.ts';
import { describeLibrary, end, type Library, type RunningServer } from './library.ts';

const BOXES = `name: kb
extraction_policies:
  - extractor: image/yolo
    name: objects
    input_params: { model: yolox-nano }
  - extractor: embedding/clip
    name: boxes
    content_source: objects
    input_params: { model: fovea-tiny }
`;

describeLibrary('workers elsewhere', (newLibrary) => {
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
    // On the home of the server, its token would be found.
    library.environment.FOVEA_HOME = join(library.folder, 'another-home');
    const refused = await library.fovea('worker', '--server', server.url);
    library.environment.FOVEA_HOME = library.home;
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

  test('new versions are built beside the old ones, which answer until all are complete and fit together', async () => {
    const facts = async (): Promise<unknown> => {
      const { rows } = await json<SqlResult>(
        'sql',
        `select (select min(score) >= 0.6 from "kb.objects") as strict,
                (select count(*) from "kb.objects") - (select count(*) from "kb.boxes") as difference,
                (select count(*) from "kb.objects" join "kb.boxes" using (content_id, ord)) > 0 as joined`,
      );
      return rows[0];
    };
    const states = async (): Promise<unknown> =>
      (await json<Status>('status')).policies.map(({ policy, version, state, waiting, done }) =>
        [policy, version, state, waiting, done].join(' '),
      );
    const before = { strict: false, difference: 0, joined: true };
    expect(await facts()).toEqual(before);
    const strict = BOXES.replace('yolox-nano', 'yolox-nano, conf: 0.6');
    expect((await json<GraphChange>('graph', 'apply', graphFile(strict))).changed).toEqual(['objects', 'boxes']);
    expect(await states()).toEqual([
      'objects 1 active 0 3',
      'objects 2 building 3 0',
      'boxes 1 active 0 3',
      'boxes 2 building 0 0',
    ]);

    // Taken back before it was built: the version in use stands, and nothing is made again.
    expect((await json<GraphChange>('graph', 'apply', graphFile(BOXES))).changed).toEqual(['objects', 'boxes']);
    expect(await states()).toEqual(['objects 1 active 0 3', 'boxes 1 active 0 3']);
    expect((await json<GraphChange>('graph', 'apply', graphFile(strict))).changed).toEqual(['objects', 'boxes']);

    const detector = startWorker('--only', 'image/yolo');
    await expect.poll(states, { timeout: 30_000, interval: 300 }).toContain('boxes 2 building 3 0');
    await end(detector, 'SIGTERM');
    expect(await states()).toContain('objects 2 building 0 3');
    expect(await facts()).toEqual(before);

    const embedder = startWorker('--only', 'embedding/clip');
    await server.client.waitUntilIndexed({ timeoutMs: 60_000 });
    await end(embedder, 'SIGTERM');
    expect(await states()).toEqual(['objects 2 active 0 3', 'boxes 2 active 0 3']);
    expect(await facts()).toEqual({ strict: true, difference: 0, joined: true });
  });

  function startWorker(...options: string[]): ReturnType<Library['start']> {
    return library.start('worker', '--server', server.url, '--workers', '1', ...options);
  }
});

/** The first thing that a process prints there. */
async function firstLine(stream: NodeJS.ReadableStream | null): Promise<string> {
  if (stream === null) return '';
  const [chunk] = (await once(stream, 'data')) as [Buffer];
  return chunk.toString();
}
