/**
 * `fovea key`, and a server that others reach: keys made and removed by the command line, asked for over HTTP.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../../src/client/index.ts';
import type { ApiKey, CreatedKey } from '../../src/contract/index.ts';
import { hasTestData } from '../data.ts';
import { postgresUrl } from '../databases.ts';
import { describeLibrary, end, finished, libraries, program, readyUrl, type Library, type Ran } from './library.ts';

const KEY = /^fovea_[0-9a-f]{12}_[0-9a-f]{64}\n$/;
const POLL = { timeout: 60_000, interval: 200 };

describeLibrary('fovea key', (newLibrary) => {
  let library: Library;
  beforeAll(async () => {
    library = await newLibrary({ FOVEA_WORKERS: '0' });
  });
  const create = async (...args: string[]): Promise<CreatedKey> => {
    const ran = await library.fovea('key', 'create', '--json', ...args);
    expect(ran.code, ran.stderr).toBe(0);
    return ran.json<CreatedKey>();
  };
  const list = async (): Promise<ApiKey[]> => (await library.fovea('key', 'list', '--json')).json<ApiKey[]>();

  test('makes a key, prints it this once, lists it without its secret, and removes it, with no server there', async () => {
    expect((await library.fovea('key', 'list')).stdout).toContain('There are no API keys');
    const made = await library.fovea('key', 'create', '-n', 'default', '--read', '--name', 'the website');
    expect([made.code, made.stdout]).toEqual([0, expect.stringMatching(KEY)]);
    const [, id = ''] = made.stdout.trim().split('_');
    expect(made.stderr).toContain(`Key ${id} may read namespace "default"`);
    const shown = await library.fovea('key', 'list');
    expect(shown.stdout).toMatch(new RegExp(`${id} +default +read +\\d{4}-\\d\\d-\\d\\d +the website`));
    expect(await list()).toMatchObject([{ id, namespace: 'default', access: 'read', name: 'the website' }]);
    expect(shown.stdout).not.toContain(made.stdout.trim().slice(-64));
    expect((await library.fovea('key', 'remove', id)).stdout).toBe(`Removed key ${id}\n`);
    expect(await list()).toEqual([]);
    const again = await library.fovea('key', 'remove', id);
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining(`Cannot find key "${id}"`)]);
  });

  test.each([
    [[], 2, 'either --read or --write'],
    [['--read', '--write'], 2, 'either --read or --write'],
    [['--read', '-n', 'nope'], 1, 'Cannot find namespace "nope": known: "default"'],
    [['--read', '--name', 'a\u001b[2J'], 1, 'control characters'],
  ])('refuses "key create %j" with %i', async (args, code, reason) => {
    const ran = await library.fovea('key', 'create', ...args);
    expect([ran.code, ran.stdout, ran.stderr]).toEqual([code, '', expect.stringContaining(reason)]);
  });

  test('a server that others reach starts only where there is a key, and says how to make one', async () => {
    const ran = await refused(library.start('server', '--host', '0.0.0.0', '--port', '0'));
    expect([ran.code, ran.stderr]).toEqual([
      1,
      expect.stringMatching(/^Cannot listen on "0.0.0.0" without API keys: .*"fovea key create --write"/),
    ]);
    const loopback = await refused(library.start('server', '--require-key', '--port', '0'));
    expect([loopback.code, loopback.stderr]).toEqual([1, expect.stringContaining('fovea key create')]);
    // The key of one namespace, given to the server as its own, makes it no key of all.
    const made = await create('--read', '-n', 'default');
    await library.fovea('key', 'remove', made.id);
    const server = spawn(process.execPath, [program, 'server', '--host', '0.0.0.0', '--port', '0'], {
      env: { ...library.environment, FOVEA_API_KEY: made.key },
    });
    expect((await refused(server)).code).toBe(1);
  });

  test('such a server asks everybody for a key, but at /health; one that is removed opens nothing from then on', async () => {
    const reader = await create('--read', '-n', 'default');
    const whole = await create('--write');
    // Linux has more loopback than is taken for it, and there commands must find the server too.
    const host = process.platform === 'linux' ? '127.0.0.2' : '0.0.0.0';
    const child = library.start('server', '--host', host, '--port', '0');
    let told = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (told += chunk.toString()));
    const url = (await readyUrl(child)).replace('0.0.0.0', '127.0.0.1');
    expect((await fetch(`${url}/api/v1/health`)).status).toBe(200);
    for (const path of ['/', '/api/v1/openapi.json', '/api/v1/namespaces', '/nowhere'])
      expect((await fetch(`${url}${path}`)).status, path).toBe(401);
    const wrong = `${reader.key.slice(0, -1)}${reader.key.endsWith('0') ? '1' : '0'}`;
    expect([await status(url), await status(url, wrong), await status(url, reader.key)]).toEqual([401, 401, 200]);

    // The command line of the same machine needs none; one elsewhere has the key in FOVEA_API_KEY.
    expect((await library.fovea('status')).code).toBe(0);
    const elsewhere = (key: string, ...args: string[]) =>
      finished(
        spawn(process.execPath, [program, ...args, '--server', url], {
          env: { ...library.environment, FOVEA_HOME: join(library.folder, 'elsewhere'), FOVEA_API_KEY: key },
        }),
      );
    expect((await elsewhere(reader.key, 'status')).code).toBe(0);
    const listed = await elsewhere(reader.key, 'key', 'list');
    expect([listed.code, listed.stderr]).toEqual([
      1,
      expect.stringContaining('this API key is for namespace "default"'),
    ]);
    expect((await elsewhere(whole.key, 'key', 'list')).stdout).toContain(whole.id);
    const [photo] = readdirSync(library.photos('photos', 'owl.jpg'));
    const bytes = readFileSync(join(library.folder, 'photos', String(photo)));
    await expect(connect(url, { apiKey: reader.key }).upload(bytes, { name: 'owl.jpg' })).rejects.toMatchObject({
      code: 'forbidden',
    });
    expect(await connect(url, { apiKey: whole.key }).upload(bytes, { name: 'owl.jpg' })).toMatchObject({
      created: true,
    });

    expect((await library.fovea('key', 'remove', reader.id)).code).toBe(0);
    expect(await status(url, reader.key)).toBe(401);
    await connect(url, { apiKey: whole.key }).namespaces.create('passing');
    const passing = await create('--write', '-n', 'passing');
    expect(await status(url, passing.key, 'passing')).toBe(200);
    await connect(url, { apiKey: whole.key }).namespaces.delete('passing');
    expect(await status(url, passing.key, 'passing')).toBe(401);

    await end(child, 'SIGTERM');
    for (const { key } of [reader, whole, passing]) {
      expect(told).not.toContain(key.slice(-64));
      expect(filesWith(library.home, key.slice(-64))).toEqual([]);
    }
  });

  test('on loopback no key is needed, but one that is given is held to what it is for', async () => {
    const key = await create('--read', '-n', 'default');
    const server = await library.serve();
    expect([await status(server.url), await status(server.url, key.key), await status(server.url, 'wrong')]).toEqual([
      200, 200, 401,
    ]);
    await expect(connect(server.url, { apiKey: key.key }).retry()).rejects.toMatchObject({ code: 'forbidden' });
    await server.stop();
    const asking = await library.serve('--require-key');
    expect([await status(asking.url), await status(asking.url, key.key)]).toEqual([401, 200]);
    await asking.stop();
  });
});

describe.skipIf(!hasTestData || postgresUrl === undefined)('servers that share a PostgreSQL', () => {
  const newLibrary = libraries(true);

  test('know within seconds that a key was made or removed by another', async () => {
    const first = await newLibrary({ FOVEA_WORKERS: '0' });
    const create = async () => (await first.fovea('key', 'create', '--write', '--json')).json<CreatedKey>();
    const { key, id } = await create();
    const { FOVEA_DATABASE_URL } = first.environment;
    const second = await newLibrary({ FOVEA_WORKERS: '0', FOVEA_DATABASE_URL });
    const server = await second.serve('--require-key');
    expect(await status(server.url, key)).toBe(200);
    await first.fovea('key', 'remove', id);
    await expect.poll(() => status(server.url, key), POLL).toBe(401);
    const { key: later } = await create();
    await expect.poll(() => status(server.url, later), POLL).toBe(200);
    await server.stop();
  });
});

/** What a server answers who asks how far indexing is. */
async function status(url: string, key?: string, namespace = 'default'): Promise<number> {
  const headers = key === undefined ? {} : { Authorization: `Bearer ${key}` };
  return (await fetch(`${url}/api/v1/namespaces/${namespace}/status`, { headers })).status;
}

/** Waits for the end of a server that should not start; one that does is ended by a signal, without a code. */
function refused(server: ChildProcess): Promise<Ran> {
  server.stdout?.once('data', () => server.kill('SIGKILL'));
  return finished(server);
}

/** Files below a folder that hold a text. */
function filesWith(folder: string, text: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((file) => readFileSync(file).includes(text));
}
