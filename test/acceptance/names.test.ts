import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { AddProgress, Status } from '../../src/contract/index.ts';
import type { FoveaClient } from '../../src/client/index.ts';
import { testData } from '../data.ts';
import { describeLibrary, type Library } from './library.ts';

interface Added {
  readonly added: readonly AddProgress[];
  readonly status: Status;
}

const photos = (count: number): readonly Buffer[] => {
  const source = testData('data/flickr8k/images');
  return readdirSync(source)
    .toSorted()
    .slice(0, count)
    .map((name) => readFileSync(join(source, name)));
};

/** Names that a file may have on Linux; Buffers where they are no UTF-8. */
const NAMES: readonly (string | Buffer)[] = [
  'two  spaces .jpg',
  `it's "quoted" \`so\` \\ and $HOME.jpg`,
  'line\nbreak\tand\x1b[31mcolour.jpg',
  '🐕‍🦺 собака 犬.jpg',
  '%41%2f%00 #?&.jpg',
  '-rf.jpg',
  "'); drop table content; --.jpg",
  `${'ü'.repeat(125)}x.jpg`,
  Buffer.from('caf\xe9.jpg', 'latin1'),
  Buffer.from([0xff, 0xfe, 0x2e, 0x6a, 0x70, 0x67]),
];

