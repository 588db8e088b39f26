import { describe, expect, test } from 'vitest';
import { objectOf } from '../../test/json.ts';
import { memoryServices } from '../../test/memory-services.ts';
import { UnavailableError } from '../contract/index.ts';
import { createApp } from './app.ts';
import type { Services } from './services.ts';

const CONTENTS = '/api/v1/namespaces/default/contents';

function setUp(maxUploadBytes = 10_000, overrides: Partial<Services> = {}) {
  const services = memoryServices(overrides);
  const app = createApp(services, { version: '1', maxUploadBytes });
  const post = async (body: RequestInit['body'], headers: Record<string, string> = {}, query = '') => {
    const response = await app.request(`${CONTENTS}${query}`, {
      method: 'POST',
      body,
      headers,
      duplex: 'half',
    } as RequestInit);
    const reply = await objectOf(response);
    return { status: response.status, reply, contentId: String(reply.contentId) };
  };
  const get = async (contentId: string) => objectOf(await app.request(`${CONTENTS}/${contentId}`));
  return { app, services, post, get };
}

/** A form as text, so that it can be broken. */
function rawForm(parts: readonly string[], end = '--x--\r\n') {
  const text = parts.map((part) => `--x\r\nContent-Disposition: form-data; ${part}\r\n`).join('');
  return [text + end, { 'content-type': 'multipart/form-data; boundary=x' }] as const;
}

const FILE = 'name="file"; filename="a.jpg"\r\n\r\nbytes';

function form(...entries: readonly (readonly [string, string | File])[]): FormData {
  const data = new FormData();
  for (const [name, value] of entries) data.append(name, value);
  return data;
}

/** Chunks of 1,000 bytes, `count` of them. */
function chunks(count: number): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      if (sent === count) controller.close();
      else controller.enqueue(new Uint8Array(1000).fill((sent += 1)));
    },
  });
}

test('PUT of an original takes a form or bare bytes, which keep the name unless they bring one', async () => {
  const { app, post, get } = setUp();
  const { contentId } = await post('the first', { 'content-type': 'image/jpeg' }, '?name=first.jpg&id=0A');
  expect(contentId).toBe('00000000-0000-0000-0000-00000000000a');
  const put = async (body: NonNullable<RequestInit['body']>, query = '') => {
    const response = await app.request(`${CONTENTS}/${contentId}/original${query}`, { method: 'PUT', body });
    return [response.status, await objectOf(response), (await get(contentId)).name];
  };
  expect(await put(new Blob(['the second']))).toEqual([200, { changed: true, version: 2 }, 'first.jpg']);
  expect(await put(new Blob(['the third']), '?name=third.jpg')).toEqual([
    200,
    { changed: true, version: 3 },
    'third.jpg',
  ]);
  const file = form(['file', new File(['the third'], 'fourth.jpg')], ['labels', '{"a":1}']);
  expect(await put(file)).toEqual([200, { changed: false, version: 3 }, 'fourth.jpg']);
  expect(await get(contentId)).toMatchObject({ givenId: '0A', labels: { a: 1 } });
  expect((await put('{}', '?id=b'))[0]).toBe(400);
  const gone = await app.request(`${CONTENTS}/${contentId.replace(/a$/, 'b')}/original`, { method: 'PUT', body: 'x' });
  expect(gone.status).toBe(404);
});

