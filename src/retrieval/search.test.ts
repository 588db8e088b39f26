import { beforeAll, describe, expect, test } from 'vitest';
import { freshPglite } from '../../test/databases.ts';
import {
  addPolicies,
  BOXES,
  boxRow,
  EMBEDDING,
  NAMESPACE,
  newContent,
  newPolicy,
  prepareStore,
  unit,
  vectorRow,
} from '../../test/store.ts';
import type { SearchInput } from '../contract/index.ts';
import { SearchRequest } from '../contract/index.ts';
import { insertContents, planTasks, policiesOf, writeFeatures } from '../store/index.ts';
import type { PolicyRecord } from '../store/index.ts';
import { searchIndexes } from './choose-index.ts';
import { createCursorStore } from './cursor.ts';
import type { SearchDependencies } from './search.ts';
import { search } from './search.ts';
import { createStatistics } from './statistics.ts';
import { textIndexes } from './text-leg.ts';

/** Ten contents on a quarter circle, ten degrees apart; in index "back" the other way round. */
const COUNT = 10;
const at = (degree: number): [number, number, number] => [
  Math.cos((degree * Math.PI) / 180),
  Math.sin((degree * Math.PI) / 180),
  0,
];

describe('search()', () => {
  const open = freshPglite();
  let dependencies: SearchDependencies;
  let ids: string[];
  beforeAll(async () => {
    const database = await prepareStore(await open());
    const policies = await addPolicies(
      database,
      newPolicy('clip', EMBEDDING, { space: 'space' }),
      newPolicy('back', EMBEDDING, { space: 'space' }),
      newPolicy('objects', BOXES),
      newPolicy('captions', { columns: { text_en: { type: 'text', language: 'en' } }, vectors: {} }),
      newPolicy('parts', EMBEDDING, { contentSource: 'objects', space: 'space' }),
    );
    const [clip, back, objects, captions, parts] = policies as [
      PolicyRecord,
      PolicyRecord,
      PolicyRecord,
      PolicyRecord,
      PolicyRecord,
    ];
    const contents = Array.from({ length: COUNT }, (_, place) =>
      newContent(`${place}.jpg`, { labels: { place, half: place < COUNT / 2 } }),
    );
    ids = contents.map(({ contentId }) => contentId);
    const vectors = (degreeOf: (place: number) => number) =>
      ids.map((contentId, place) => ({ contentId, rows: [vectorRow(...at(degreeOf(place)))] }));
    await database.transaction(async (tx) => {
      await insertContents(tx, NAMESPACE, contents);
      await writeFeatures(
        tx,
        NAMESPACE,
        clip,
        vectors((place) => 10 * place),
      );
      await writeFeatures(
        tx,
        NAMESPACE,
        back,
        vectors((place) => 10 * (COUNT - 1 - place)),
      );
      await writeFeatures(
        tx,
        NAMESPACE,
        captions,
        ids.map((contentId, place) => {
          const columns = { text_en: place === 7 ? 'two dogs run' : 'a cat sleeps' };
          return { contentId, rows: [{ columns, vectors: {} }] };
        }),
      );
      const [first = ''] = ids;
      await writeFeatures(tx, NAMESPACE, objects, [{ contentId: first, rows: [{ ...boxRow('dog', 0.9, 5), ord: 2 }] }]);
      await writeFeatures(tx, NAMESPACE, parts, [{ contentId: first, rows: [{ ...vectorRow(...at(80)), ord: 2 }] }]);
    });
    dependencies = {
      database,
      statistics: createStatistics(database),
      cursors: createCursorStore(),
      indexes: async () => searchIndexes(policies),
      texts: async () => textIndexes(policies),
      colors: async () => [],
      gateCondition: async (_namespace, where) => where,
      bytesOf: async () => new Uint8Array(),
      // Words begin with degrees.
      encoder: {
        encodeText: async (_index, text) => unit(...at(Number.parseInt(text, 10) || 0)),
        encodeImage: async () => unit(1, 0, 0),
      },
    };
  });
  const ask = (input: SearchInput) => search(dependencies, NAMESPACE, SearchRequest.parse(input));
  const BOTH = { indexes: ['photos.clip.embedding', 'photos.back.embedding'] };
  const placesOf = (hits: readonly { contentId: string }[]) => hits.map(({ contentId }) => ids.indexOf(contentId));

  test('one leg keeps its own order and scores', async () => {
    const { hits, plan } = await ask({ query: '21', index: 'photos.clip.embedding', limit: 3, explain: true });
    expect(placesOf(hits)).toEqual([2, 3, 1]);
    for (const { score, similarity } of hits) expect(score).toBe(similarity);
    expect(plan).toMatchObject({ fusion: null, legs: [{ leg: 'vector', path: 'exact', found: 4 }] });
  });

  test('words are looked for in vectors and in texts; both tell what they gave', async () => {
    const fusion = { k: 60, depth: 3, weights: { text: 2 } };
    const { hits, plan, notes } = await ask({ query: '51 dog', fusion, limit: 4, explain: true });
    expect(placesOf(hits)).toEqual([7, 4, 3, 5]);
    expect(hits[0]).toMatchObject({ similarity: null, score: expect.closeTo(2 / 61) });
    expect(hits[0]?.explanation?.legs).toMatchObject([
      { leg: 'text', index: 'photos.captions.text_en', rank: 1, share: 1, weight: 2, words: ['dog'] },
    ]);
    expect(hits[1]?.explanation?.legs).toMatchObject([{ leg: 'vector', words: [], score: hits[1]?.similarity }]);
    expect(plan?.legs.map(({ leg, found }) => [leg, found])).toEqual([
      ['vector', 3],
      ['text', 1],
    ]);
    expect(notes).toEqual([expect.stringContaining('Searched index')]);
  });

  test('where no text has the words, hits are those of the vectors alone', async () => {
    const alone = await ask({ query: '21', legs: ['vector'], limit: 4, explain: true });
    for (const query of ['21', '21 🐕', '21 zebra']) {
      expect((await ask({ query, limit: 4, explain: true })).hits).toEqual(alone.hits);
    }
    expect((await ask({ query: '🐕', limit: 1 })).notes).toContainEqual(expect.stringContaining('no letters'));
    const words = await ask({ query: '21 dog', legs: ['text'], explain: true });
    expect(placesOf(words.hits)).toEqual([7]);
    expect(words.hits[0]).toMatchObject({ similarity: null, score: words.hits[0]?.explanation?.legs[0]?.score });
  });

  test('what is not wanted is left out of every leg, and of the total', async () => {
    for (const query of ['21 dog', '21 cats', undefined]) {
      const { hits, total } = await ask({ query, not: ['sleeping CATS'] });
      expect([placesOf(hits), total]).toEqual([[7], 1]);
    }
  });

  test('text:"…" in a question keeps what has the words, in every leg and in the total', async () => {
    for (const query of ['21 text:"SLEEPING cats"', '21 -text:dog']) {
      const { hits, total } = await ask({ query });
      expect([placesOf(hits).toSorted(), total]).toEqual([[0, 1, 2, 3, 4, 5, 6, 8, 9], 9]);
    }
    expect((await ask({ query: '21 text:zebra' })).total).toBe(0);
    const { hits, plan } = await ask({ query: 'text:dog', explain: true });
    expect(placesOf(hits)).toEqual([7]);
    expect(hits[0]?.explanation?.legs).toMatchObject([{ leg: 'text', words: ['dog'] }]);
    expect(plan?.legs.map(({ leg }) => leg)).toEqual(['text']);
    expect(placesOf((await ask({ has: ['dog'] })).hits)).toEqual([7]);
  });

  test('several legs are fused, and each hit tells what each gave to its score', async () => {
    const k = 2;
    const fusion = { k, depth: 4, weights: { 'photos.back.embedding': 0.5 } };
    const { hits, plan } = await ask({ ...BOTH, query: '41', fusion, limit: 3, explain: true });
    // clip: 4 5 3 6; back (41 degrees is place 4.9): 5 4 6 3
    const score = (inClip: number, inBack: number): number => 1 / (k + inClip) + 0.5 / (k + inBack);
    expect(placesOf(hits)).toEqual([4, 5, 3]);
    expect(hits.map((hit) => hit.score)).toEqual(
      [score(1, 2), score(2, 1), score(3, 4)].map((each) => expect.closeTo(each)),
    );
    const legs = hits[0]?.explanation?.legs ?? [];
    expect(legs).toMatchObject([
      { index: 'photos.clip.embedding', rank: 1, weight: 1, share: expect.closeTo(1 / 3 / score(1, 2)) },
      { index: 'photos.back.embedding', rank: 2, weight: 0.5, share: expect.closeTo(0.5 / 4 / score(1, 2)) },
    ]);
    expect(hits[0]?.similarity).toBe(legs[0]?.score);
    expect(plan).toMatchObject({ fusion: { k, depth: 4 }, legs: [{ found: 4 }, { found: 4, weight: 0.5 }] });
  });

  test('what comes behind the depth follows, page by page, without repeating or losing a hit', async () => {
    const asked = { ...BOTH, query: '12', fusion: { depth: 3 }, labels: [] };
    const whole = await ask({ ...asked, limit: 100 });
    expect(placesOf(whole.hits).toSorted((a, b) => a - b)).toEqual(Array.from({ length: COUNT }, (_, place) => place));
    const pages = [await ask({ ...asked, limit: 4 })];
    for (let cursor = pages[0]?.cursor; cursor !== undefined; cursor = pages.at(-1)?.cursor) {
      pages.push(await ask({ cursor, limit: 4 }));
    }
    expect(pages.map(({ hits }) => hits.length)).toEqual([4, 4, 2]);
    expect(placesOf(pages.flatMap(({ hits }) => hits))).toEqual(placesOf(whole.hits));
    expect(whole.total).toBe(COUNT);
  });

  test('conditions hold in every leg, and hits show what met them', async () => {
    const limits = { labels: ['half=true'], where: "c.name < '3' and size_bytes > 1" };
    const { hits, total } = await ask({ ...BOTH, ...limits, query: '90', explain: true });
    expect(placesOf(hits).toSorted()).toEqual([0, 1, 2]);
    expect(total).toBe(3);
    expect(hits.find(({ name }) => name === '1.jpg')?.explanation).toMatchObject({
      labels: { half: true },
      conditions: { name: '1.jpg', size_bytes: 20 },
    });
  });

  test('the box that a leg of regions found is shown with the hit and with the leg', async () => {
    const indexes = ['photos.clip.embedding', 'photos.parts.embedding'];
    const { hits } = await ask({
      indexes,
      query: '80',
      fusion: { k: 1, weights: { vector: 1 } },
      limit: 10,
      explain: true,
    });
    const hit = hits.find(({ contentId }) => contentId === ids[0]);
    const box = { ord: 2, region: { xmin: 5, ymin: 1, xmax: 15, ymax: 11 } };
    expect(hit).toMatchObject(box);
    expect(hit?.explanation?.legs[0]).toMatchObject({ index: 'photos.parts.embedding', rank: 1, ...box });
    expect(hit?.explanation?.legs[1]).toMatchObject({ index: 'photos.clip.embedding', ord: null, region: null });
  });

  test('where regions are asked for, boxes are a leg, and hits have theirs, on every page', async () => {
    const asked = { regions: true, query: '80', legs: ['vector' as const], fusion: { k: 1 } };
    const { hits, plan, cursor } = await ask({ ...asked, limit: 3, explain: true });
    expect(plan?.legs.map(({ indexes }) => indexes)).toEqual([['photos.back.embedding'], ['photos.parts.embedding']]);
    const box = { xmin: 5, ymin: 1, xmax: 15, ymax: 11 };
    const region = { index: 'photos.parts.embedding', ord: 2, box, similarity: expect.closeTo(1, 4) as number };
    expect(hits.map(({ regions }) => regions)).toEqual(
      hits.map(({ contentId }) => (contentId === ids[0] ? [region] : [])),
    );
    expect(hits.some(({ contentId }) => contentId === ids[0])).toBe(true);
    const { hits: more } = await ask({ cursor, limit: 7 });
    expect(new Set([...hits, ...more].map(({ contentId }) => contentId)).size).toBe(COUNT);
    expect(more.every(({ regions }) => regions?.length === 0)).toBe(true);
    expect((await ask({ query: '80', limit: 1 })).hits[0]).not.toHaveProperty('regions');
    // A content has no one vector among those of boxes, or none at all: as a question it is its whole picture.
    const { hits: alike } = await ask({ regions: true, like: { contentId: ids[3] ?? '' }, explain: true });
    expect(alike.flatMap(({ regions = [] }) => regions)).toMatchObject([
      { ord: 2, similarity: expect.closeTo(at(80)[0], 4) },
    ]);
    const kept = await ask({ ...asked, where: "name <> '0.jpg'" });
    expect(kept.hits.flatMap(({ regions = [] }) => regions)).toEqual([]);
    expect(kept.hits).toHaveLength(COUNT - 1);
  });

  test('parts of a query are summed with their weights', async () => {
    const like = { contentId: ids[0] ?? '' };
    const asked = { index: 'photos.clip.embedding', query: '88', like, limit: 1 };
    expect(placesOf((await ask({ ...asked, weights: { text: 1 } })).hits)[0]).toBe(4);
    expect(placesOf((await ask({ ...asked, weights: { text: 3 } })).hits)[0]).toBe(7);
    expect(placesOf((await ask({ ...asked, weights: { text: 0 } })).hits)[0]).toBe(1);
  });

  test('an index waits for what has open tasks, and for nothing that its policy does not take', async () => {
    const indexed = async () => (await ask({ index: 'photos.parts.embedding', query: '80' })).indexed;
    expect(await indexed()).toEqual({ done: 1, total: 1 });
    const { database, statistics } = dependencies;
    const [policy] = await policiesOf(database, NAMESPACE);
    const { id: policyId = 0, version = 0 } = policy ?? {};
    await planTasks(
      database,
      NAMESPACE,
      ids.slice(1, 4).map((contentId) => ({ contentId, policyId, version })),
    );
    statistics.forget(NAMESPACE);
    expect(await indexed()).toEqual({ done: 1, total: 4 });
  });
});
