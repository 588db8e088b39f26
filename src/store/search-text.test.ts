import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { describeEachDatabase } from '../../test/databases.ts';
import { addContents, addPolicies, NAMESPACE, newContent, newPolicy, prepareStore } from '../../test/store.ts';
import type { FeatureRow } from '../contract/index.ts';
import { insertContents, renameContents, setLabels } from './contents.ts';
import type { Database } from './database.ts';
import { deleteContents } from './delete-contents.ts';
import { writeFeatures } from './features.ts';
import { qualified } from './names.ts';
import { activateReady, addPolicyVersion, dropPolicy } from './policies.ts';
import type { PolicyRecord, TextIndex } from './records.ts';
import { replaceBytes } from './replace-bytes.ts';
import { searchText } from './search-text.ts';
import { textConditions } from './text-query.ts';
import { COUNTED_LIVE, refreshTermCounts } from './text-statistics.ts';
import { matchingContents } from './vectors.ts';

const CAPTIONS = {
  columns: {
    en: { type: 'text', language: 'en' },
    zh: { type: 'text', language: 'zh' },
    note: { type: 'text' },
  },
  vectors: {},
} as const;

const CONTENT: readonly TextIndex[] = [
  { policyId: 0, version: 0, name: 'content.name', field: 'name', language: 'und' },
  { policyId: 0, version: 0, name: 'content.labels', field: 'labels', language: 'und' },
];

function captionIndexes({ id: policyId, version }: PolicyRecord): TextIndex[] {
  return ['en', 'zh'].map((field) => ({ policyId, version, name: `photos.captions.${field}`, field, language: field }));
}

function caption(en: string | null, zh: string | null = null): FeatureRow {
  return { columns: { en, zh, note: 'dog' }, vectors: {} };
}

