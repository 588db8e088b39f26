import { chmod, link, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { InvalidInputError, NotFoundError } from '../contract/index.ts';
import { hashFile } from './file.ts';
import { pathOfFileUri } from './file-uri.ts';
import { walk } from './folder.ts';
import type { FoundFile, WalkEntry } from './folder.ts';

let root = '';

beforeEach(async () => {
  root = realpathSync(await mkdtemp(join(tmpdir(), 'fovea-walk-')));
  await chmod(root, 0o755);
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

async function put(...paths: string[]): Promise<void> {
  for (const path of paths) {
    const file = join(root, path);
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, path);
  }
}

async function collect(from: string | Buffer = root): Promise<WalkEntry[]> {
  const entries: WalkEntry[] = [];
  for await (const entry of walk(from)) entries.push(entry);
  return entries;
}

const short = (path: string) => path.slice(root.length + 1);
const files = (entries: readonly WalkEntry[]) => entries.filter((entry): entry is FoundFile => entry.kind === 'file');
const filePaths = async () => files(await collect()).map(({ path }) => short(path));
const others = async () =>
  (await collect()).flatMap((entry) =>
    entry.kind === 'ignored'
      ? [[short(entry.path), entry.extension]]
      : entry.kind === 'problem'
        ? [[short(entry.path), entry.message]]
        : [],
  );

test('walk() gives the files of a folder in order, then its folders', async () => {
  await put('b.jpg', 'a.jpg', 'z/1.jpg', 'c/2.jpg', 'c/deep/er/3.jpg', 'C.jpg');
  expect(await filePaths()).toEqual(['C.jpg', 'a.jpg', 'b.jpg', 'c/2.jpg', 'c/deep/er/3.jpg', 'z/1.jpg']);
});

test('walk() tells size, time, inode and name', async () => {
  await put('sub/photo one.jpg');
  const [file] = files(await collect());
  const { size, mtimeNs, inode } = await hashFile(join(root, 'sub/photo one.jpg'));
  expect(file).toEqual({
    kind: 'file',
    path: join(root, 'sub/photo one.jpg'),
    uri: `file://${root}/sub/photo%20one.jpg`,
    name: 'photo one.jpg',
    size,
    mtimeNs,
    inode,
  });
  expect(size).toBe('sub/photo one.jpg'.length);
});

test('walk() counts hidden things, sidecars and folders of other programs', async () => {
  await put(
    'a.jpg',
    'a.jpg.json',
    'a.XMP',
    '.DS_Store',
    '._a.jpg',
    'Thumbs.db',
    'b.jpg.part',
    '.git/HEAD',
    '@eaDir/a.jpg/thumb.jpg',
    'notes.txt',
  );
  expect(await filePaths()).toEqual(['a.jpg', 'notes.txt']);
  expect((await others()).toSorted()).toEqual([
    ['.DS_Store', '(hidden) .ds_store'],
    ['._a.jpg', '(hidden) .jpg'],
    ['.git', '.git/'],
    ['@eaDir', '@eaDir/'],
    ['Thumbs.db', 'thumbs.db'],
    ['a.XMP', '.xmp'],
    ['a.jpg.json', '.json'],
    ['b.jpg.part', '.part'],
  ]);
});

test('walk() of a hidden root enters it', async () => {
  await put('.photos/a.jpg');
  expect(files(await collect(join(root, '.photos'))).map(({ name }) => name)).toEqual(['a.jpg']);
});

test('walk() of a file gives that file', async () => {
  await put('a.jpg', 'b.jpg');
  expect(await collect(join(root, 'a.jpg'))).toMatchObject([{ kind: 'file', name: 'a.jpg' }]);
});

test('walk() follows links once and ends in circles', async () => {
  await put('real/a.jpg', 'outside.jpg');
  await mkdir(join(root, 'in'));
  await symlink('../real', join(root, 'in/first'));
  await symlink('../real', join(root, 'in/second'));
  await symlink('..', join(root, 'real/up'));
  await symlink('.', join(root, 'real/self'));
  await symlink('../outside.jpg', join(root, 'in/1.jpg'));
  await symlink('../outside.jpg', join(root, 'in/2.jpg'));
  expect(files(await collect(join(root, 'in'))).map(({ path }) => short(path))).toEqual(['in/1.jpg', 'in/first/a.jpg']);
  expect(await filePaths()).toEqual(['outside.jpg', 'in/1.jpg', 'real/a.jpg']);
});

test('walk() does not follow a link to a folder that holds the root', async () => {
  await put('elsewhere/secret.jpg', 'photos/a.jpg');
  await symlink('..', join(root, 'photos/up'));
  await symlink('/', join(root, 'photos/system'));
  const entries = await collect(join(root, 'photos'));
  expect(files(entries).map(({ name }) => name)).toEqual(['a.jpg']);
  expect(entries.filter(({ kind }) => kind === 'ignored')).toMatchObject([
    { extension: '(link upwards)' },
    { extension: '(link upwards)' },
  ]);
});

test('walk() gives both names of a hard link', async () => {
  await put('a.jpg');
  await link(join(root, 'a.jpg'), join(root, 'b.jpg'));
  const [a, b] = files(await collect());
  expect([a?.name, b?.name]).toEqual(['a.jpg', 'b.jpg']);
  expect(a?.inode).toBe(b?.inode);
});

test('walk() tells of broken links and odd files and goes on', async () => {
  await put('a.jpg', 'z.jpg');
  await symlink('nowhere.jpg', join(root, 'broken.jpg'));
  await symlink('loop.jpg', join(root, 'loop.jpg'));
  execFileSync('mkfifo', [join(root, 'pipe.jpg')]);
  expect(await filePaths()).toEqual(['a.jpg', 'z.jpg']);
  expect(await others()).toEqual([
    ['broken.jpg', `Cannot read "${root}/broken.jpg": it is a link to something that does not exist`],
    ['loop.jpg', `Cannot read "${root}/loop.jpg": it is a link that leads back to itself`],
    ['pipe.jpg', '(special file)'],
  ]);
});

test('walk() tells of folders that it may not read and goes on', async () => {
  await put('a.jpg', 'locked/b.jpg', 'open/c.jpg');
  await chmod(join(root, 'locked'), 0);
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    expect(await filePaths()).toEqual(['a.jpg', 'open/c.jpg']);
    expect(await others()).toEqual([
      ['locked', `Cannot read "${root}/locked": permission is denied; let the user that runs Fovea read it`],
    ]);
  } finally {
    if (isRoot) process.seteuid?.(0);
    await chmod(join(root, 'locked'), 0o755);
  }
});

test.skipIf(process.platform !== 'linux')('walk() finds files of every name, and their URIs open them', async () => {
  const long = `${'ü'.repeat(125)}.jpg`;
  await put('new\nline.jpg', '🦜.jpg', 'space ', '%41.jpg', '#?.jpg', '\\"\'.jpg', `${long}x`, '-rf', '~', 'x..jpg');
  const latin1 = Buffer.concat([Buffer.from(`${root}/`), Buffer.from('caf\xe9.jpg', 'latin1')]);
  await writeFile(latin1, 'latin1');
  const odd = Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff, 0xfe])]);
  await mkdir(odd);
  await writeFile(Buffer.concat([odd, Buffer.from('/in.jpg')]), 'in');
  const found = files(await collect());
  expect(found).toHaveLength(12);
  expect(Buffer.byteLength(`${long}x`)).toBe(255);
  for (const { uri, size } of found) expect((await hashFile(pathOfFileUri(uri))).size).toBe(size);
  expect(found.find(({ name }) => name.startsWith('caf'))).toMatchObject({
    path: `${root}/caf\uFFFD.jpg`,
    uri: `file://${root}/caf%E9.jpg`,
  });
  expect(files(await collect(odd)).map(({ uri }) => uri)).toEqual([`file://${root}/%FF%FE/in.jpg`]);
});

