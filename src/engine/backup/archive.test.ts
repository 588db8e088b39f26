import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConflictError, FoveaError, InvalidInputError, LimitError, NotFoundError } from '../../contract/index.ts';
import { SCHEMA_VERSION } from '../../store/index.ts';
import { fileSize, openArchive } from './archive-reader.ts';
import { ArchiveWriter } from './archive-writer.ts';
import { END_ENTRY, FORMAT_VERSION, HEAD_ENTRY } from './format.ts';

const folder = mkdtempSync(join(tmpdir(), 'fovea-archive-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HEAD = {
  format: 'fovea-backup',
  formatVersion: FORMAT_VERSION,
  version: '1.2.3',
  createdAt: '2026-01-02T03:04:05.000Z',
  dialect: 'pglite',
  schemaVersion: SCHEMA_VERSION,
  namespaces: ['default'],
  tables: [{ schema: 'fovea', table: 'namespace', columns: [{ name: 'name', type: 'text' }] }],
  sequences: [{ name: 'policy_id', last: '5', called: true }],
};
const COUNTS = { rows: 1, contents: 0, originals: 1, missingOriginals: 0 };

/** A backup of two entries; `change` makes it another. */
async function archive(change: { head?: object; end?: object | 'none'; more?: Uint8Array } = {}): Promise<Buffer> {
  const writer = new ArchiveWriter(new Date(HEAD.createdAt));
  const reading = new Response(writer.readable).arrayBuffer();
  await writer.addJson(HEAD_ENTRY, { ...HEAD, ...change.head });
  await writer.add('originals/abc', 600, [Buffer.alloc(300, 'a'), Buffer.alloc(300, 'b')]);
  await writer.addBytes('rows/fovea/namespace/000001.jsonl.gz', gzipSync('["default"]\n'));
  const { entries } = writer.hash;
  const { end } = change;
  if (end !== 'none') await writer.addJson(END_ENTRY, { entries, sha256: writer.hash.digest(), ...COUNTS, ...end });
  if (change.more !== undefined) await writer.addBytes('rows/more', change.more);
  writer.finish();
  return Buffer.from(await reading);
}

function file(bytes: Uint8Array): string {
  const path = join(folder, 'backup.tar');
  writeFileSync(path, bytes);
  return path;
}

/** Everything that is read of it, as text. */
async function read(path: string): Promise<string[]> {
  const { head, entries, close } = await openArchive(path);
  const found = [head.version];
  try {
    for (;;) {
      const { done, value } = await entries.next();
      if (done === true) return [...found, JSON.stringify(value)];
      found.push(`${value.name} ${Buffer.from(await value.bytes()).toString('latin1')}`);
    }
  } finally {
    await close();
  }
}

describe('openArchive()', () => {
  let whole: Buffer;
  let expected: string[];
  beforeAll(async () => {
    whole = await archive();
    expected = await read(file(whole));
  });

  test('reads what was written', () => {
    expect(expected).toEqual([
      '1.2.3',
      `originals/abc ${'a'.repeat(300)}${'b'.repeat(300)}`,
      expect.stringMatching(/^rows\/fovea\/namespace\/000001.jsonl.gz /),
      expect.stringContaining('"entries":3'),
    ]);
  });

  test('passes over what is not read, and holds it against the hash all the same', async () => {
    const path = file(whole);
    const { entries, bytesRead } = await openArchive(path);
    const names = [];
    for await (const { name } of entries) names.push(name);
    expect(names).toEqual(['originals/abc', 'rows/fovea/namespace/000001.jsonl.gz']);
    expect(bytesRead()).toBe(await fileSize(path));
    const damaged = Buffer.from(whole);
    damaged[damaged.indexOf('bbb') + 20] = 0;
    const other = await openArchive(file(damaged));
    const reading = async () => {
      for await (const { name } of other.entries) names.push(name);
    };
    await expect(reading()).rejects.toThrow('it is damaged');
  });

  test('refuses a file that is cut off, wherever', async () => {
    for (let length = 0; length < whole.length; length += 97) {
      const error: unknown = await read(file(whole.subarray(0, length))).catch((caught: unknown) => caught);
      expect([length, error]).toEqual([length, expect.any(InvalidInputError)]);
      expect(String(error)).toMatch(length < 1024 ? /no backup of Fovea|cut off/ : /cut off/);
    }
  });

  test('refuses a whole archive without its own end: its writer was stopped', async () => {
    await expect(read(file(await archive({ end: 'none' })))).rejects.toThrow('it is cut off');
  });

  test('refuses a file with another byte, unless it means the same', async () => {
    let refused = 0;
    for (let at = 0; at < whole.length; at += 41) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 0x41;
      const found: unknown = await read(file(changed)).catch((error: unknown) => error);
      if (found instanceof FoveaError) refused += 1;
      else expect([at, found]).toEqual([at, expected]);
    }
    expect(refused).toBeGreaterThan(60);
  });

  test('refuses what is no backup', async () => {
    const foreign = new ArchiveWriter(new Date());
    const reading = new Response(foreign.readable).arrayBuffer();
    await foreign.addBytes('photo.jpg', Buffer.from('a photo'));
    foreign.finish();
    const tar = Buffer.from(await reading);
    for (const bytes of [Buffer.alloc(0), Buffer.from('a photo'), Buffer.alloc(5000, 7), gzipSync(whole), tar]) {
      await expect(read(file(bytes))).rejects.toThrow(`backup.tar": it is no backup of Fovea`);
    }
    await expect(read(file(await archive({ head: { format: 'else' } })))).rejects.toThrow('it is no backup of Fovea');
    await expect(fileSize(join(folder, 'missing.tar'))).rejects.toBeInstanceOf(NotFoundError);
    await expect(fileSize(folder)).rejects.toThrow('that is no file');
  });

  test('refuses what a newer release wrote, in another format or of another schema', async () => {
    const format = read(file(await archive({ head: { formatVersion: 2, tables: 'as nobody knows yet' } })));
    await expect(format).rejects.toBeInstanceOf(ConflictError);
    await expect(format).rejects.toThrow(
      'Fovea 1.2.3 wrote it with format 2, and this one knows formats up to 1; install',
    );
    const schema = read(file(await archive({ head: { schemaVersion: SCHEMA_VERSION + 1 } })));
    await expect(schema).rejects.toBeInstanceOf(ConflictError);
    await expect(schema).rejects.toThrow(`wrote it with schema ${SCHEMA_VERSION + 1}, and`);
  });

  test('refuses an end that does not fit, entries behind it, and a head that holds anything', async () => {
    for (const change of [
      { end: { sha256: '0' } },
      { end: { entries: 4 } },
      { end: { rows: 'many' } },
      { more: new Uint8Array(3) },
      { head: { namespaces: ['a"; drop schema fovea'] } },
      { head: { tables: [], sequences: [{ name: 'x', last: '1; drop', called: true }] } },
    ]) {
      await expect(read(file(await archive(change)))).rejects.toThrow('it is damaged');
    }
  });

  test('holds no entry in memory that is larger than Fovea writes', async () => {
    const huge = Buffer.from(whole);
    // ustar: size at 124, checksum at 148; both octal. The checksum counts itself as blanks.
    huge.write((257 * 1024 ** 2).toString(8).padStart(11, '0'), 124);
    huge.write(' '.repeat(8), 148);
    const sum = huge.subarray(0, 512).reduce((total, byte) => total + byte, 0);
    huge.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    await expect(read(file(huge))).rejects.toBeInstanceOf(LimitError);
  });
});

test('ArchiveWriter fails where its reader has gone, and its reader where it fails', async () => {
  const gone = new ArchiveWriter(new Date());
  await gone.readable.cancel(new Error('gone'));
  await expect(gone.addBytes('a', new Uint8Array(3))).rejects.toThrow('gone');
  const failing = new ArchiveWriter(new Date());
  const reading = new Response(failing.readable).arrayBuffer();
  failing.fail(new Error('the disk is gone'));
  await expect(reading).rejects.toThrow('the disk is gone');
});