describeEachDatabase('searchText()', (open) => {
  let db: Database;
  let captions: PolicyRecord;
  let ids: string[];
  let all: TextIndex[];

  beforeAll(async () => {
    db = await prepareStore(await open());
    const [policy] = await addPolicies(db, newPolicy('captions', CAPTIONS));
    if (policy === undefined) throw new Error('no policy');
    captions = policy;
    ids = await addContents(db, 'a.jpg', 'b.jpg', 'c.jpg', 'BeachParty2.jpg');
    all = [...captionIndexes(captions), ...CONTENT];
    await write([
      [caption('Two dogs are running on the beach', '两只黑狗在海滩上跑')],
      [caption('A dog'), caption('sleeps in the grass', '一只狗')],
      [caption("It's a boy's t-shirt — café, naïve\0 \ud800", '穿T恤的男孩 ＯＫ')],
    ]);
  });

  const write = (rows: readonly FeatureRow[][]): Promise<void> =>
    db.transaction((tx) =>
      writeFeatures(
        tx,
        NAMESPACE,
        captions,
        rows.map((own, place) => ({ contentId: ids[place] ?? '', rows: own })),
      ),
    );
  const found = async (text: string, indexes: readonly TextIndex[] = all): Promise<[number, readonly string[]][]> =>
    (await searchText(db, NAMESPACE, { text, indexes, depth: 10 })).map(({ contentId, terms }) => [
      ids.indexOf(contentId),
      terms,
    ]);

  test('stems words, ranks partial matches lower, and says which words matched', async () => {
    expect(await found('the dog runs')).toEqual([
      [0, ['dog', 'runs']],
      [1, ['dog']],
    ]);
    const ties = [0, 1].toSorted((a, b) => ((ids[a] ?? '') < (ids[b] ?? '') ? -1 : 1));
    expect(await found('dogs dog DOG')).toEqual(ties.map((place) => [place, ['dogs']]));
    expect((await found('grass dog sleeping'))[0], 'rows of one content are one document').toEqual([
      1,
      ['grass', 'dog', 'sleeping'],
    ]);
    expect(await found('CAFÉ boys')).toEqual([[2, ['CAFÉ', 'boys']]]);
  });

  test('finds Chinese by pairs of characters, one character anywhere, and mixed scripts', async () => {
    expect(await found('黑狗在跑')).toEqual([[0, ['黑狗在']]]);
    expect((await found('狗')).map(([place]) => place).toSorted()).toEqual([0, 1]);
    expect(await found('跑')).toEqual([[0, ['跑']]]);
    expect(await found('ok 男孩')).toEqual([[2, ['ok', '男孩']]]);
  });

  test('puts together what several documents of a content say; scores are sums of idf', async () => {
    await setLabels(db, NAMESPACE, [ids[1] ?? ''], { trip: 'Rome', year: 2024 }, []);
    expect(await found('dog rome')).toEqual([
      [1, ['dog', 'rome']],
      [0, ['dog']],
    ]);
    const [best] = await searchText(db, NAMESPACE, { text: 'dog rome', indexes: all, depth: 1 });
    // Of 4 contents 2 have a dog in their caption, and 1 is labelled.
    expect(best?.score).toBeCloseTo(Math.log(1 + 2.5 / 2.5) + Math.log(1 + 3.5 / 1.5), 5);
    expect(best).toMatchObject({ rootId: ids[1], contentId: ids[1] });
    await setLabels(db, NAMESPACE, [ids[1] ?? ''], { motif: 'dog' }, []);
    const doubled = await found('dogs dog');
    expect(doubled, 'stemmed in a caption and as it is in a label').toContainEqual([1, ['dogs']]);
    await setLabels(db, NAMESPACE, [ids[1] ?? ''], {}, ['trip', 'motif']);
    expect(await found('rome')).toEqual([]);
    expect(await found('2024')).toEqual([[1, ['2024']]]);
  });

  test('finds names by their parts, without common words of names, and follows a new name', async () => {
    expect(await found('a party')).toEqual([[3, ['party']]]);
    expect(await found('a')).toEqual([[0, ['a']]]);
    await renameContents(db, NAMESPACE, [{ contentId: ids[3] ?? '', name: 'a wedding.png' }]);
    expect(await found('the party')).toEqual([]);
    expect(await found('a wedding')).toEqual([[3, ['wedding']]]);
  });

  test('has no answer for signs, and survives quotes, NUL, half pairs and 100 kB', async () => {
    for (const text of ['', '😀 🏖️', "''' \\ & | ! <-> :*", '\0', '\ud800']) expect(await found(text)).toEqual([]);
    expect(await found("dog's & !beach:* 'or' \\")).toEqual([
      [0, ['dog', 'beach']],
      [1, ['dog']],
    ]);
    expect((await found(`dog ${'zebra '.repeat(20_000)}`)).map(([place]) => place).toSorted()).toEqual([0, 1]);
  });

  test('filters by labels and by a condition of the user, whether few or many pass', async () => {
    await setLabels(db, NAMESPACE, [ids[0] ?? ''], { kind: 'sea' }, []);
    const conditions = [{ labels: [{ key: 'kind', value: 'sea' }] }, { labels: [], where: "name = 'a.jpg'" }];
    for (const condition of conditions) {
      for (const filteredRows of [1, undefined]) {
        const matches = await searchText(db, NAMESPACE, {
          text: 'dog',
          indexes: all,
          depth: 5,
          condition,
          filteredRows,
        });
        expect(matches.map(({ contentId }) => contentId)).toEqual([ids[0]]);
      }
    }
  });

  test('finds a video by what its frames say, with the frames that say most of it', async () => {
    const video = newContent('film.mp4', { mimeType: 'video/mp4' });
    const frames: readonly string[] = Array.from({ length: 3 }, () => randomUUID());
    const place = (id: string): number => frames.indexOf(id);
    await db.transaction(async (tx) => {
      await insertContents(tx, NAMESPACE, [video]);
      await tx.query(
        `insert into ns_${NAMESPACE}._content (content_id, root_id, parent_id, sha256, mime_type, size_bytes, name, position)
           select t.id, $2, $2, '', 'image/jpeg', 1, 'film.mp4#t=0', '{"frame": 0, "timeMs": 0}' from unnest($1::uuid[]) as t (id)`,
        [frames, video.contentId],
      );
      const said = ['a lighthouse', 'a lighthouse above a harbour', 'a harbour'];
      const results = said.map((en, at) => ({ contentId: frames[at] ?? '', rows: [caption(en)] }));
      await writeFeatures(tx, NAMESPACE, captions, results);
    });
    const options = { text: 'lighthouse harbour grass', indexes: all, depth: 10 };
    const [first, second] = await searchText(db, NAMESPACE, options);
    expect([first?.rootId, first?.terms]).toEqual([video.contentId, ['lighthouse', 'harbour']]);
    expect(first?.moments?.map(({ contentId }) => place(contentId)).slice(0, 1)).toEqual([1]);
    expect(first?.moments).toHaveLength(3);
    expect(first?.moments?.[0]?.score).toBe(first?.score);
    expect([ids.indexOf(second?.rootId ?? ''), second?.moments]).toEqual([1, undefined]);
    const [named] = await searchText(db, NAMESPACE, { ...options, text: 'film' });
    expect([named?.contentId, named?.moments]).toEqual([video.contentId, undefined]);
    const withText = await textConditions(db, NAMESPACE, all, ['harbour']);
    const listed = await matchingContents(db, NAMESPACE, { labels: [], withText }, { limit: 10, offset: 0 });
    expect(listed.map(({ moments = [] }) => moments.map(place).toSorted())).toEqual([[1, 2]]);
    await deleteContents(db, NAMESPACE, [video.contentId]);
  });

  test('textConditions() keep contents that have all words of each text, in one document', async () => {
    const having = async (...texts: string[]): Promise<number[]> => {
      const withText = await textConditions(db, NAMESPACE, all, texts);
      const rest = await matchingContents(db, NAMESPACE, { labels: [], withText }, { limit: 10, offset: 0 });
      return rest.map(({ contentId }) => ids.indexOf(contentId)).toSorted();
    };
    expect(await having('dog beach')).toEqual([0]);
    expect(await having('dog')).toEqual([0, 1]);
    expect(await having('dog', 'beach')).toEqual([0]);
    expect(await having('dog zebra')).toEqual([]);
    expect(await having('😀')).toEqual([]);
  });

  test('textConditions() leave out contents with a document that has all words of a text', async () => {
    const without = async (...texts: string[]): Promise<number[]> => {
      const withoutText = await textConditions(db, NAMESPACE, all, texts);
      const rest = await matchingContents(db, NAMESPACE, { labels: [], withoutText }, { limit: 10, offset: 0 });
      return rest.map(({ contentId }) => ids.indexOf(contentId)).toSorted();
    };
    expect(await without('dog beach')).toEqual([1, 2, 3]);
    expect(await without('running', '一只狗')).toEqual([2, 3]);
    expect(await without('😀')).toEqual([0, 1, 2, 3]);
  });

  test('a new version is searched beside the old one; updates, deletions and a dropped policy leave nothing', async () => {
    const again = await db.transaction((tx) => addPolicyVersion(tx, NAMESPACE, newPolicy('captions', CAPTIONS)));
    await db.transaction((tx) =>
      writeFeatures(tx, NAMESPACE, again, [{ contentId: ids[0] ?? '', rows: [caption('a horse')] }]),
    );
    expect(await found('horse', captionIndexes(again))).toEqual([[0, ['horse']]]);
    expect(await found('horse')).toEqual([]);
    expect(await activateReady(db, NAMESPACE)).toHaveLength(1);
    await db.transaction((tx) =>
      replaceBytes(tx, NAMESPACE, { ...newContent('new.jpg'), contentId: ids[0] ?? '' }, [again]),
    );
    expect(await found('horse', captionIndexes(again))).toEqual([]);
    expect(await found('new', CONTENT)).toEqual([[0, ['new']]]);
    await deleteContents(db, NAMESPACE, ids.slice(0, 1));
    expect(await found('new', CONTENT)).toEqual([]);
    await db.transaction((tx) => dropPolicy(tx, NAMESPACE, 'photos', 'captions'));
    const { rows } = await db.query(`select tablename from pg_tables where tablename like '\\_text\\_p%'`);
    expect(rows).toEqual([]);
  });

  test('large indexes keep counts, which are as good as counting', async () => {
    const [other] = await addPolicies(db, newPolicy('lines', CAPTIONS));
    if (other === undefined) throw new Error('no policy');
    const [, zhIndex] = captionIndexes(other);
    const [index] = captionIndexes(other);
    if (index === undefined || zhIndex === undefined) throw new Error('no index');
    // Every 2nd a dog, every 5th a beach, every 100th a boat.
    await db.query(
      `with made as (
         insert into ${qualified(NAMESPACE, '_content')} (content_id, root_id, sha256, mime_type, size_bytes, name)
         select id, id, n::text, 'image/jpeg', 1, n::text from (select gen_random_uuid() as id, n from generate_series(1, $1::integer) n) new
         returning content_id, name::integer as n)
       insert into ${qualified(NAMESPACE, `_text_p${other.id}_v1`)} (content_id, root_id, en)
       select content_id, content_id, array_to_tsvector(array_remove(array['photo', case when n % 2 = 0 then 'dog' end,
                case when n % 5 = 0 then 'beach' end, case when n % 100 = 0 then 'boat' end], null)) from made`,
      [COUNTED_LIVE + 1],
    );
    const search = async (text: string): Promise<[number, readonly string[]][]> =>
      (await searchText(db, NAMESPACE, { text, indexes: [index, ...CONTENT], depth: 150 })).map(({ score, terms }) => [
        Math.round(score * 10) / 10,
        terms,
      ]);
    const live = await search('dog on a beach with a boat');
    expect(live).toHaveLength(150);
    expect(live[99]?.[1]).toEqual(['dog', 'beach', 'boat']);
    expect(live[100]?.[1]).toEqual(['dog', 'beach']);
    expect(await refreshTermCounts(db, NAMESPACE, [index, zhIndex])).toEqual([index.name]);
    expect(await refreshTermCounts(db, NAMESPACE, [index, zhIndex])).toEqual([]);
    expect(await search('dog on a beach with a boat')).toEqual(live);
    expect(await search('zebra')).toEqual([]);

    // One of 5000 dogs: its label is found, and what else it has is read then.
    const { rows } = await db.query<{ id: string }>(
      `select content_id as id from ${qualified(NAMESPACE, '_content')} where name = '9998'`,
    );
    await setLabels(db, NAMESPACE, [rows[0]?.id ?? ''], { trip: 'oslo' }, []);
    expect((await search('dog in oslo'))[0]?.[1]).toEqual(['dog', 'oslo']);
  });
});
