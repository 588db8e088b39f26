import { describe, expect, test } from 'vitest';
import { objectOf } from '../../test/json.ts';
import { memoryServices } from '../../test/memory-services.ts';
import { Content } from '../contract/index.ts';
import { createApp } from './app.ts';
import { contentDisposition } from './file.ts';

const CONTENTS = '/api/v1/namespaces/default/contents';
const TEXT = '0123456789'.repeat(500);

async function setUp(name = 'a.jpg') {
  const services = memoryServices();
  const app = createApp(services, { version: '1' });
  const added = await app.request(`${CONTENTS}?name=${name}`, { method: 'POST', body: TEXT });
  const { contentId } = await objectOf(added);
  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    app.request(`${CONTENTS}/${contentId}/${path}`, { headers, method });
  const { sha256 } = Content.parse(await objectOf(await app.request(`${CONTENTS}/${contentId}`)));
  return { services, get, sha256 };
}

describe('fileReply()', () => {
  test('sends the whole file with what a cache needs', async () => {
    const { get, sha256 } = await setUp();
    const response = await get('original');
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-cache',
      'content-disposition': `inline; filename="a.jpg"; filename*=UTF-8''a.jpg`,
      'content-length': '5000',
      'content-type': 'image/jpeg',
      etag: `"${sha256}"`,
      'x-content-type-options': 'nosniff',
    });
    expect(await response.text()).toBe(TEXT);
  });

  test('sends one range, and the whole where the range is of other bytes', async () => {
    const { get, sha256 } = await setUp();
    const part = await get('original', { range: 'bytes=2-5' });
    expect([
      part.status,
      part.headers.get('content-range'),
      part.headers.get('content-length'),
      await part.text(),
    ]).toEqual([206, 'bytes 2-5/5000', '4', '2345']);
    expect(await (await get('original', { range: 'bytes=-3' })).text()).toBe('789');
    expect((await get('original', { range: 'bytes=0-0', 'if-range': `"${sha256}"` })).status).toBe(206);
    const other = await get('original', { range: 'bytes=0-0', 'if-range': '"other"' });
    expect([other.status, (await other.text()).length]).toEqual([200, 5000]);
  });

  test('says how long the file is where a range lies beyond it', async () => {
    const { services, get } = await setUp();
    const response = await get('original', { range: 'bytes=5000-' });
    expect([response.status, response.headers.get('content-range')]).toEqual([416, 'bytes */5000']);
    expect(services.openFiles()).toBe(0);
  });

  test('answers 304 to who has these bytes', async () => {
    const { services, get, sha256 } = await setUp();
    for (const tag of [`"${sha256}"`, `"x", W/"${sha256}"`, '*']) {
      const response = await get('original', { 'if-none-match': tag });
      expect([response.status, await response.text()]).toEqual([304, '']);
    }
    expect((await get('original', { 'if-none-match': '"other"' })).status).toBe(200);
    await (await get('original')).text();
    expect(services.openFiles()).toBe(1);
  });

  test('lets addresses that name the bytes be kept for ever, and no others', async () => {
    const { get, sha256 } = await setUp();
    const kept = 'private, max-age=31536000, immutable';
    expect((await get(`original?v=${sha256}`)).headers.get('cache-control')).toBe(kept);
    expect((await get(`thumbnail?v=${sha256}&side=64`)).headers.get('cache-control')).toBe(kept);
    expect((await get(`original?v=${sha256.slice(1)}`)).headers.get('cache-control')).toBe('private, no-cache');
    expect((await get('thumbnail?v=')).headers.get('cache-control')).toBe('private, no-cache');
  });

  test('answers HEAD without opening the file', async () => {
    const { services, get } = await setUp();
    const response = await get('original', {}, 'HEAD');
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([200, '5000', '']);
    expect(services.openFiles()).toBe(0);
  });

  test('closes the file when the reader goes away', async () => {
    const { services, get } = await setUp();
    const response = await get('original');
    const reader = response.body?.getReader();
    await reader?.read();
    expect(services.openFiles()).toBe(1);
    await reader?.cancel();
    expect(services.openFiles()).toBe(0);
  });

  test.each([
    ['a.svg', 'image/svg+xml'],
    ['a.html', 'application/octet-stream'],
    ['a.bin', 'application/octet-stream'],
  ])('hands %s out as %s to keep, in a sandbox', async (name, type) => {
    const { get } = await setUp(name);
    const { headers } = await get('original');
    expect(headers.get('content-type')).toBe(type);
    expect(headers.get('content-disposition')).toMatch(/^attachment; /);
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none';.* sandbox$/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('answers as a download when asked', async () => {
    const { get } = await setUp();
    expect((await get('original?download=true')).headers.get('content-disposition')).toMatch(/^attachment; /);
  });

  test('bounds the side of thumbnails', async () => {
    const { get } = await setUp();
    expect((await get('thumbnail?side=5000')).status).toBe(400);
    expect((await get('thumbnail?side=640')).headers.get('content-type')).toBe('image/webp');
  });
});

describe('contentDisposition()', () => {
  test.each([
    ['cat.jpg', `inline; filename="cat.jpg"; filename*=UTF-8''cat.jpg`],
    ['ü 日.jpg', `inline; filename="_ _.jpg"; filename*=UTF-8''%C3%BC%20%E6%97%A5.jpg`],
    ['a"b\r\nX: y.jpg', `inline; filename="a_bX: y.jpg"; filename*=UTF-8''a%22bX%3A%20y.jpg`],
    ['../../etc/passwd', `inline; filename="passwd"; filename*=UTF-8''passwd`],
    ["it's (1)*.jpg", `inline; filename="it's (1)*.jpg"; filename*=UTF-8''it%27s%20%281%29%2A.jpg`],
    ['\ud800.jpg', `inline; filename="_.jpg"; filename*=UTF-8''%EF%BF%BD.jpg`],
    ['', `inline; filename="file"; filename*=UTF-8''file`],
  ])('writes %j', (name, header) => {
    expect(contentDisposition('inline', name)).toBe(header);
    expect(new Headers({ a: header }).get('a')).toBe(header);
  });
});
