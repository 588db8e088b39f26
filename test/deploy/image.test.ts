/**
 * The Dockerfile's steps in empty folders, and what they leave: a server and a worker as compose.yaml starts them, as the
 * image's user.
 *
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { connect } from '../../src/client/index.ts';
import { hasTestData, testData } from '../data.ts';
import { end, finished, root } from '../acceptance/library.ts';
import { buildImage, type Image, parseDockerfile } from './container-image.ts';

const KEY = 'a-key-of-the-test-0123456789abcdef';
const isRoot = process.getuid?.() === 0;

// Files are given to the image's user, which only root may do.
describe.skipIf(!isRoot || !hasTestData)('the image', () => {
  const started: ChildProcess[] = [];
  const { services } = parse(readFileSync(join(root, 'compose.yaml'), 'utf8')) as {
    services: Record<'server' | 'worker', { command: string[]; environment: Record<string, unknown> }>;
  };
  let folder: string;
  let image: Image;
  let port: number;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'fovea-image-'));
    chmodSync(folder, 0o755);
    image = buildImage(parseDockerfile(readFileSync(join(root, 'Dockerfile'), 'utf8')), root, folder);
    port = await freePort();
  }, 600_000);
  afterAll(async () => {
    for (const child of started) await end(child, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  const start = (command: readonly string[], environment: Readonly<Record<string, string>> = {}): ChildProcess => {
    const [uid, gid] = (image.user ?? '0:0').split(':').map(Number);
    const [file = '', ...args] = command;
    const child = spawn(file, args, {
      cwd: join(image.root, image.workdir),
      env: {
        ...image.environment,
        FOVEA_PORT: String(port),
        FOVEA_API_KEY: KEY,
        HF_HUB_OFFLINE: '1',
        HOME: folder,
        ...environment,
      },
      uid: uid ?? 0,
      gid: gid ?? 0,
    });
    started.push(child);
    return child;
  };
  const isHealthy = async (): Promise<number | null> => (await finished(start(image.healthcheck))).code;

  test("has no development packages, and ONNX Runtime's files of this platform only", () => {
    const modules = join(image.root, image.workdir, 'node_modules');
    expect(existsSync(join(modules, 'typescript'))).toBe(false);
    const binaries = join(modules, 'onnxruntime-node/bin/napi-v6');
    const left = readdirSync(binaries).flatMap((system) =>
      readdirSync(join(binaries, system)).map((cpu) => `${system}/${cpu}`),
    );
    expect(left).toEqual([`linux/${process.arch}`]);
  });

  test('serves, is healthy, and works, as its own user', async () => {
    expect(await isHealthy()).toBe(1);
    const { FOVEA_WORKERS: workers } = services.server.environment;
    const server = start([...image.entrypoint, ...services.server.command], { FOVEA_WORKERS: String(workers) });
    let said = '';
    for (const stream of [server.stdout, server.stderr])
      stream?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await expect.poll(isHealthy, { timeout: 120_000, interval: 500 }).toBe(0);
    expect(image.user).toBe('1000:1000');

    const { hostname } = new URL(services.worker.command[2] ?? '');
    expect(await status(port, `${hostname}:${port}`, KEY)).toBe(200);
    expect(await status(port, `${hostname}:${port}`)).toBe(401);
    expect(await status(port, `elsewhere:${port}`, KEY)).toBe(403);

    const client = connect(`http://127.0.0.1:${port}`, { token: KEY });
    const tiny = (await client.models.list()).find(({ name }) => name === 'fovea-tiny');
    expect(tiny?.state).toBe('shipped');
    // The name of the service is known to an engine's network only.
    const command = services.worker.command.map((word) => word.replace(/\/\/[\w.]+:\d+/, `//127.0.0.1:${port}`));
    const worker = start([...image.entrypoint, ...command]);
    await client.graphs.apply(
      'name: g\nextraction_policies:\n  - { extractor: embedding/clip, name: clip, input_params: { model: fovea-tiny } }\n',
    );
    await client.upload(readFileSync(testData('data/photos/owl.jpg')), { name: 'owl.jpg' });
    await expect.poll(async () => (await client.status()).indexedContents, { timeout: 120_000, interval: 500 }).toBe(1);
    expect((await client.search('an owl')).hits[0]?.name).toBe('owl.jpg');

    for (const child of [worker, server]) {
      await end(child, 'SIGTERM');
      expect([child.exitCode, said]).toEqual([0, said]);
    }
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The status of a request that names its host as given. */
function status(port: number, host: string, key?: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { host, ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) };
    request({ port, host: '127.0.0.1', path: '/api/v1/models', headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}
