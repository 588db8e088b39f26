import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Hit, LoadProgress, SearchResponse } from '../../src/contract/index.ts';
import { saveExport } from '../../src/engine/index.ts';
import type { EvaluationFigures } from '../../src/evaluate/index.ts';
import { testData } from '../data.ts';
import { describeLibraries, type Library, type RunningServer } from './library.ts';

/** Pictures by the folder that they are added from, with the label `share=<folder>`: 50, 10, 1 and 0.5 % of 200. */
const FOLDERS = { half: 100, rest: 77, tenth: 20, two: 2, one: 1 };
const PICTURES = Object.values(FOLDERS).reduce((sum, count) => sum + count, 0);
const GRAPH = `name: g
extraction_policies:
  - { extractor: embedding/clip, name: clip, input_params: { model: fovea-tiny } }
`;

describeLibraries('search under filters', (newLibrary) => {
  let library: Library;
  let client: RunningServer['client'];
  let anchor: string;
  beforeAll(async () => {
    library = await newLibrary();
    ({ client } = await library.serve());
    const graph = join(library.folder, 'g.yaml');
    writeFileSync(graph, GRAPH);
    expect((await library.fovea('graph', 'apply', graph)).code).toBe(0);
    const source = testData('data/flickr8k/images');
    const names = readdirSync(source).toSorted();
    for (const [folder, count] of Object.entries(FOLDERS)) {
      mkdirSync(join(library.folder, folder));
      for (const name of names.splice(0, count)) cpSync(join(source, name), join(library.folder, folder, name));
      const added = await library.fovea('add', join(library.folder, folder), '--label', `share=${folder}`, '--no-wait');
      expect(added.code, added.stderr).toBe(0);
    }
    const { indexedContents } = await client.waitUntilIndexed({ timeoutMs: 60_000 });
    expect(indexedContents).toBe(PICTURES);
    const { rows } = await client.sql(
      "select content_id from content where labels->>'share' = 'half' order by name limit 1",
    );
    anchor = String(rows[0]?.content_id);
  });

  /** `total` counts the anchor where it passes; hits leave it out. The same by hand: nearest to the anchor, without it, under a condition. */
  async function byHand(condition: string, limit: number): Promise<[string, number][]> {
    const { rows } = await client.sql(
      `select e.content_id, 1 - (e.embedding <=> a.embedding) as similarity
         from "g.clip" e join content c using (content_id), "g.clip" a
        where a.content_id = $1 and e.content_id <> $1 and (${condition})
        order by similarity desc limit ${limit}`,
      [anchor],
    );
    return rows.map(({ content_id: id, similarity }) => [String(id), round(Number(similarity))]);
  }

  /** 1 where the picture that others are to be like passes itself: it is no hit, and not counted. */
  async function anchorPasses(condition: string): Promise<number> {
    const { rows } = await client.sql(
      `select count(*) as n from content c where content_id = '${anchor}' and (${condition})`,
    );
    return Number(rows[0]?.n);
  }

  test.each([
    ['half', 100, 10],
    ['tenth', 20, 10],
    ['tenth', 20, 50],
    ['two', 2, 10],
    ['one', 1, 1],
  ])(
    'label share=%s: %i pass, and as many of them as asked for (%i) come, nearest first',
    async (folder, pass, limit) => {
      const found = await client.search({ like: { contentId: anchor }, labels: [`share=${folder}`], limit });
      expect(found.total).toBe(pass - (await anchorPasses(`c.labels->>'share' = '${folder}'`)));
      expect(ranking(found.hits)).toEqual(await byHand(`c.labels->>'share' = '${folder}'`, limit));
      expect(found.hits).toHaveLength(Math.min(limit, found.total));
    },
  );

  test.each([
    [{ key: 'share', op: '=', value: 'tenth' }, "c.labels->>'share' = 'tenth'"],
    [{ key: 'share', op: '!=', value: 'half' }, "c.labels->>'share' <> 'half'"],
    [{ key: 'share', op: '>', value: 'rest' }, "c.labels->>'share' collate \"C\" > 'rest'"],
    [{ key: 'share', op: '>=', value: 7 }, 'false'],
    [{ key: 'nosuch', op: '!=', value: 'half' }, 'false'],
  ] as const)('filter %j: those for which it holds, nearest first', async (filter, condition) => {
    const found = await client.search({ like: { contentId: anchor }, filter: [filter], limit: 15 });
    const { rows } = await client.sql(`select count(*) as n from content c where ${condition}`);
    expect(found.total).toBe(Number(rows[0]?.n) - (await anchorPasses(condition)));
    expect(ranking(found.hits)).toEqual(await byHand(condition, 15));
  });

  test.each([
    ["c.labels->>'share' in ('tenth', 'two')", 22],
    ["c.name < 'm' and c.labels->>'share' <> 'half'", undefined],
    ['width = 224 and height = 224', PICTURES],
    ['width > 224', 0],
  ])('where %s', async (where, pass) => {
    const found = await client.search({ like: { contentId: anchor }, where, limit: 40 });
    const { rows } = await client.sql(`select count(*) as n from content c where (${where})`);
    if (pass !== undefined) expect(rows[0]?.n).toBe(pass);
    expect(found.total).toBe(Number(rows[0]?.n) - (await anchorPasses(where)));
    expect(ranking(found.hits)).toEqual(await byHand(where, 40));
  });

  test('a label and a condition hold together, for words and for a picture too', async () => {
    const limits = { labels: ['share=tenth'], where: "name > '2'", limit: 100 };
    const { rows } = await client.sql(
      "select content_id from content where labels->>'share' = 'tenth' and name > '2' order by 1",
    );
    const expected = rows.map(({ content_id: id }) => id);
    expect(expected.length).toBeGreaterThan(5);
    const image = (await client.original(anchor)).bytes();
    for (const asked of [{ query: 'a dog in the snow' }, { image: await image }]) {
      const { hits, total } = await client.search({ ...asked, ...limits });
      expect(hits.map(({ contentId }) => contentId).toSorted()).toEqual(expected);
      expect(total).toBe(expected.length);
      expect(hits.map(({ similarity }) => similarity)).toEqual(
        hits.map(({ similarity }) => similarity).toSorted((a, b) => Number(b) - Number(a)),
      );
    }
  });

  test('pages follow each other to the end without repeating or losing a hit', async () => {
    const seen: Hit[] = [];
    let page: SearchResponse = await client.search({ query: 'children', labels: ['share=half'], limit: 30 });
    const sizes = [page.hits.length];
    seen.push(...page.hits);
    while (page.cursor !== undefined) {
      page = await client.search({ cursor: page.cursor, limit: 30 });
      sizes.push(page.hits.length);
      seen.push(...page.hits);
    }
    expect(sizes).toEqual([30, 30, 30, 10]);
    expect(new Set(seen.map(({ contentId }) => contentId)).size).toBe(100);
    expect(ranking(seen)).toEqual(
      ranking((await client.search({ query: 'children', labels: ['share=half'], limit: 100 })).hits),
    );
  });

  test('a condition that is wrong says where', async () => {
    const ran = await library.fovea('search', 'a dog', '--where', 'height > 1 and widht > 100');
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining('did you mean "width"')]);
    expect(ran.stderr).toContain('height > 1 and widht > 100\n               ^\n');
  });

  test('fovea eval says what the searches by hand say, and names files that other programs read', async () => {
    const captions = photoCaptions();
    const { rows } = await client.sql('select content_id, name, uri from content order by name limit 8');
    const asked = rows.map(({ content_id: id, name, uri }) => ({
      text: captions.find(({ image }) => image === name)?.en[0] ?? '',
      id: String(id),
      names: [name, id, uri].map(String),
    }));
    const [first] = asked;
    // A photo is named in each of the three ways, and the last query has two, of which one is named twice.
    const file = join(library.folder, 'queries.jsonl');
    const lines = asked.map(({ text, names }, index) => ({
      query: text,
      lang: 'en',
      relevant: names.slice(index % 3, (index % 3) + 1),
    }));
    lines.at(-1)?.relevant.push(...(first?.names.slice(0, 2) ?? []));
    writeFileSync(file, lines.map((line) => JSON.stringify(line)).join('\n'));
    const ranks: number[] = [];
    for (const [index, { text, id }] of asked.entries()) {
      const { hits } = await client.search({ query: text, labels: ['share=half'], limit: 100 });
      const wanted = index === asked.length - 1 ? [id, first?.id] : [id];
      ranks.push(hits.findIndex(({ contentId }) => wanted.includes(contentId)) + 1);
    }
    const files = ['--out', 'runs', '--report', 'report.html', '--csv', 'queries.csv', '--json'];
    const ran = await library.fovea('eval', '--queries', file, '--label', 'share=half', ...files);
    expect(ran.code, ran.stderr).toBe(0);
    const { contents, queries, configurations } = ran.json<EvaluationFigures>();
    expect([contents, queries]).toEqual([100, 8]);
    const figures = configurations[0]?.summary;
    const byRank = (value: (rank: number) => number): number => ranks.reduce((sum, rank) => sum + value(rank), 0) / 8;
    expect(ranks).not.toContain(0);
    expect(figures?.metrics.MRR.mean).toBeCloseTo(
      byRank((rank) => 1 / rank),
      9,
    );
    expect(Object.keys(configurations[0]?.languages ?? {})).toEqual(['en']);
    const written = (name: string): string => readFileSync(join(library.folder, name), 'utf8');
    expect(written('runs/qrels.txt').split('\n').slice(6)).toEqual([
      `q7 0 ${asked[6]?.id} 1`,
      `q8 0 ${asked[7]?.id} 1`,
      `q8 0 ${first?.id} 1`,
      '',
    ]);
    expect(written('runs/default.run').split('\n')).toHaveLength(801);
    expect(written('queries.csv').split('\r\n')).toHaveLength(10);
    expect(written('report.html')).toContain('src="data:image/webp;base64,');
  });

  test('fovea eval refuses queries for unknown pictures, or leaves them out and says so', async () => {
    const file = join(library.folder, 'unknown.jsonl');
    const { rows } = await client.sql('select name from content order by name limit 1');
    const lines = [
      { image: String(rows[0]?.name), en: ['a dog'] },
      { image: 'nowhere.jpg', en: ['a cat'], zh: ['猫'] },
    ];
    writeFileSync(file, lines.map((line) => JSON.stringify(line)).join('\n'));
    const refused = await library.fovea('eval', '--queries', file);
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining(
        '1 of the 2 pictures that the queries name are not in namespace "default" ("nowhere.jpg")',
      ),
    ]);
    const ran = await library.fovea('eval', '--queries', file, '--skip-unknown');
    expect(ran.stdout).toContain('1 query on 200 contents');
    expect(ran.stderr).toContain('2 queries were left out');
  });

  describe('with captions', () => {
    const captions = new Map<string, { en: string; zh: string }>();
    const found = async (...args: string[]): Promise<SearchResponse> => {
      const ran = await library.fovea('search', ...args, '--json');
      expect(ran.code, ran.stderr).toBe(0);
      return ran.json<SearchResponse>();
    };
    const captionOf = (hit: Hit | undefined): { en: string; zh: string } =>
      captions.get(hit?.name ?? '') ?? { en: '', zh: '' };

    beforeAll(async () => {
      const { rows } = await client.sql('select name from content');
      const names = new Set(rows.map(({ name }) => name));
      for (const { image, en, zh } of photoCaptions())
        if (names.has(image)) captions.set(image, { en: en[0] ?? '', zh: zh[0] ?? '' });
      const file = join(library.folder, 'words.jsonl');
      writeFileSync(file, [...captions].map(([name, texts]) => JSON.stringify({ name, ...texts })).join('\n'));
      const texts = ['--text', 'en:en', '--text', 'zh:zh', '--match', 'name'];
      const ran = await library.fovea('dataset', 'load', file, ...texts);
      expect([ran.code, ran.stdout], ran.stderr).toEqual([0, expect.stringContaining('words.captions: 200 rows')]);
    });

    test.each(['en', 'zh'] as const)(
      'words find by meaning and by captions in "%s", and each hit says how',
      async (language) => {
        const [[name, caption] = ['', { en: '', zh: '' }]] = captions;
        const { hits, plan } = await found(
          caption[language],
          '--explain',
          '--leg',
          'vector=2',
          '--leg',
          'text',
          '--k',
          '9',
          '-k',
          '20',
        );
        expect(plan).toMatchObject({
          fusion: { k: 9 },
          legs: [
            { leg: 'vector', weight: 2 },
            { leg: 'text', weight: 1.25 },
          ],
        });
        const own = hits.find((hit) => hit.name === name)?.explanation?.legs.find(({ leg }) => leg === 'text');
        expect(own).toMatchObject({ index: `words.captions.${language}`, rank: 1 });
        expect(own?.words.join('').length).toBeGreaterThan(4);
        for (const word of own?.words ?? []) expect(caption[language]).toContain(word);
        for (const { score, explanation } of hits) {
          const sum = explanation?.legs.reduce((whole, { weight, rank }) => whole + weight / (9 + rank), 0);
          expect(score).toBeCloseTo(sum ?? 0, 9);
        }
        expect(hits.map(({ score }) => score)).toEqual(
          hits.map(({ score }) => score).toSorted((a, b) => Number(b) - Number(a)),
        );
      },
    );

    test('words that are not wanted leave contents out, and a row that met a condition is told', async () => {
      const without = await found('a dog', '--not', 'dog', '-k', '200');
      const dogs = [...captions.values()].filter(({ en }) => /\bdogs?\b/i.test(en)).length;
      expect(dogs).toBeGreaterThan(10);
      expect(without.total).toBe(PICTURES - dogs);
      expect(without.hits.filter((hit) => /\bdogs?\b/i.test(captionOf(hit).en))).toEqual([]);
      const where = "content_id in (select content_id from words where en like '%dog%') and width > 1";
      const { hits } = await client.search({ query: 'snow', where, explain: true, limit: 3 });
      for (const hit of hits) {
        const { rows, conditions } = hit.explanation ?? {};
        expect(conditions).toMatchObject({ width: 224 });
        expect(rows).toEqual([{ table: 'words', ord: 0, region: null, values: { en: captionOf(hit).en } }]);
      }
      expect(hits).toHaveLength(3);
      const told = await library.fovea('search', 'snow', '--where', where, '--explain', '-k', '1');
      expect(told.stdout).toContain(`has a row 0 of words: en = ${captionOf(hits[0]).en}`);
    });

    test('parts of a query weigh what they are told to; a leg that there is not is named', async () => {
      const picture = join(library.folder, 'one', readdirSync(join(library.folder, 'one'))[0] ?? '');
      const asked = ['--image', picture, '--text', 'a dog', '--leg', 'vector', '-k', '1'];
      const [alone] = (await found(...asked, '--weight', 'text=0')).hits;
      expect(picture.endsWith(alone?.name ?? '?')).toBe(true);
      expect(alone?.similarity).toBeGreaterThan(0.999);
      const wrong = await library.fovea('search', 'a dog', '--leg', 'vektor');
      expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('did you mean "vector"?')]);
    });
  });

  test.each(['vectors.parquet', 'matrix.npy'])(
    'vectors exported to %s and loaded elsewhere find the same',
    async (file) => {
      const path = join(library.folder, file);
      await saveExport(client, path, { vectors: 'g.clip.embedding' });
      const copy = client.withNamespace('copy');
      for (const folder of Object.keys(FOLDERS))
        for await (const { failed } of copy.addPath(join(library.folder, folder), { graph: 'none' }))
          expect(failed).toBe(0);
      const column = file.endsWith('.npy') ? 'vector' : 'embedding';
      const space = { extractor: 'embedding/clip', params: { model: 'fovea-tiny' } };
      const load = async (match: string): Promise<LoadProgress | undefined> => {
        let last: LoadProgress | undefined;
        for await (last of copy.datasets.load(path, { match, vectors: [column], space }));
        return last;
      };
      // Ids are those of the other namespace: names say which picture a row is of.
      const [problem] = (await load('content_id'))?.problems ?? [];
      expect(problem?.message).toContain('match rows by names');
      expect(await load('name')).toMatchObject({ matched: PICTURES, failed: 0 });
      // Nothing was added, so there is nothing to extract from: the graph that a first picture makes is not made.
      expect((await copy.graphs.list()).map(({ name }) => name)).not.toContain('photos');
      const names = ({ hits }: SearchResponse) => hits.map(({ name, similarity }) => [name, round(Number(similarity))]);
      const here = await client.search({ query: 'a dog in the snow', index: 'g.clip.embedding' });
      const graph = file.replace(/\..*/, '');
      const there = await copy.search({ query: 'a dog in the snow', index: `${graph}.vectors.${column}` });
      expect(names(there)).toEqual(names(here));
      expect(there.hits).toHaveLength(20);
    },
  );
});

function photoCaptions(): { image: string; en: string[]; zh: string[] }[] {
  return readFileSync(testData('data/flickr8k/captions.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { image: string; en: string[]; zh: string[] });
}

function ranking(hits: readonly Hit[]): [string, number][] {
  return hits.map(({ contentId, similarity }) => [contentId, round(Number(similarity))]);
}

/** What 32-bit floats have in common on both databases (half floats on PostgreSQL). */
function round(similarity: number): number {
  return Math.round(similarity * 1e5) / 1e5;
}