describeLibrary('names and links', (newLibrary) => {
  const add = async (library: Library, folder: string): Promise<Added> => {
    const ran = await library.fovea('add', folder, '--json');
    expect(ran.code, ran.stderr).toBe(0);
    return ran.json<Added>();
  };

  test.skipIf(process.platform !== 'linux')('a file of any name is indexed, found, sent and known again', async () => {
    const library = await newLibrary();
    const folder = join(library.folder, 'any " name\n');
    mkdirSync(folder);
    const bytes = photos(NAMES.length);
    const pathOf = (name: string | Buffer): Buffer => Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name)]);
    for (const [place, name] of NAMES.entries()) writeFileSync(pathOf(name), bytes[place] ?? '');
    expect(Buffer.byteLength(NAMES[7] ?? '')).toBe(255);
    const { client } = await library.serve();
    const { added, status } = await add(library, folder);
    expect(added[0]).toMatchObject({ seen: NAMES.length, added: NAMES.length, failed: 0 });
    expect(status).toMatchObject({ indexedContents: NAMES.length, failedContents: 0 });

    const { contents } = await client.contents.list({ limit: 100 });
    for (const [place, name] of NAMES.entries()) {
      const content = contents.find((each) => each.name === name.toString());
      const original = await client.original(content?.contentId ?? '');
      expect(Buffer.from(await original.bytes()).equals(bytes[place] ?? Buffer.of()), String(name)).toBe(true);
      expect((await client.thumbnail(content?.contentId ?? '')).mimeType).toBe('image/webp');
      const { rows } = await client.sql('select name from content where name = $1', [name.toString()]);
      expect(rows).toEqual([{ name: name.toString() }]);
    }
    const printed = await library.fovea('search', 'a dog', '-k', '10');
    expect(printed.code, printed.stderr).toBe(0);
    // A terminal must not take a name for an order.
    expect(printed.stdout).not.toContain('\x1b');
    expect(printed.stdout).toContain(join(folder, '🐕‍🦺 собака 犬.jpg').replace('\n', ' '));
    expect((await add(library, folder)).added[0]).toMatchObject({ added: 0, unchanged: NAMES.length, missing: 0 });

    for (const [place, name] of NAMES.entries())
      renameSync(pathOf(name), Buffer.concat([pathOf(''), Buffer.from(`${place}.jpg`)]));
    expect((await add(library, folder)).added[0]).toMatchObject({ added: 0, duplicates: NAMES.length });
    expect(await present(client)).toEqual(NAMES.map((_name, place) => `${place}.jpg`).toSorted());
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    expect((await add(library, folder)).added[0]).toMatchObject({ seen: 0, missing: NAMES.length });
  });

  test('links lead everywhere once, and in no circle', async () => {
    const library = await newLibrary();
    const [one = Buffer.of(), two = Buffer.of(), three = Buffer.of()] = photos(3);
    const folder = join(library.folder, 'links');
    mkdirSync(join(folder, 'below', 'deeper'), { recursive: true });
    mkdirSync(join(library.folder, 'elsewhere'));
    writeFileSync(join(folder, 'one.jpg'), one);
    writeFileSync(join(folder, 'below', 'two.jpg'), two);
    writeFileSync(join(library.folder, 'elsewhere', 'three.jpg'), three);
    symlinkSync('.', join(folder, 'self'));
    symlinkSync('../..', join(folder, 'below', 'up'));
    symlinkSync('../../below', join(folder, 'below', 'deeper', 'round'));
    symlinkSync('../elsewhere', join(folder, 'beside'));
    symlinkSync('one.jpg', join(folder, 'pointer.jpg'));
    symlinkSync('ring-b.jpg', join(folder, 'ring-a.jpg'));
    symlinkSync('ring-a.jpg', join(folder, 'ring-b.jpg'));
    const { client } = await library.serve();
    const ran = await library.fovea('add', folder, '--json');
    const { added, status } = ran.json<Added>();
    expect(added[0]).toMatchObject({ added: 3, failed: 2, finished: true });
    expect(added[0]?.problems.map(({ message }) => message)).toEqual(
      ['ring-a.jpg', 'ring-b.jpg'].map(
        (name) => `Cannot read "${join(folder, name)}": it is a link that leads back to itself`,
      ),
    );
    expect(status).toMatchObject({ contents: 3, indexedContents: 3 });
    expect(await present(client)).toEqual(['one.jpg', 'three.jpg', 'two.jpg']);
  });

  test('nothing is written into the folder, so it may be read-only', async () => {
    const library = await newLibrary();
    const folder = library.photos('photos', 'pets.jpg', 'owl.jpg');
    for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o444);
    chmodSync(folder, 0o555);
    const state = (): unknown =>
      ['.', ...readdirSync(folder)].map((name) => [name, statSync(join(folder, name), { bigint: true }).ctimeNs]);
    const before = state();
    await library.serve();
    expect((await add(library, folder)).status).toMatchObject({ indexedContents: 2, failedContents: 0 });
    expect(await library.fovea('search', 'an owl')).toMatchObject({ code: 0 });
    expect(state()).toEqual(before);
    chmodSync(folder, 0o755);
  });

  test('a file that was changed or has gone before its turn fails with the reason, and is put right by adding again', async () => {
    const library = await newLibrary();
    const folder = library.photos('photos', 'pets.jpg', 'owl.jpg', 'parrot.jpg');
    const idle = await library.serve('--workers', '0');
    for await (const { failed } of idle.client.addPath(folder)) expect(failed).toBe(0);
    await idle.stop();
    // As many bytes as before, of another picture.
    const owl = join(folder, 'owl.jpg');
    const size = statSync(owl).size;
    const face = readFileSync(testData('data/photos/face.jpg'));
    expect(face.length).toBeLessThan(size);
    writeFileSync(owl, Buffer.concat([face, Buffer.alloc(size - face.length)]));
    rmSync(join(folder, 'parrot.jpg'));
    const { client } = await library.serve();
    await client.waitUntilIndexed();
    const { tasks } = await client.tasks({ state: 'failed', limit: 100 });
    const reasons = new Map(tasks.map(({ name, error }) => [name, error]));
    expect(Object.fromEntries(reasons)).toEqual({
      'owl.jpg': expect.stringMatching(/its bytes have changed since it was added .*; add it again/),
      'parrot.jpg': expect.stringContaining('not there any more'),
    });
    const { added, status } = await add(library, folder);
    expect(added[0]).toMatchObject({ added: 1, unchanged: 1, missing: 1 });
    expect(status).toMatchObject({ contents: 2, indexedContents: 2, failedContents: 0 });
  });
});

/** Names of contents that lie somewhere, sorted. */
async function present(client: FoveaClient): Promise<string[]> {
  const { rows } = await client.sql('select name from content where uri is not null');
  return rows.map(({ name }) => String(name)).toSorted();
}
