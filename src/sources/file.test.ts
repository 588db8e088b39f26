import { appendFileSync } from 'node:fs';
import { mkdtemp, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LimitError } from '../contract/index.ts';
import { HEAD_BYTES, hashFile } from './file.ts';
import { FileChangedError, UnreadableFileError } from './file-error.ts';
import { isSettled, sameStamp, untilSettled } from './stamp.ts';

let folder = '';
let file = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fovea-file-'));
  file = join(folder, 'a.jpg');
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('hashFile() gives the SHA-256, the size and all of a small file', async () => {
  await writeFile(file, 'abc');
  const hashed = await hashFile(file);
  // FIPS 180-2, appendix B.1.
  expect(hashed.sha256).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(hashed.size).toBe(3);
  expect(Buffer.from(hashed.head).toString()).toBe('abc');
});

test('hashFile() reads an empty file', async () => {
  await writeFile(file, '');
  expect(await hashFile(file)).toMatchObject({
    size: 0,
    sha256: createHash('sha256').digest('hex'),
    head: Buffer.alloc(0),
  });
});

test('hashFile() reads a large file in pieces and keeps its first 64 KiB', async () => {
  const bytes = Buffer.alloc(700_001, 'fovea');
  await writeFile(file, bytes);
  const { sha256, head, size } = await hashFile(file);
  expect(size).toBe(700_001);
  expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  expect(Buffer.from(head).equals(bytes.subarray(0, HEAD_BYTES))).toBe(true);
});

test('hashFile() says what is wrong', async () => {
  await writeFile(file, 'abcd');
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  await expect(hashFile(join(folder, 'gone'))).rejects.toThrow(`Cannot read "${folder}/gone": it does not exist`);
  await expect(hashFile(folder)).rejects.toThrow('it is no regular file');
  await expect(hashFile(join(folder, 'pipe'))).rejects.toThrow(UnreadableFileError);
  await expect(hashFile(file, { maxBytes: 3 })).rejects.toThrow(LimitError);
  expect((await hashFile(file, { maxBytes: 4 })).size).toBe(4);
  await expect(hashFile(file, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
});

/** Changes the file between two of the pieces that `hashFile` reads: the signal is looked at before each. */
function changing(change: () => void): AbortSignal {
  const signal = new AbortController().signal;
  let looks = 0;
  signal.throwIfAborted = () => {
    looks += 1;
    if (looks === 2) change();
  };
  return signal;
}

test.each([
  ['grew', () => execFileSync('sh', ['-c', 'printf x >> "$0"', file])],
  ['shrank', () => execFileSync('truncate', ['-s', '300000', file])],
  ['was touched', () => execFileSync('touch', [file])],
  ['was replaced', () => execFileSync('sh', ['-c', 'cp -p "$0" "$0.new" && mv "$0.new" "$0"', file])],
])('hashFile() refuses a file that %s while it was read', async (_, change) => {
  await writeFile(file, Buffer.alloc(600_000));
  await utimes(file, 1_000_000, 1_000_000);
  await expect(hashFile(file, { signal: changing(change) })).rejects.toThrow(FileChangedError);
  expect((await hashFile(file)).sha256).toHaveLength(64);
});

test('isSettled() waits two seconds, and does not wait for clocks that are ahead', () => {
  const at = (ms: number) => ({ mtimeNs: BigInt(ms) * 1_000_000n });
  expect(isSettled(at(10_000), 11_999)).toBe(false);
  expect(isSettled(at(10_000), 12_001)).toBe(true);
  expect(isSettled(at(10_000), 9_000)).toBe(false);
  expect(isSettled(at(10_000), 1_000)).toBe(true);
});

test('untilSettled() returns at once for old files, after a look for new ones, and gives up on growing ones', async () => {
  await writeFile(file, 'abc');
  expect((await untilSettled(file, { intervalMs: 20 }))?.size).toBe(3);
  const writer = setInterval(() => appendFileSync(file, 'x'), 5);
  try {
    expect(await untilSettled(file, { intervalMs: 50, timeoutMs: 200 })).toBeUndefined();
  } finally {
    clearInterval(writer);
  }
  await utimes(file, 1, 1);
  expect(await untilSettled(file, { intervalMs: 60_000 })).toMatchObject({ mtimeNs: 1_000_000_000n });
  await expect(untilSettled(join(folder, 'gone'))).rejects.toThrow('it does not exist');
});

test('sameStamp() compares size, time and inode', async () => {
  await writeFile(file, 'abc');
  const before = await hashFile(file);
  expect(sameStamp(before, await hashFile(file))).toBe(true);
  await writeFile(`${file}2`, 'abc');
  await rename(`${file}2`, file);
  expect(sameStamp(before, await hashFile(file))).toBe(false);
  await truncate(file, 2);
  expect(sameStamp({ ...before, size: 2 }, before)).toBe(false);
});

test('hashFile() asks with the first 64 KiB whether to read on', async () => {
  await writeFile(file, Buffer.alloc(600_000, 7));
  const stop = new AbortController();
  const wanted = vi.fn((head: Uint8Array) => {
    stop.abort(new Error('it read on'));
    return head.length !== 64 * 1024;
  });
  expect(await hashFile(file, { wanted, signal: stop.signal })).toBeUndefined();
  expect(wanted).toHaveBeenCalledTimes(1);
  await expect(hashFile(file, { wanted: () => true })).resolves.toMatchObject({ size: 600_000 });
  const empty = join(folder, 'empty');
  await writeFile(empty, '');
  expect(await hashFile(empty, { wanted: () => false })).toBeUndefined();
});
