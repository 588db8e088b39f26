import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { API_ROOT, InvalidInputError, UnreadableUrlError } from '../../src/contract/index.ts';
import type { AddProgress, Status } from '../../src/contract/index.ts';
import { testData } from '../data.ts';
import { CERTIFICATE, startHostileWeb, type HostileWeb } from '../hostile-web.ts';
import { describeLibrary, type Library, type RunningServer } from './library.ts';

describeLibrary('pictures of the web', (newLibrary) => {
  const parrot = readFileSync(testData('data/photos/parrot.jpg'));
  let web: HostileWeb;
  let encrypted: HostileWeb;
  let library: Library;
  let server: RunningServer;
  beforeAll(async () => {
    web = await startHostileWeb(parrot);
    encrypted = await startHostileWeb(readFileSync(testData('data/photos/owl.jpg')), true);
    library = await newLibrary({
      // `localhost` at the web's port is not in it.
      FOVEA_PRIVATE_HOSTS: `127.0.0.1:${web.port},127.0.0.1:${encrypted.port},localhost:${encrypted.port}`,
      NODE_EXTRA_CA_CERTS: CERTIFICATE,
    });
    server = await library.serve();
  });
  afterAll(async () => {
    await web.close();
    await encrypted.close();
  });

  const names = async (): Promise<unknown[]> =>
    (await server.client.sql('select name from content order by name')).rows.map(({ name }) => name);
  /** What is stored below the home, finished or not. */
  const blobs = (): string[] =>
    readdirSync(join(library.home, 'blobs'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name);

  test('add takes URLs beside paths, tells each that failed with its reason, and goes on', async () => {
    const photos = library.photos('photos', 'pets.jpg');
    const ran = await library.fovea(
      'add',
      `${web.url}/missing.jpg`,
      photos,
      `${web.url}/a/good.jpg?size=1#top`,
      `http://localhost:${web.port}/good.jpg`,
      'file:///etc/passwd',
      'gopher://127.0.0.1/1',
      `https://localhost:${encrypted.port}/good.jpg`,
      '--label',
      'from=web',
      '--json',
    );
    expect(ran.code, ran.stderr).toBe(1);
    const { added, status } = ran.json<{ added: AddProgress[]; status: Status }>();
    expect(added.map(({ seen, added: count, failed, finished }) => [seen, count, failed, finished])).toEqual([
      [1, 0, 1, true],
      [1, 1, 0, true],
      [1, 1, 0, true],
      [1, 0, 1, true],
      [1, 0, 1, true],
      [1, 0, 1, true],
      [1, 1, 0, true],
    ]);
    const problems = added.flatMap((each) => each.problems).map(({ code, message }) => `${code}: ${message}`);
    expect(problems).toEqual([
      `unreadable_url: Cannot add "${web.url}/missing.jpg": its server answers 404 (Not Found)`,
      expect.stringMatching(/^invalid_input: Cannot add "http:\/\/localhost:.*": it is at a loopback address/),
      expect.stringMatching(/^invalid_input: Cannot add "file:\/\/\/etc\/passwd": it is of the kind "file:"/),
      expect.stringMatching(/^invalid_input: Cannot add "gopher:\/\/127\.0\.0\.1\/1": it is of the kind "gopher:"/),
    ]);
    expect(status).toMatchObject({ contents: 3, indexedContents: 3, failedContents: 0 });

    const { contents } = await server.client.contents.list({ label: ['from=web'] });
    const fetched = contents.find(({ locations }) => locations.some(({ uri }) => uri.startsWith('http:')));
    expect(fetched).toMatchObject({ name: 'good.jpg', mimeType: 'image/jpeg', sizeBytes: parrot.length });
    expect(fetched?.locations.map(({ uri }) => uri)).toEqual([
      `fovea:${fetched?.sha256}`,
      `${web.url}/a/good.jpg?size=1`,
    ]);
    const again = await library.fovea('add', `${web.url}/a/good.jpg?size=1`);
    expect([again.code, again.stdout]).toEqual([0, `${web.url}/a/good.jpg?size=1: with the same bytes as another\n`]);
    const failed = await library.fovea('add', `${web.url}/page.jpg`);
    expect([failed.code, failed.stdout]).toEqual([1, '']);
    expect(failed.stderr).toContain(`Cannot add "${web.url}/page.jpg": it is a web page (text/html), not a picture`);
  });

  test('the bytes are stored and not fetched again: they are there when the web is not', async () => {
    const short = await startHostileWeb(readFileSync(testData('data/photos/face.jpg')));
    const own = await newLibrary({ FOVEA_PRIVATE_HOSTS: '127.0.0.1' });
    const { client, stop } = await own.serve('--workers', '0');
    const { contentId, created } = await client.addUrl(`${short.url}/named.jpg`, { labels: { trip: 'rome' } });
    expect(created).toBe(true);
    expect(short.asked).toHaveLength(1);
    await short.close();
    await stop();

    const { client: later } = await own.serve();
    await later.waitUntilIndexed({ timeoutMs: 60_000 });
    expect(await later.status()).toMatchObject({ contents: 1, indexedContents: 1 });
    expect(await later.contents.get(contentId)).toMatchObject({ name: 'own name.jpg', labels: { trip: 'rome' } });
    const original = await (await later.original(contentId)).bytes();
    expect(Buffer.from(original).equals(readFileSync(testData('data/photos/face.jpg')))).toBe(true);
    expect(short.asked).toHaveLength(1);
    expect(await later.contents.delete(contentId)).toMatchObject({ deleted: 1, unknown: [] });
  });

  test('a URL whose bytes changed is another picture; the first stays, and the URL belongs to the new one', async () => {
    const { client } = server;
    const url = `${web.url}/changing/good.jpg`;
    const first = await client.addUrl(url);
    web.serve(readFileSync(testData('data/photos/face.jpg')));
    try {
      const second = await client.addUrl(url);
      expect(second).toMatchObject({ created: true });
      const placesOf = async (contentId: string): Promise<string[]> =>
        (await client.contents.get(contentId)).locations.map(({ uri }) => uri);
      expect(await placesOf(second.contentId)).toContain(url);
      expect(await placesOf(first.contentId)).not.toContain(url);
      expect((await (await client.original(first.contentId)).bytes()).length).toBe(parrot.length);
    } finally {
      web.serve(parrot);
    }
  });

  test.each([
    ['page.jpg', 'unreadable_url', 'it is a web page (text/html), not a picture'],
    ['empty.jpg', 'unreadable_url', 'it is empty'],
    ['bomb.jpg', 'unreadable_url', 'compressed'],
    ['shorter.jpg', 'unreadable_url', 'the connection broke'],
    ['longer.jpg', 'unreadable_url', 'goes on behind its end'],
    ['loop.jpg', 'unreadable_url', 'redirects more than 5 times'],
    ['no-http.jpg', 'unreadable_url', 'rules of HTTP'],
    ['told-huge.jpg', 'limit', 'it has more than 1073741824 bytes'],
    ['moved.jpg?to=http%3A%2F%2F127.0.0.1%3A1%2F', 'invalid_input', 'which is at a loopback address'],
    ['moved.jpg?to=http%3A%2F%2F169.254.169.254%2F', 'invalid_input', 'which is at a link-local address'],
    ['moved.jpg?to=file%3A%2F%2F%2Fetc%2Fpasswd', 'invalid_input', 'which is of the kind "file:"'],
  ])('%s is %s: %s, and nothing of it is stored', async (path, code, reason) => {
    const [before, kept] = [await names(), blobs()];
    const failure = server.client.addUrl(`${web.url}/${path}`);
    await expect(failure).rejects.toMatchObject({ code, message: expect.stringContaining(reason) });
    expect(await names()).toEqual(before);
    expect(blobs()).toEqual(kept);
  });

  test('who goes away ends the fetching', async () => {
    const gone = new AbortController();
    const adding = server.client.addUrl(`${web.url}/drip.jpg`, { signal: gone.signal });
    await expect.poll(() => web.asked.at(-1)).toBe('/drip.jpg');
    gone.abort(new Error('enough'));
    await expect(adding).rejects.toThrow('enough');
    await expect.poll(() => web.connections()).toBe(0);
  });

  test('encryption is checked: the host, and that no redirect gives it up', async () => {
    const { client } = server;
    await expect(client.addUrl(`${encrypted.url}/good.jpg`)).rejects.toThrow(
      "its server's certificate is not trusted (ERR_TLS_CERT_ALTNAME_INVALID)",
    );
    const to = encodeURIComponent(`${web.url}/good.jpg`);
    const downgrade = client.addUrl(`https://localhost:${encrypted.port}/moved.jpg?to=${to}`);
    await expect(downgrade).rejects.toThrow(InvalidInputError);
    await expect(downgrade).rejects.toThrow('which is not encrypted');
  });

  test('errors arrive as their classes, requests are checked, and nobody can allow a host in one', async () => {
    await expect(server.client.addUrl(`${web.url}/missing.jpg`)).rejects.toThrow(UnreadableUrlError);
    const post = async (body: object): Promise<[number, unknown]> => {
      const response = await fetch(`${server.url}${API_ROOT}/namespaces/default/contents/urls`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      });
      return [response.status, await response.json()];
    };
    expect(await post({ url: `${web.url}/missing.jpg` })).toMatchObject([422, { code: 'unreadable_url', status: 404 }]);
    expect(await post({ url: 'http://[::1]/' })).toMatchObject([400, { code: 'invalid_input' }]);
    const forced = { url: `http://localhost:${web.port}/good.jpg`, privateHosts: ['localhost'] };
    expect(await post(forced)).toMatchObject([400, { message: expect.stringContaining('privateHosts') }]);
    const wrong = await newLibrary({ FOVEA_PRIVATE_HOSTS: '127.0.0.1/8' });
    const ran = await wrong.fovea('status');
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining('Cannot allow the private host "127.0.0.1/8"')]);
  });
});
