import { cpSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { AddProgress, FacetsResponse, SearchResponse, SqlResult, Status } from '../../src/contract/index.ts';
import { testData } from '../data.ts';
import { describeLibraries, type Library, type RunningServer } from './library.ts';

const PHOTOS = ['cat_720p.jpg', 'pets.jpg', 'parrot.jpg', 'hot_dog.jpg', 'kite_and_cold.jpg'];

describeLibraries('the first ten minutes', (newLibrary) => {
  let library: Library;
  let photos: string;
  let server: RunningServer;
  beforeAll(async () => {
    library = await newLibrary();
    photos = library.photos('photos', ...PHOTOS);
    server = await library.serve();
  });
  const json = async <T>(...args: string[]): Promise<T> => {
    const ran = await library.fovea(...args, '--json');
    expect(ran.code, ran.stderr).toBe(0);
    return ran.json<T>();
  };

  test('add stores every picture, follows until it is indexed, and makes the built-in graph', async () => {
    const ran = await library.fovea('add', photos, '--label', 'trip=rome');
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stdout).toContain('5 files; 5 added');
    expect(ran.stderr).toContain('Made graph "photos" (clip, objects, exif, colors, phash)');
    expect(ran.stderr).toContain('"auto" uses fovea-tiny');
    const status = await json<Status>('status');
    expect(status).toMatchObject({ contents: 5, indexedContents: 5, failedContents: 0, busy: false });
    expect(status.policies.map(({ policy, done }) => [policy, done])).toEqual(
      ['clip', 'objects', 'exif', 'colors', 'phash'].map((name) => [name, 5]),
    );
  });

  test('search finds by words, by picture, by content and by region', async () => {
    const words = await json<SearchResponse>('search', 'a', 'cat', '-k', '2');
    expect(words.hits.map(({ name }) => name)[0]).toBe('cat_720p.jpg');
    expect(words).toMatchObject({ total: 5, indexed: { done: 5, total: 5 } });
    const picture = await json<SearchResponse>('search', '--image', join(photos, 'parrot.jpg'), '-k', '1');
    expect(picture.hits[0]).toMatchObject({ name: 'parrot.jpg' });
    expect(picture.hits[0]?.similarity).toBeGreaterThan(0.999);
    const cat = words.hits[0]?.contentId ?? '';
    const like = await json<SearchResponse>('search', '--like', cat, '-k', '10');
    expect(like.hits.map(({ name }) => name).toSorted()).toEqual(
      PHOTOS.filter((name) => name !== 'cat_720p.jpg').toSorted(),
    );
    const parrot = picture.hits[0]?.contentId ?? '';
    const region = await json<SearchResponse>('search', '--like', parrot, '--region', '0,0,200,200', '-k', '10');
    expect(region.hits.map(({ similarity }) => similarity)).not.toEqual(
      (await json<SearchResponse>('search', '--like', parrot, '-k', '10')).hits.map(({ similarity }) => similarity),
    );
  });

  test('search obeys labels and a SQL condition, with the rows asked for and the true total', async () => {
    expect((await json<SearchResponse>('search', 'a dog', '--label', 'trip=rome')).total).toBe(5);
    expect((await json<SearchResponse>('search', 'a dog', '--label', 'trip=paris')).hits).toEqual([]);
    const wide = await json<SearchResponse>('search', 'a dog', '--where', 'width > 1000', '-k', '10');
    expect(wide.hits.map(({ name }) => name).toSorted()).toEqual(['cat_720p.jpg', 'kite_and_cold.jpg']);
    const withKites = "exists (select 1 from ingestion i where i.content_id = c.content_id and object_name = 'kite')";
    expect((await json<SearchResponse>('search', 'a dog', '--where', withKites)).hits.map(({ name }) => name)).toEqual([
      'kite_and_cold.jpg',
    ]);
  });

  test('sql answers over detections, contents and vectors', async () => {
    const dogs = await json<SqlResult>(
      'sql',
      "select name, object_name, score, bounding_box from ingestion where object_name='dog'",
    );
    expect(dogs.rows.map(({ name }) => name)).toEqual(['pets.jpg', 'pets.jpg']);
    expect(dogs.rows[0]?.bounding_box).toHaveLength(4);
    const joined = await json<SqlResult>(
      'sql',
      `select c.name, c.width, 1 - (e.embedding <=> f.embedding) as similarity from content c
         join "photos.clip" e using (content_id) cross join "photos.clip" f join content d on d.content_id = f.content_id
        where d.name = 'pets.jpg' order by similarity desc limit 1`,
    );
    expect(joined.rows).toMatchObject([{ name: 'pets.jpg', width: 512, similarity: 1 }]);
    const dates = await json<SqlResult>(
      'sql',
      "select extract(year from taken_at) as year from content where name = 'pets.jpg'",
    );
    expect(dates.rows).toEqual([{ year: 2010 }]);
  });

  test('sql finds by meaning what search finds, in statements and in conditions', async () => {
    const { rows } = await json<SqlResult>(
      'sql',
      "select c.name from content c join \"photos.clip\" e using (content_id) order by e.embedding <=> embed('photos.clip.embedding', 'a cat') limit 5",
    );
    const { hits } = await server.client.search({ query: 'a cat', index: 'photos.clip.embedding' });
    expect(rows.map(({ name }) => name)).toEqual(hits.map(({ name }) => name));
    const scored = await server.client.sql(
      `select c.name, similarity(e.embedding, embed('photos.clip.embedding', $1)) from content c join "photos.clip" e using (content_id)
        order by similarity desc limit $2`,
      ['a cat', 2],
    );
    for (const [at, { name, similarity }] of scored.rows.entries()) {
      expect([name, Number(similarity).toFixed(3)]).toEqual([hits[at]?.name, hits[at]?.similarity?.toFixed(3)]);
    }
    const where = `content_id in (select content_id from "photos.clip" where similarity(embedding, embed('photos.clip.embedding', 'a cat')) >= ${hits[1]?.similarity?.toFixed(3)}::real - 0.001)`;
    const near = await server.client.search({ query: 'a dog', where });
    expect(near.hits.map(({ name }) => name).toSorted()).toEqual(
      hits
        .slice(0, near.total)
        .map(({ name }) => name)
        .toSorted(),
    );
    expect(near.total).toBeGreaterThanOrEqual(2);
    expect(near.total).toBeLessThan(5);
  });

  test.each([
    ["embed('photos.clip', 'a cat') is null", 'did you mean "photos.clip.embedding"?'],
    ['true; drop table content', 'only one statement at a time is allowed'],
    ['exists (delete from content returning 1)', 'syntax error'],
    ['exists (select 1 from ns_vault.content)', 'schema "ns_vault" is not open to queries'],
    ["object_name = 'dog'", 'write content_id in (select content_id from "ingestion" where "object_name" …)'],
  ])('the condition %s is refused with a reason', async (where, reason) => {
    for (const ask of [
      () => server.client.search({ query: 'a cat', where }),
      () => server.client.facets({ of: ['year'], where }),
    ]) {
      await expect(ask()).rejects.toMatchObject({ code: 'sql', message: expect.stringContaining(reason) });
    }
  });

  test('facets count pictures by what was found in them, when and by what they were taken', async () => {
    const dogs = await json<FacetsResponse>(
      'facets',
      '--of',
      'object_name,year,camera,labels.trip',
      '--where',
      'width > 100',
    );
    const [objects, years, cameras, trips] = dogs.facets;
    const { rows } = await server.client.sql(
      `select object_name as value, count(distinct content_id) as contents from ingestion where object_name is not null
        group by object_name order by 2 desc, object_name collate "C"`,
    );
    expect([dogs.total, objects?.values, objects?.distinct]).toEqual([5, rows, rows.length]);
    expect(rows.length).toBeGreaterThan(2);
    expect(years?.values.reduce((sum, { contents }) => sum + contents, 0)).toBe(5);
    expect(years?.values.map(({ value }) => value)).toContain(2010);
    expect((cameras?.values.length ?? 0) + (cameras?.missing ?? 0)).toBeGreaterThan(1);
    expect(trips).toMatchObject({ values: [{ value: 'rome', contents: 5 }], missing: 0 });
    const shown = await library.fovea('facets', '--of', 'object_name', '--label', 'trip=paris', '-k', '1');
    expect([shown.code, shown.stdout.trim(), shown.stderr.trim()]).toEqual([0, 'object_name  pictures', '0 pictures']);
    await expect(server.client.facets({ of: ['objct_name'] })).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('did you mean "object_name"?'),
    });
  });

  test('search --grid writes a page with the pictures inside, or a sheet of them', async () => {
    const grid = join(library.folder, 'out.html');
    expect((await library.fovea('search', 'a <b>cat</b>', '-k', '3', '--grid', grid)).code).toBe(0);
    const page = readFileSync(grid, 'utf8');
    expect(page.match(/src="data:image\/webp;base64,[A-Za-z0-9+/=]{500,}"/g)).toHaveLength(3);
    expect(page).toContain('a &#60;b&#62;cat');
    const sheet = join(library.folder, 'out.png');
    const photo = join(photos, 'pets.jpg');
    const ran = await library.fovea('search', '--image', photo, '--region', '0,0,100,100', '-k', '3', '--grid', sheet);
    expect([ran.code, ran.stderr]).toEqual([0, expect.stringContaining('Wrote 3 hits')]);
    expect([...readFileSync(sheet).subarray(1, 4)].map((code) => String.fromCodePoint(code)).join('')).toBe('PNG');
    expect(await library.fovea('search', 'cat', '--grid', 'out.jpg')).toMatchObject({ code: 2 });
  });

  test('add again opens only what changed; copies, new bytes, vanished and returned files are told apart', async () => {
    const again = async (): Promise<AddProgress> => {
      const { added } = await json<{ added: AddProgress[] }>('add', photos);
      expect(added).toHaveLength(1);
      return added[0] as AddProgress;
    };
    expect(await again()).toMatchObject({ seen: 5, added: 0, unchanged: 5, duplicates: 0, missing: 0 });
    cpSync(join(photos, 'pets.jpg'), join(photos, 'copy.jpg'));
    cpSync(testData('data/photos/owl.jpg'), join(photos, 'hot_dog.jpg'));
    renameSync(join(photos, 'parrot.jpg'), join(library.folder, 'elsewhere.jpg'));
    expect(await again()).toMatchObject({ seen: 5, added: 1, unchanged: 3, duplicates: 1, missing: 1 });
    const { rows } = await json<SqlResult>(
      'sql',
      "select name, uri is null as gone from content where uri is null or name = 'pets.jpg' order by name",
    );
    expect(rows).toEqual([
      { name: 'hot_dog.jpg', gone: true },
      { name: 'parrot.jpg', gone: true },
      { name: 'pets.jpg', gone: false },
    ]);
    renameSync(join(library.folder, 'elsewhere.jpg'), join(photos, 'parrot.jpg'));
    expect((await again()).missing).toBe(0);
    expect((await json<SqlResult>('sql', "select uri from content where name = 'parrot.jpg'")).rows[0]?.uri).toContain(
      '/photos/parrot.jpg',
    );
  });

  test('a file that moved is the same picture at another place, and nothing is extracted again', async () => {
    const place = async (): Promise<unknown> =>
      (await json<SqlResult>('sql', "select content_id, name, uri from content where name like 'kite%'")).rows;
    const before = await place();
    renameSync(join(photos, 'kite_and_cold.jpg'), join(photos, 'kites.jpg'));
    const { added, status } = await json<{ added: AddProgress[]; status: Status }>('add', photos);
    expect(added[0]).toMatchObject({ added: 0, duplicates: 1, missing: 1 });
    expect(status.busy).toBe(false);
    expect(before).toMatchObject([{ name: 'kite_and_cold.jpg' }]);
    expect(await place()).toMatchObject([{ name: 'kites.jpg', uri: expect.stringContaining('/kites.jpg') }]);
    expect((await json<SearchResponse>('search', '--where', "uri like '%/kites.jpg'")).hits).toHaveLength(1);
  });

  test('labels sets and removes; rm forgets a content and leaves the file', async () => {
    const { rows } = await json<SqlResult>('sql', "select content_id from content where name = 'pets.jpg'");
    const id = String(rows[0]?.content_id);
    await json('labels', id, '--set', 'rating=5', '--remove', 'trip');
    expect(await json('labels', id)).toEqual([{ contentId: id, labels: { rating: 5 } }]);
    expect((await json<SearchResponse>('search', '--label', 'rating=5')).hits.map(({ name }) => name)).toEqual([
      'pets.jpg',
    ]);
    expect(await json('rm', id)).toMatchObject({ deleted: 1, unknown: [] });
    expect(existsSync(join(photos, 'pets.jpg'))).toBe(true);
    expect((await json<SqlResult>('sql', 'select 1 from ingestion where content_id = $$' + id + '$$')).rows).toEqual(
      [],
    );
    const gone = await library.fovea('rm', id, '--json');
    expect([gone.code, gone.json()]).toMatchObject([1, { deleted: 0, unknown: [id] }]);
  });

  test('the server stops in order, and the library is as it was at the next start', async () => {
    const before = await json<SqlResult>('sql', 'select name from content order by name');
    await server.stop();
    expect(existsSync(join(library.home, 'server.json'))).toBe(false);
    rmSync(join(photos, 'copy.jpg'));
    expect(await json<SqlResult>('sql', 'select name from content order by name')).toMatchObject({ rows: before.rows });
  });
});