test('walk() sees every file of a large folder once', async () => {
  const names = Array.from({ length: 5000 }, (_, i) => `${i}.jpg`);
  await Promise.all(names.map((name) => writeFile(join(root, name), '')));
  expect(new Set(await filePaths())).toEqual(new Set(names));
});

test('walk() refuses a root that is missing or relative', async () => {
  await put('a.jpg');
  await expect(collect(join(root, 'gone'))).rejects.toThrow(NotFoundError);
  await expect(collect(join(root, 'a.jpg/b'))).rejects.toThrow(
    `Cannot find folder "${root}/a.jpg/b": there is no file or folder`,
  );
  await expect(collect('photos')).rejects.toThrow(InvalidInputError);
});

test('walk() ends at a signal, and when nobody reads on', async () => {
  await put('a.jpg', 'b/c.jpg');
  const stop = new AbortController();
  const seen: string[] = [];
  const run = async () => {
    for await (const entry of walk(root, { signal: stop.signal })) {
      seen.push(short(entry.path));
      stop.abort(new Error('enough'));
    }
  };
  await expect(run()).rejects.toThrow('enough');
  expect(seen).toEqual(['a.jpg']);
  for await (const entry of walk(root)) {
    expect(entry.kind).toBe('file');
    break;
  }
});
