import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LimitError, UnavailableError } from '../contract/index.ts';
import { blobOfUri, BlobStore, blobUri } from './blob.ts';
import { fileUri } from './file-uri.ts';
import { localPath, readablePath } from './local-path.ts';

const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

let home = '';
let blobs = new BlobStore('');

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'fovea-blob-'));
  blobs = new BlobStore(join(home, 'blobs'));
});

afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

const temporary = () => readdir(join(home, 'blobs/tmp'));

test('put() stores bytes under their SHA-256, for the owner only', async () => {
  const stored = await blobs.put([Buffer.from('a'), Buffer.from('bc')]);
  expect(stored).toEqual({ sha256: ABC, uri: `fovea:${ABC}`, size: 3, head: Buffer.from('abc'), created: true });
  expect(blobs.path(ABC)).toBe(join(home, 'blobs/ba', ABC));
  expect(await readFile(blobs.path(ABC), 'utf8')).toBe('abc');
  expect((await stat(blobs.path(ABC))).mode & 0o777).toBe(0o600);
  expect(await blobs.size(ABC)).toBe(3);
  expect(await temporary()).toEqual([]);
});

test('put() of the same bytes again changes nothing, and mends a file that was cut', async () => {
  await blobs.put([Buffer.from('abc')]);
  expect(await blobs.put([Buffer.from('abc')])).toMatchObject({ sha256: ABC, created: false });
  await writeFile(blobs.path(ABC), 'a');
  expect(await blobs.put([Buffer.from('abc')])).toMatchObject({ created: true });
  expect(await readFile(blobs.path(ABC), 'utf8')).toBe('abc');
  expect(await temporary()).toEqual([]);
});

test('put() of any pieces is put() of the whole', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 40_000, size: 'max' }), { maxLength: 5 }), async (chunks) => {
      const whole = Buffer.concat(chunks);
      const { sha256, size, head } = await blobs.put(chunks);
      expect([sha256, size]).toEqual([createHash('sha256').update(whole).digest('hex'), whole.length]);
      expect(Buffer.from(head).equals(whole.subarray(0, 65_536))).toBe(true);
      expect((await readFile(blobs.path(sha256))).equals(whole)).toBe(true);
    }),
    { numRuns: 15 },
  );
});

test('put() of the same bytes at once keeps one file', async () => {
  const bytes = Buffer.alloc(100_000, 7);
  const stored = await Promise.all(Array.from({ length: 8 }, () => blobs.put([bytes])));
  expect(new Set(stored.map(({ sha256 }) => sha256)).size).toBe(1);
  expect(await temporary()).toEqual([]);
});

test('put() keeps nothing of what is too large, breaks off, or is ended', async () => {
  await expect(blobs.put([Buffer.alloc(11)], { maxBytes: 10 })).rejects.toThrow(LimitError);
  await expect(blobs.put([Buffer.alloc(10)], { maxBytes: 10 })).resolves.toMatchObject({ size: 10 });
  const broken = Object.assign(new Error('the sender went away'), { code: 'ECONNRESET' });
  async function* half(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('half');
    await Promise.reject(broken);
  }
  await expect(blobs.put(half())).rejects.toBe(broken);
  await expect(blobs.put([Buffer.from('x')], { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
    'enough',
  );
  expect(await temporary()).toEqual([]);
});

test('put() copies the first bytes, since senders use their buffers again', async () => {
  const buffer = Buffer.from('abc');
  function* reused(): Generator<Uint8Array> {
    yield buffer;
    buffer.fill('z');
  }
  expect(Buffer.from((await blobs.put(reused())).head).toString()).toBe('abc');
});

test('put() says when it may not write', async () => {
  await writeFile(join(home, 'blobs'), 'a file in the way');
  await expect(blobs.put([Buffer.from('abc')])).rejects.toThrow(UnavailableError);
  await expect(blobs.put([Buffer.from('abc')])).rejects.toThrow(`Cannot write to "${home}/blobs": `);
});

test('remove() removes once; removeTemporary() clears what a crash left', async () => {
  expect(await blobs.removeTemporary()).toBe(0);
  await blobs.put([Buffer.from('abc')]);
  expect([await blobs.remove(ABC), await blobs.remove(ABC)]).toEqual([true, false]);
  expect(await blobs.size(ABC)).toBeUndefined();
  await writeFile(join(home, 'blobs/tmp/left'), 'half');
  expect(await blobs.removeTemporary()).toBe(1);
  expect(await temporary()).toEqual([]);
});

test('remove() waits for what is done about bytes that are put again, and keeps them where they are needed then', async () => {
  await blobs.put([Buffer.from('abc')]);
  let needed = false;
  let began = (): void => undefined;
  const inUse = new Promise<void>((resolve) => (began = resolve));
  let finish = (): void => undefined;
  const putting = blobs.putAnd([Buffer.from('abc')], async ({ created }) => {
    began();
    await new Promise<void>((resolve) => (finish = resolve));
    needed = true;
    return created;
  });
  await inUse;
  const removing = blobs.remove(ABC, () => Promise.resolve(needed));
  finish();
  expect(await Promise.all([putting, removing])).toEqual([false, false]);
  expect(await blobs.size(ABC)).toBe(3);
});

test('blobUri() and blobOfUri() name SHA-256 only: no path can be made of them', () => {
  expect(blobOfUri(blobUri(ABC))).toBe(ABC);
  expect(['fovea:../../etc/passwd', `fovea:${ABC.toUpperCase()}`, `file:${ABC}`, 'fovea:'].map(blobOfUri)).toEqual(
    Array(4).fill(undefined),
  );
  expect(() => blobs.path('../../etc/passwd')).toThrow(RangeError);
});

test('readablePath() is the first place where a file of that size lies', async () => {
  const [gone, changed, good] = [join(home, 'gone.jpg'), join(home, 'changed.jpg'), join(home, 'good.jpg')];
  await writeFile(changed, 'longer');
  await writeFile(good, 'good');
  const uris = [gone, changed, 'https://example.org/good.jpg', good].map((place) =>
    place.startsWith('/') ? fileUri(place) : place,
  );
  expect(await readablePath(uris, 4, blobs)).toBe(good);
  expect(await readablePath(uris, 5, blobs)).toBeUndefined();
});

test('localPath() finds files in place and blobs', () => {
  expect(localPath('file:///a%20b.jpg', blobs)).toBe('/a b.jpg');
  expect(localPath(`fovea:${ABC}`, blobs)).toBe(blobs.path(ABC));
  expect(localPath('https://example.org/a.jpg', blobs)).toBeUndefined();
});
