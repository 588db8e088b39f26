/**
 * What a program does with contents that it names itself: gives ids, updates bytes, waits for one picture, follows what is new,
 * lists by what was done, and lets one graph run on what another found. One engine, through the client.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FoveaClient } from '../../src/client/index.ts';
import { ConflictError, contentIdOfGiven, InvalidInputError, NotFoundError } from '../../src/contract/index.ts';
import { open } from '../../src/engine/open.ts';
import { testData } from '../data.ts';
import { type HostileWeb, startHostileWeb } from '../hostile-web.ts';
import { describeLibraries } from './library.ts';

const PHOTOS = `name: photos
extraction_policies:
  - { extractor: image/yolo, name: objects, input_params: { model: yolox-nano } }
  - { extractor: image/colors, name: colors, filter: ['kind!=plain'] }
`;
const SEEN = `name: seen
extraction_policies:
  - { extractor: embedding/clip, name: embed, input_params: { model: fovea-tiny } }
  - { extractor: image/phash, name: hash }
`;
const LINKED = 'embed_of_photos_objects';

describeLibraries('contents', (newLibrary) => {
  let fovea: FoveaClient;
  let web: HostileWeb;
  let start: () => Promise<FoveaClient>;
  const photo = (name: string): Uint8Array => readFileSync(testData(`data/photos/${name}`));
  const add = async (name: string, options: { id?: string; labels?: Record<string, string | number> } = {}) =>
    (await fovea.upload(photo(name), { name, ...options })).contentId;
  const objectsOf = async (contentId: string): Promise<unknown[]> =>
    (
      await fovea.sql(
        `select distinct object_name from photos where content_id = $1 and object_name is not null order by 1`,
        [contentId],
      )
    ).rows.map(({ object_name: name }) => name);
  beforeAll(async () => {
    web = await startHostileWeb(photo('owl.jpg'));
    const { home, environment } = await newLibrary();
    const { FOVEA_DATABASE_URL: database } = environment;
    const options = {
      home,
      models: [testData('models')],
      hub: { offline: true },
      workers: 1,
      privateHosts: ['127.0.0.1'],
      ...(database === undefined ? {} : { database }),
    };
    start = () => open(options);
    fovea = await start();
    await fovea.graphs.apply(PHOTOS);
    await fovea.graphs.apply(SEEN);
  });
  afterAll(async () => {
    await fovea.close();
    await web.close();
  });

  describe('ids of the caller', () => {
    test('a content has the id that was given, and is found by it as often as it is added', async () => {
      const bytes = photo('owl.jpg');
      const added = await fovea.upload(bytes, { name: 'owl.jpg', id: 'd1A6F7c2b3e4f506', labels: { kind: 'plain' } });
      expect(added).toMatchObject({ created: true, contentId: '00000000-0000-0000-d1a6-f7c2b3e4f506' });
      const again = await fovea.upload(bytes, { name: 'again.jpg', id: 'd1a6f7c2b3e4f506', labels: { seen: 2 } });
      expect(again).toMatchObject({ created: false, contentId: added.contentId });
      expect(await fovea.contents.get(added.contentId)).toMatchObject({
        givenId: 'd1A6F7c2b3e4f506',
        version: 1,
        name: 'owl.jpg',
        labels: { kind: 'plain', seen: 2 },
      });
      const other = await fovea.upload(bytes, { name: 'owl.jpg', id: 'f' });
      expect(other).toMatchObject({ created: true, contentId: contentIdOfGiven('f') });
      const unnamed = await fovea.upload(bytes, { name: 'owl.jpg' });
      expect([added.contentId, other.contentId]).not.toContain(unnamed.contentId);
      expect((await fovea.contents.get(unnamed.contentId)).givenId).toBeNull();
      // All three lie in the same stored bytes: removing one takes them from none.
      await fovea.contents.delete([added.contentId, unnamed.contentId]);
      expect(Buffer.from(await (await fovea.original(other.contentId)).bytes()).equals(bytes)).toBe(true);
    });

    test('other bytes, and what is no id, are refused with a sentence', async () => {
      await add('parrot.jpg', { id: 'b1d' });
      const taken = fovea.upload(photo('face.jpg'), { name: 'face.jpg', id: 'B1D' });
      await expect(taken).rejects.toThrow(ConflictError);
      await expect(taken).rejects.toThrow('Cannot add "face.jpg" as "B1D": the content of that id has other bytes');
      for (const id of ['xyz', '', '1'.repeat(33), '12-34']) {
        await expect(fovea.upload(photo('face.jpg'), { name: 'face.jpg', id }), id).rejects.toThrow(InvalidInputError);
      }
      const { total } = await fovea.contents.list({ limit: 1 });
      await expect(fovea.addUrl(`${web.url}/good.jpg`, { id: 'b1d' })).rejects.toThrow(ConflictError);
      const remote = await fovea.addUrl(`${web.url}/good.jpg`, { id: 'c0ffee', name: 'remote.jpg' });
      expect(await fovea.contents.get(remote.contentId)).toMatchObject({
        givenId: 'c0ffee',
        locations: [expect.anything(), { uri: `${web.url}/good.jpg`, state: 'present' }],
      });
      expect((await fovea.contents.list({ limit: 1 })).total).toBe(total + 1);
    });
  });

  test('updated bytes are found by what is in them, under the same id, and never by what was', async () => {
    const contentId = await add('pets.jpg', { id: 'a9e7', labels: { trip: 'rome' } });
    await fovea.waitForContent(contentId);
    expect(await objectsOf(contentId)).toContain('dog');
    const [before, oldThumbnail] = [await fovea.contents.get(contentId), await fovea.thumbnail(contentId)];
    await oldThumbnail.body.cancel();
    const kite = photo('kite_and_cold.jpg');
    const update = await fovea.updateContent(contentId, kite, { name: 'kite.jpg', labels: { day: 2 } });
    expect(update).toEqual({ changed: true, version: 2 });
    // Whenever one looks from now on: nothing of the old ones, then what the new ones have.
    const seen = new Set<unknown>();
    await expect
      .poll(async () => {
        for (const name of await objectsOf(contentId)) seen.add(name);
        return (await fovea.waitForContent(contentId, { timeoutMs: 0 })).open;
      })
      .toBe(0);
    for (const name of await objectsOf(contentId)) seen.add(name);
    expect([...seen]).not.toContain('dog');
    expect([...seen]).toContain('person');
    const after = await fovea.contents.get(contentId);
    expect(after).toMatchObject({
      contentId,
      givenId: 'a9e7',
      version: 2,
      name: 'kite.jpg',
      labels: { trip: 'rome', day: 2 },
      createdAt: before.createdAt,
    });
    expect([after.width, after.height]).not.toEqual([before.width, before.height]);
    const original = await fovea.original(contentId);
    expect([original.etag, Buffer.from(await original.bytes()).equals(kite)]).toEqual([after.sha256, true]);
    const thumbnail = await fovea.thumbnail(contentId);
    await thumbnail.body.cancel();
    expect(thumbnail.etag).toBe(`${after.sha256}-320`);
    expect(thumbnail.etag).not.toBe(oldThumbnail.etag);
    expect(await fovea.updateContent(contentId, kite)).toEqual({ changed: false, version: 2 });
    expect((await fovea.contents.get(contentId)).name).toBe('kite.jpg');
    await expect(fovea.updateContent(contentIdOfGiven('404'), kite)).rejects.toThrow(NotFoundError);
  });

  describe('waiting for one content', () => {
    test('ends when all is done; what is broken ends it too', async () => {
      const whole = await add('hot_dog.jpg');
      expect(await fovea.waitForContent(whole)).toEqual({ open: 0, done: 4, failed: 0, waitingFor: [] });
      const broken = await fovea.upload(photo('hot_dog.jpg').subarray(0, 3000), { name: 'broken.jpg' });
      expect(await fovea.waitForContent(broken.contentId)).toEqual({ open: 0, done: 0, failed: 4, waitingFor: [] });
      await fovea.contents.delete(broken.contentId);
      await expect(fovea.waitForContent(broken.contentId)).rejects.toThrow(NotFoundError);
    });

    test('says what it does not wait for: a model that is missing', async () => {
      const missing =
        'name: missing\nextraction_policies: [{ extractor: image/yolo, name: large, input_params: { model: yolox-m } }]';
      await fovea.graphs.apply(missing);
      const contentId = await add('grace_hopper.bmp');
      const progress = await fovea.waitForContent(contentId);
      expect(progress).toMatchObject({ open: 0, done: 4, failed: 0 });
      expect(progress.waitingFor).toEqual([expect.stringMatching(/^"missing\.large" waits: .*fovea models pull/s)]);
      await fovea.graphs.delete('missing');
      expect((await fovea.waitForContent(contentId)).waitingFor).toEqual([]);
    });
  });

  test('what is new comes in the order of its ends, live, and with the same numbers after a restart', async () => {
    const follow = async (offset: number, count: number) => {
      const stop = new AbortController();
      const found: (readonly [string, number])[] = [];
      for await (const { contentId, offset: number } of fovea.newContent('photos', 'objects', {
        offset,
        signal: stop.signal,
      })) {
        found.push([contentId, number]);
        if (found.length === count) stop.abort();
      }
      return found;
    };
    await fovea.waitUntilIndexed();
    const { total } = await fovea.contents.list({ graph: 'photos', policy: 'objects', limit: 1 });
    const first = await follow(0, total);
    const numbers = first.map(([, number]) => number);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect(new Set(numbers).size).toBe(total);
    // An update is new, in a place of its own, and the old place is gone.
    const behind = (numbers.at(-1) ?? 0) + 1;
    const updated = contentIdOfGiven('a9e7');
    const live = follow(behind, 2);
    await fovea.updateContent(updated, photo('cat_720p.jpg'));
    await fovea.waitForContent(updated);
    const late = await add('face.jpg');
    expect((await live).map(([contentId]) => contentId)).toEqual([updated, late]);
    const all = await follow(0, total + 1);
    expect(all.filter(([contentId]) => contentId === updated)).toHaveLength(1);
    expect(all.slice(0, -2)).toEqual(first.filter(([contentId]) => contentId !== updated));
    await fovea.close();
    fovea = await start();
    expect(await follow(0, total + 1)).toEqual(all);
    await expect(fovea.newContent('photos', 'nosuch').next()).rejects.toThrow('Cannot find policy "nosuch"');
    await expect(fovea.newContent('nosuch', 'objects').next()).rejects.toThrow('Cannot find graph "nosuch"');
  });

  test('lists what passes conditions, lies behind a content, or was looked at by a policy', async () => {
    const [large, small] = [
      await add('cat_720p.jpg', { labels: { size: 9 } }),
      await add('parrot.jpg', { id: 'b1d', labels: { size: 3 } }),
    ];
    await fovea.waitUntilIndexed();
    const names = async (query: Parameters<FoveaClient['contents']['list']>[0]) => {
      const { contents, total } = await fovea.contents.list({ limit: 1000, ...query });
      expect(total, 'on one page').toBeGreaterThanOrEqual(contents.length);
      return contents.map(({ contentId }) => contentId);
    };
    expect(await names({ filter: ['size>=4'] })).toEqual([large]);
    expect((await names({ filter: ['size<=9'] })).toSorted()).toEqual([large, small].toSorted());
    expect(await names({ filter: ['size>=4', 'size<9'] })).toEqual([]);
    const all = await names({});
    expect(await names({ after: all[2] ?? '' })).toEqual(all.slice(3));
    expect((await fovea.contents.list({ after: all[2] ?? '', limit: 1 })).total).toBe(all.length);
    // "colors" takes nothing without the label "kind".
    expect(await names({ graph: 'photos', policy: 'colors' })).toEqual([]);
    expect(await names({ graph: 'photos' })).toEqual(all);
    const { tasks, total } = await fovea.tasks({ graph: 'seen', policy: 'hash', limit: 3 });
    expect(tasks.map(({ graph, policy }) => `${graph}.${policy}`)).toEqual(['seen.hash', 'seen.hash', 'seen.hash']);
    expect(total).toBe(all.length);
    const page = await fovea.tasks({ policy: 'picture', limit: all.length - 1 });
    const rest = await fovea.tasks({ policy: 'picture', cursor: page.cursor });
    const looked = [...page.tasks, ...rest.tasks].map(({ contentId }) => contentId);
    expect([looked.toSorted(), rest.cursor]).toEqual([all.toSorted(), undefined]);
    await expect(fovea.tasks({ graph: 'phtos' })).rejects.toThrow('Cannot find graph "phtos": known: "photos", "seen"');
    await expect(names({ graph: 'seen', policy: 'hsh' })).rejects.toThrow('known: "embed", "hash"');
    await expect(names({ filter: ['size=>4'] })).rejects.toThrow('did you mean ">="?');
    await expect(names({ after: contentIdOfGiven('404') })).rejects.toThrow(NotFoundError);
    await expect(names({ after: small, cursor: 'x' })).rejects.toThrow('either "cursor" or "after"');
  });

  describe('links between graphs', () => {
    test('policies of the one run on what the other found, and what that does not do is told', async () => {
      const warnings = await fovea.graphs.link('photos', { contentSource: 'objects', linkedGraph: 'seen' });
      expect(warnings).toEqual([expect.stringContaining('"image/phash" takes whole pictures only')]);
      await fovea.waitUntilIndexed();
      const { rows } = await fovea.sql(
        `select count(*) as missing from "photos.objects" o left join "seen.${LINKED}" e using (content_id, ord) where e.ord is null`,
      );
      expect(rows).toEqual([{ missing: 0 }]);
      const { hits } = await fovea.search({ query: 'a bird', index: `seen.${LINKED}.embedding`, limit: 1 });
      expect(hits[0]?.region).toMatchObject({ xmin: expect.any(Number) });
      const { policies } = await fovea.graphs.get('seen');
      expect(policies.map(({ name, contentSource }) => [name, contentSource])).toContainEqual([
        LINKED,
        'photos.objects',
      ]);
      // Of contents that come later too.
      const contentId = await add('face.jpg', { id: 'face' });
      const { done, open: left } = await fovea.waitForContent(contentId);
      expect([done, left]).toEqual([5, 0]);
    });

    test('a link is there once, and is listed; what changes nothing is kept and told', async () => {
      const link = { contentSource: 'objects', linkedGraph: 'seen' };
      await fovea.graphs.link('photos', link);
      expect((await fovea.graphs.get('seen')).policies).toHaveLength(3);
      const told = await fovea.graphs.link('photos', { linkedGraph: 'seen' });
      expect(told).toEqual([expect.stringContaining('Every graph takes all contents')]);
      const colors = await fovea.graphs.link('photos', { contentSource: 'colors', linkedGraph: 'seen' });
      expect(colors).toEqual([expect.stringContaining('"photos.colors" finds no boxes')]);
      expect(await fovea.graphs.links('photos')).toEqual([
        link,
        { contentSource: '', linkedGraph: 'seen' },
        { contentSource: 'colors', linkedGraph: 'seen' },
      ]);
    });

    test('unknown names and circles are refused', async () => {
      const linking = (graph: string, contentSource: string, linkedGraph: string) =>
        fovea.graphs.link(graph, { contentSource, linkedGraph });
      await expect(linking('photos', 'objcts', 'seen')).rejects.toThrow('known: "objects", "colors"');
      await expect(linking('photos', 'objects', 'sen')).rejects.toThrow('Cannot find graph "sen"');
      await expect(linking('seen', 'embed', 'photos')).rejects.toThrow('in a circle, "seen" → "photos" → "seen"');
      await expect(linking('seen', '', 'seen')).rejects.toThrow(ConflictError);
      await expect(fovea.graphs.links('nosuch')).rejects.toThrow(NotFoundError);
    });

    test('a source that changes is changed for all that take from it, at once', async () => {
      const change = await fovea.graphs.apply(PHOTOS.replace('model: yolox-nano', 'model: yolox-nano, conf: 0.9'));
      expect(change.warnings.join()).toContain(`policy "seen.${LINKED}" gets a new version`);
      await fovea.waitUntilIndexed();
      const versions = async (graph: string) =>
        (await fovea.graphs.get(graph)).policies.map(({ name, version, state }) => [name, version, state]);
      await expect.poll(() => versions('photos')).toContainEqual(['objects', 2, 'active']);
      expect(await versions('seen')).toContainEqual([LINKED, 2, 'active']);
      const { rows } = await fovea.sql(
        `select (select count(*) from "photos.objects") as boxes, (select count(*) from "seen.${LINKED}") as vectors`,
      );
      expect(rows[0]?.boxes).toBe(rows[0]?.vectors);
    });

    test('a graph goes with the links from it and what they made; what somebody wrote stands in its way', async () => {
      const written =
        'name: written\nextraction_policies: [{ extractor: embedding/clip, name: own, content_source: photos.objects, input_params: { model: fovea-tiny } }]';
      await fovea.graphs.apply(written);
      await expect(fovea.graphs.delete('photos')).rejects.toThrow(
        'Cannot delete graph "photos": "written.own" takes from "photos.objects"; change or remove that first',
      );
      await fovea.graphs.delete('written');
      await fovea.graphs.delete('photos');
      const { policies, spec } = await fovea.graphs.get('seen');
      expect(policies.map(({ name }) => name)).toEqual(['embed', 'hash']);
      expect(spec.policies.map(({ name }) => name)).toEqual(['embed', 'hash']);
      expect(await fovea.graphs.links('seen')).toEqual([]);
    });
  });
});
