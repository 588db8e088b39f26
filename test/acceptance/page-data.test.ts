/**
 * What a page shows before somebody decides, and how it knows that something changed: colours and sizes, what a deletion or
 * another graph would do, where a text is wrong, events. One engine, through the client.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FoveaClient } from '../../src/client/index.ts';
import type { FoveaEvent } from '../../src/contract/index.ts';
import { open } from '../../src/engine/open.ts';
import { testData } from '../data.ts';
import { describeLibrary } from './library.ts';

const PHOTOS = `name: photos
extraction_policies:
  - { extractor: image/colors, name: colors, input_params: { count: 1 } }
  - { extractor: image/phash, name: hash, filter: ['kind=bird'] }
`;

describeLibrary('data of a page', (newLibrary) => {
  let fovea: FoveaClient;
  let folder: string;
  const ids = new Map<string, string>();
  beforeAll(async () => {
    const { home, photos } = await newLibrary();
    folder = photos('birds', 'owl.jpg', 'parrot.jpg');
    fovea = await open({ home, hub: { offline: true }, workers: 1 });
    await fovea.graphs.apply(PHOTOS);
    for await (const _ of fovea.addPath(folder, { labels: { kind: 'bird' } })) void _;
    await fovea.waitUntilIndexed();
    for await (const { name, contentId } of fovea.contents.each()) ids.set(name, contentId);
  });
  afterAll(() => fovea.close());

  test('hits and contents have a colour, and a hash with which their thumbnails may be kept', async () => {
    const { hits } = await fovea.search({ where: 'true' });
    const { rows } = await fovea.sql('select content_id, color from "photos.colors"');
    expect(hits).toHaveLength(2);
    for (const { contentId, color, sha256 } of hits) {
      expect(color).toBe(rows.find(({ content_id: id }) => id === contentId)?.color);
      expect(await fovea.contents.get(contentId)).toMatchObject({ color, sha256 });
      const thumbnail = await fovea.thumbnail(contentId);
      await thumbnail.body.cancel();
      expect(thumbnail.etag).toBe(`${sha256}-320`);
    }
    const { contents, total } = await fovea.contents.list({ name: 'ARRO' });
    expect([contents.map(({ name }) => name), total]).toEqual([['parrot.jpg'], 1]);
    expect(contents[0]?.color).toMatch(/^#[0-9a-f]{6}$/);
    expect((await fovea.contents.list({ name: '%' })).total).toBe(0);
  });

  test('tables tell their rows and bytes, and health that nobody can be asked in words', async () => {
    const tables = await fovea.tables();
    const rowsOf = (name: string) => tables.find((table) => table.name === name)?.rows;
    expect(['content', 'photos.colors', 'photos.hash', 'photos'].map(rowsOf)).toEqual([2, 2, 2, 4]);
    expect(tables.every(({ bytes }) => bytes > 0)).toBe(true);
    expect((await fovea.health()).canAsk).toBe(false);
  });

  test('counts of a namespace without anything are there at once, and an unknown column is named', async () => {
    await fovea.namespaces.create('empty');
    const empty = fovea.withNamespace('empty');
    const { total, facets } = await empty.facets({ of: ['year', 'labels.kind', 'mime_type'] });
    expect([total, facets.map(({ values }) => values)]).toEqual([0, [[], [], []]]);
    await expect(empty.facets({ of: ['year', 'object_name'] })).rejects.toThrow('Cannot count by "object_name"');
    expect((await empty.tables()).map(({ rows }) => rows)).toEqual([0, 0]);
  });

  test('a deletion tells first what would go, and then what went', async () => {
    const owl = ids.get('owl.jpg') ?? '';
    const broken = readFileSync(testData('data/photos/owl.jpg')).subarray(0, 3000);
    const { contentId: stored } = await fovea.upload(broken, { name: 'broken.jpg' });
    await fovea.waitUntilIndexed();
    const asked = [owl, stored, '00000000-0000-4000-8000-000000000404'];
    const told = await fovea.contents.delete(asked, { dryRun: true });
    expect(told).toEqual({ deleted: 2, derived: 0, unknown: asked.slice(2), rows: 2, storedBytes: 3000, keptFiles: 1 });
    expect((await fovea.contents.list()).total).toBe(3);
    expect(await fovea.contents.delete(asked)).toEqual(told);
    expect((await fovea.contents.list()).contents.map(({ name }) => name)).toEqual(['parrot.jpg']);
    expect(existsSync(join(folder, 'owl.jpg'))).toBe(true);
  });

  test('a change of a graph tells what each policy would extract and why, and a page hears when it is done', async () => {
    const wanted = `${PHOTOS.replace('count: 1', 'count: 2').replace("'kind=bird'", "'kind=fish'")}
  - { extractor: image/exif, name: exif }
`;
    const { policies } = await fovea.graphs.apply(wanted, { dryRun: true });
    expect(policies).toEqual([
      { graph: 'photos', policy: 'colors', action: 'change', reasons: ['count 1 → 2'], contents: 1 },
      { graph: 'photos', policy: 'hash', action: 'change', reasons: ['filter kind=bird → kind=fish'], contents: 0 },
      { graph: 'photos', policy: 'exif', action: 'add', reasons: [], contents: 1 },
    ]);
    expect((await fovea.graphs.get('photos')).policies).toHaveLength(2);

    const stop = new AbortController();
    const heard: FoveaEvent[] = [];
    const listening = (async () => {
      for await (const event of fovea.events(stop.signal)) heard.push(event);
    })();
    const parrot = ids.get('parrot.jpg') ?? '';
    await expect
      .poll(async () => {
        await fovea.contents.labels(parrot, { set: { seen: true } });
        return heard.length;
      })
      .toBeGreaterThan(0);
    expect((await fovea.graphs.apply(wanted)).policies).toEqual(policies);
    await fovea.waitUntilIndexed();
    // For the change itself, for "hash", which has nothing to do, and when the new "colors" has done what it had to.
    await expect.poll(() => heard.filter(({ type }) => type === 'graph').length).toBe(3);
    expect(heard).toContainEqual({ type: 'features', contentIds: [parrot] });
    stop.abort();
    await listening;
  });

  test('what is wrong with a text is told with its place', async () => {
    const text = PHOTOS.replace('count: 1', 'count: 99').replace('image/phash', 'image/fash');
    const placeOf = (part: string) => {
      const before = text.slice(0, text.indexOf(part)).split('\n');
      return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
    };
    const issues = [placeOf('count: 99'), placeOf('extractor: image/fash')];
    await expect(fovea.graphs.apply(text, { dryRun: true })).rejects.toMatchObject({ code: 'invalid_input', issues });
    const query = `select '🦉', name from content where lenght(name) > 1`;
    const position = query.indexOf('lenght');
    await expect(fovea.sql(query)).rejects.toMatchObject({ code: 'sql', position });
  });
});