describe('upload() of a form', () => {
  const file = new File(['the bytes'], 'ü 日本.jpg', { type: 'image/jpeg' });

  test.each([
    ['before', [['labels', '{"trip":"rome","year":2024}'] as const, ['file', file] as const]],
    ['behind', [['file', file] as const, ['labels', '{"trip":"rome","year":2024}'] as const]],
  ])('takes labels %s the file', async (_, entries) => {
    const { services, post, get } = setUp();
    const { status, contentId } = await post(form(...entries));
    expect(status).toBe(200);
    expect(await get(contentId)).toMatchObject({ name: 'ü 日本.jpg', labels: { trip: 'rome', year: 2024 } });
    expect(Buffer.from(services.stored.get(contentId) ?? []).toString()).toBe('the bytes');
  });

  test('carries large files through unchanged', async () => {
    const { services, post } = setUp(3_000_000);
    const bytes = Uint8Array.from({ length: 2_000_001 }, (_, i) => i * 31);
    const { contentId } = await post(form(['file', new File([bytes], 'big.jpg')], ['labels', '{"a":1}']));
    expect(Buffer.compare(services.stored.get(contentId) ?? new Uint8Array(), bytes)).toBe(0);
  });

  test.each([
    ['no file', form(['labels', '{}']), 'it holds no file'],
    ['two files', form(['a', file], ['b', file]), 'it holds several files'],
    [
      'an unknown field',
      form(['label', '{}'], ['file', file]),
      'field "label" is not known here, did you mean "labels"?',
    ],
    ['an unknown field behind the file', form(['file', file], ['x', '1']), 'field "x" is not known here'],
    ['labels that are no JSON', form(['labels', 'trip=rome'], ['file', file]), 'they are no JSON object'],
    [
      'labels that are nested',
      form(['labels', '{"a":{}}'], ['file', file]),
      '"a" must be a text or a number or true or false',
    ],
    ['wrong labels behind the file', form(['file', file], ['labels', '[]']), 'Cannot read the labels'],
  ])('refuses %s and stores nothing', async (_, body, message) => {
    const { services, post } = setUp();
    const { status, reply } = await post(body);
    expect([status, reply]).toMatchObject([400, { code: 'invalid_input', message: expect.stringContaining(message) }]);
    expect(services.stored.size).toBe(0);
  });

  test.each([
    ['cut off in its file', ...rawForm([FILE], '')],
    ['cut off behind its file', ...rawForm([FILE], '--x\r\nContent-')],
    ['without a boundary', rawForm([FILE])[0], { 'content-type': 'multipart/form-data' }],
    ['that is none', 'hello', { 'content-type': 'multipart/form-data; boundary=x' }],
    ['that is empty', '', { 'content-type': 'multipart/form-data; boundary=x' }],
  ])('refuses a form %s and stores nothing', async (_, body, headers) => {
    const { services, post } = setUp();
    const { status, reply } = await post(body, headers);
    expect([status, reply]).toMatchObject([400, { code: 'invalid_input' }]);
    expect(services.stored.size).toBe(0);
  });

  test('keeps no folder of a file name', async () => {
    const { post, get } = setUp();
    const [body, headers] = rawForm(['name="file"; filename="../../etc/passwd"\r\n\r\nbytes']);
    const { contentId } = await post(body, headers);
    expect((await get(contentId)).name).toBe('passwd');
  });

  test('refuses a file above the limit', async () => {
    const { services, post } = setUp(5_000);
    const { status, reply } = await post(form(['file', new File([new Uint8Array(5_001)], 'a.jpg')]));
    expect([status, reply]).toMatchObject([413, { code: 'limit', limitBytes: 5_000 }]);
    expect(services.stored.size).toBe(0);
  });
});

test('upload() tells the reason of a broken body, however the engine words it', async () => {
  const upload: Services['upload'] = async (_namespace, { body }) => {
    try {
      await body.pipeTo(new WritableStream());
    } catch (cause) {
      throw new UnavailableError('Cannot store: the stream broke', { cause });
    }
    throw new UnavailableError('Cannot store: the disk is full');
  };
  const post = setUp(5_000, { upload }).post;
  expect((await post(chunks(6), {}, '?name=a.jpg')).status).toBe(413);
  expect((await post(form(['f', new File([new Uint8Array(5_001)], 'a.jpg')]))).status).toBe(413);
  expect((await post(...rawForm([FILE], ''))).status).toBe(400);
  expect((await post(chunks(5), {}, '?name=a.jpg')).reply.message).toBe('Cannot store: the disk is full');
});

describe('upload() of bare bytes', () => {
  test('takes name and labels from the query', async () => {
    const { services, post, get } = setUp();
    const labels = encodeURIComponent('{"trip":"rome"}');
    const { contentId } = await post(chunks(3), { 'content-type': 'image/jpeg' }, `?name=a%2Fb.jpg&labels=${labels}`);
    expect(await get(contentId)).toMatchObject({ name: 'b.jpg', labels: { trip: 'rome' } });
    expect(services.stored.get(contentId)).toHaveLength(3000);
  });

  test('says when the same bytes are there already', async () => {
    const { post } = setUp();
    expect((await post('same', {}, '?name=a.jpg')).reply.created).toBe(true);
    expect((await post('same', {}, '?name=b.jpg')).reply.created).toBe(false);
  });

  test('stops reading at the limit', async () => {
    const { services, post } = setUp();
    const { status, reply } = await post(chunks(Infinity), { 'content-type': 'image/jpeg' }, '?name=a.jpg');
    expect([status, reply]).toMatchObject([413, { code: 'limit', limitBytes: 10_000 }]);
    expect(services.failures).toHaveLength(1);
  });

  test('refuses what says that it is too large without reading it', async () => {
    const { services, post } = setUp();
    const headers = { 'content-type': 'image/jpeg', 'content-length': '10001' };
    expect((await post(chunks(1), headers, '?name=a.jpg')).status).toBe(413);
    expect(services.failures).toHaveLength(0);
  });

  test.each([
    ['no name', 'bytes', { 'content-type': 'image/jpeg' }, '', '?name='],
    ['JSON', '{}', { 'content-type': 'application/json' }, '?name=a.jpg', 'body of type "application/json"'],
    ['no body', undefined, {}, '?name=a.jpg', 'has no body'],
    ['an unknown parameter', 'b', {}, '?nmae=a.jpg', '"nmae" is not known here'],
  ])('refuses %s', async (_, body, headers, query, message) => {
    const { status, reply } = await setUp().post(body, headers, query);
    expect([status, reply.message]).toEqual([400, expect.stringContaining(message)]);
  });
});
