import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { FoveaEvent } from '../../src/contract/index.ts';
import { testData } from '../data.ts';
import { describeLibraries, type Library, type RunningServer } from './library.ts';

describeLibraries('the HTTP interface', (newLibrary) => {
  let library: Library;
  let server: RunningServer;
  let client: RunningServer['client'];
  let photos: string;
  let parrot: string;
  beforeAll(async () => {
    library = await newLibrary();
    server = await library.serve();
    client = server.client;
    photos = library.photos('photos', 'parrot.jpg', 'pets.jpg', 'owl.jpg');
    const added = await library.fovea('add', photos, '--label', 'from=folder');
    expect(added.code, added.stderr).toBe(0);
    const { rows } = await client.sql("select content_id from content where name = 'parrot.jpg'");
    parrot = String(rows[0]?.content_id);
  });

  test('originals come whole, in ranges, and not again where the tag is known', async () => {
    const bytes = readFileSync(join(photos, 'parrot.jpg'));
    const { sha256, sizeBytes } = await client.contents.get(parrot);
    expect(sizeBytes).toBe(bytes.length);
    const url = client.originalUrl(parrot);
    const whole = await fetch(url);
    expect(whole.status).toBe(200);
    expect(whole.headers.get('content-type')).toBe('image/jpeg');
    expect(whole.headers.get('cache-control')).toBe('private, no-cache');
    expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true);
    const etag = whole.headers.get('etag') ?? '';
    expect(etag).toBe(`"${sha256}"`);

    const part = await fetch(url, { headers: { Range: 'bytes=100-199' } });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 100-199/${bytes.length}`]);
    expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(100, 200))).toBe(true);
    const tail = await client.original(parrot, { range: { start: bytes.length - 2 } });
    expect([...(await tail.bytes())]).toEqual([0xff, 0xd9]);
    expect((await fetch(url, { headers: { Range: `bytes=${bytes.length}-` } })).status).toBe(416);
    expect((await fetch(url, { headers: { 'If-None-Match': etag } })).status).toBe(304);
    const pinned = await fetch(client.originalUrl(parrot, sha256), { method: 'HEAD' });
    expect(pinned.headers.get('cache-control')).toContain('immutable');
    expect(pinned.headers.get('content-length')).toBe(String(statSync(join(photos, 'parrot.jpg')).size));
  });

  test('thumbnails are WebP, of the kept side that is large enough', async () => {
    const url = client.thumbnailUrl(parrot);
    const small = await fetch(url);
    expect(small.headers.get('content-type')).toBe('image/webp');
    expect(webpSide(await small.arrayBuffer())).toBe(320);
    const again = await fetch(url, { headers: { 'If-None-Match': small.headers.get('etag') ?? '' } });
    expect(again.status).toBe(304);
    const larger = await client.thumbnail(parrot, { side: 400 });
    expect(webpSide((await larger.bytes()).buffer)).toBe(640);
  });

  test('an upload is a content like another: events tell of it, the same bytes are known, other things are kept with a reason', async () => {
    const stop = new AbortController();
    const heard: FoveaEvent[] = [];
    const events = client.events(stop.signal);
    const listening = (async () => {
      for await (const event of events) heard.push(event);
    })().catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 2000));

    const bytes = readFileSync(testData('data/photos/face.jpg'));
    const added = await client.upload(bytes, { name: 'uploaded.jpg', labels: { from: 'upload' } });
    expect(added.created).toBe(true);
    expect(await client.upload(bytes, { name: 'again.jpg' })).toMatchObject({
      contentId: added.contentId,
      created: false,
    });
    const text = await client.upload(Buffer.from('no picture'), { name: 'no.jpg', labels: { from: 'upload' } });
    await client.waitUntilIndexed({ timeoutMs: 30_000 });
    await expect.poll(() => heard.map(({ type }) => type)).toEqual(expect.arrayContaining(['content', 'features']));
    stop.abort();
    await listening;

    const content = await client.contents.get(added.contentId);
    expect(content).toMatchObject({ name: 'uploaded.jpg', labels: { from: 'upload' }, mimeType: 'image/jpeg' });
    expect(content.locations[0]?.uri).toBe(`fovea:${content.sha256}`);
    const { features } = await client.contents.features(added.contentId);
    expect(features.map(({ policy }) => policy).toSorted()).toEqual(['clip', 'colors', 'exif', 'objects', 'phash']);
    expect((await (await client.original(added.contentId)).bytes()).length).toBe(bytes.length);
    const { tasks } = await client.tasks({ state: 'failed' });
    expect(tasks.map(({ contentId }) => contentId)).toContain(text.contentId);
    expect(await client.contents.delete([added.contentId, text.contentId])).toMatchObject({ deleted: 2, unknown: [] });
    expect((await fetch(client.originalUrl(added.contentId))).status).toBe(404);
  });

  test('contents are listed by pages, newest first, by label', async () => {
    const first = await client.contents.list({ limit: 2, label: ['from=folder'] });
    expect(first).toMatchObject({ total: 3, contents: [{}, {}] });
    const rest = await client.contents.list({
      limit: 2,
      label: ['from=folder'],
      ...(first.cursor === undefined ? {} : { cursor: first.cursor }),
    });
    expect(rest.cursor).toBeUndefined();
    expect([...first.contents, ...rest.contents].map(({ name }) => name).toSorted()).toEqual([
      'owl.jpg',
      'parrot.jpg',
      'pets.jpg',
    ]);
    expect((await client.contents.list({ label: ['from=nowhere'] })).contents).toEqual([]);
  });

  test('namespaces know nothing of each other', async () => {
    const other = client.withNamespace('other');
    await client.namespaces.create('other');
    const { contentId } = await other.upload(readFileSync(join(photos, 'owl.jpg')), { name: 'owl.jpg' });
    await other.waitUntilIndexed({ timeoutMs: 30_000 });
    expect((await other.sql('select name from content')).rows).toEqual([{ name: 'owl.jpg' }]);
    expect((await other.search('a dog')).hits.map(({ contentId: id }) => id)).toEqual([contentId]);
    await expect(client.contents.get(contentId)).rejects.toMatchObject({ code: 'not_found' });
    await expect(client.sql('select * from ns_other.content')).rejects.toMatchObject({ code: 'sql' });
    await client.namespaces.delete('other');
    expect((await client.status()).contents).toBe(3);
  });

  test('foreign pages, foreign hosts and callers without the token change nothing', async () => {
    const body = JSON.stringify({ path: photos });
    const post = (headers: Record<string, string>): Promise<Response> =>
      fetch(`${server.url}/api/v1/namespaces/default/contents/paths`, {
        method: 'POST',
        body,
        headers: { 'Content-Type': 'application/json', ...headers },
      });
    expect((await post({})).status).toBe(403);
    expect((await post({ Authorization: `Bearer ${server.token}`, Origin: 'https://elsewhere.example' })).status).toBe(
      403,
    );
    const ok = await post({ Authorization: `Bearer ${server.token}` });
    expect(ok.status).toBe(200);
    expect((await ok.text()).trim().split('\n').at(-1)).toContain('"finished":true');
    const wrong = await fetch(`${server.url}/api/v1/namespaces/default/search`, {
      method: 'POST',
      body: '{"qurey":"x"}',
      headers: { 'Content-Type': 'application/json' },
    });
    expect(wrong.status).toBe(400);
    expect(await wrong.json()).toMatchObject({ code: 'invalid_input', message: expect.stringContaining('qurey') });
  });

  test('it describes itself, and answers the name that clients of Indexify look for', async () => {
    const description = (await (await fetch(`${server.url}/api/v1/openapi.json`)).json()) as {
      openapi: string;
      paths: object;
    };
    expect(description.openapi).toMatch(/^3\.1/);
    expect(Object.keys(description.paths)).toContain('/namespaces/{namespace}/search');
    expect(await (await fetch(server.url)).text()).toBe('Indexify Server');
    expect(await client.health()).toMatchObject({ status: 'ok' });
  });
});

/** The longer side that a WebP file of one lossy picture (`VP8 `) says it has. */
function webpSide(file: ArrayBufferLike): number {
  const bytes = Buffer.from(file);
  expect(bytes.toString('latin1', 8, 16)).toBe('WEBPVP8 ');
  return Math.max(bytes.readUInt16LE(26) & 0x3fff, bytes.readUInt16LE(28) & 0x3fff);
}
