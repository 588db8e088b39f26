import { describe, expect, test } from 'vitest';
import { createClient, type FoveaClient } from '../client/index.ts';
import { evaluate } from './evaluate.ts';
import { reportPage } from './report.ts';
import type { EvaluationQuery } from './resolve.ts';
import { evaluationCsv, figuresOf, trecFiles } from './tables.ts';

const ids = Array.from({ length: 30 }, (_, index) => `00000000-0000-0000-0000-${String(index).padStart(12, '0')}`);
const picture = (index: number): string => ids[index] ?? '';

/** Answers searches as `rankings` says, by index and words; other words are refused. */
function libraryOf(rankings: Readonly<Record<string, readonly number[]>>): { client: FoveaClient; asked: string[] } {
  const asked: string[] = [];
  const client = createClient({
    baseUrl: 'http://library.test',
    fetch: async (_, { body }) => {
      const { query, index, limit } = JSON.parse(String(body)) as { query: string; index: string; limit: number };
      asked.push(`${index}: ${query}`);
      const ranking = rankings[`${index}: ${query}`];
      if (ranking === undefined)
        return Response.json({ code: 'unavailable', message: `Cannot search for "${query}"` }, { status: 503 });
      const hits = ranking.slice(0, limit).map((place) => ({
        contentId: picture(place),
        name: `${place}.jpg`,
        uri: null,
        mimeType: 'image/jpeg',
        sha256: '0'.repeat(64),
        color: null,
        width: 1,
        height: 1,
        labels: {},
        score: 1,
        similarity: 1,
        ord: null,
        region: null,
      }));
      return Response.json({ hits, total: 30, indexed: { done: 30, total: 30 }, notes: [] });
    },
  });
  return { client, asked };
}

function asking(text: string, relevant: number, language = 'en'): EvaluationQuery {
  return { id: text, text, language, relevance: new Map([[picture(relevant), 1]]) };
}

const queries = [asking('dog', 0), asking('hound', 0), asking('猫', 1, 'zh'), asking('owl', 2)];
const { client, asked } = libraryOf({
  'a: dog': [0, 1, 2],
  'a: hound': [3, 0],
  'a: 猫': [4, 5, 6, 7, 8, 9, 1],
  'a: owl': [3, 4],
  'b: dog': [0],
  'b: hound': [0],
  'b: 猫': [1],
});
const configurations = [
  { name: 'first', request: { index: 'a' } },
  { name: 'second', request: { index: 'b' } },
];

describe('evaluate()', async () => {
  const evaluation = await evaluate(client, { queries, configurations, limit: 20 });
  const [first, second] = evaluation.configurations;

  test('says figures by hand', () => {
    expect(first?.runs.map(({ rank }) => rank)).toEqual([1, 2, 7, null]);
    expect(first?.summary).toMatchObject({ queries: 4, failed: 0, medianRank: 4.5 });
    expect(first?.summary.metrics.MRR.mean).toBeCloseTo((1 + 1 / 2 + 1 / 7) / 4, 12);
    expect(first?.summary.metrics['recall@5'].mean).toBe(0.5);
    expect(first?.languages.zh?.metrics['recall@10'].mean).toBe(1);
    expect(first?.languages.en).toMatchObject({ queries: 3, medianRank: 2 });
    expect(evaluation).toMatchObject({ contents: 30, limit: 20 });
  });

  test('counts a search that failed as one that found nothing, and says so', () => {
    expect(second?.summary).toMatchObject({ queries: 4, failed: 1 });
    expect(second?.summary.metrics['recall@1'].mean).toBe(0.75);
    expect(second?.runs[3]).toMatchObject({ rank: null, ranking: [], error: 'Cannot search for "owl"' });
  });

  test('compares the same queries', () => {
    const [comparison, ...others] = evaluation.comparisons;
    expect(others).toEqual([]);
    expect(comparison).toMatchObject({ name: 'second', than: 'first' });
    expect(comparison?.metrics['recall@1'].mean).toBe(0.5);
  });

  test('warms up each configuration, then lets them take turns in going first', () => {
    expect(asked.slice(0, 6)).toEqual(['a: dog', 'b: dog', 'a: dog', 'b: dog', 'b: hound', 'a: hound']);
  });

  test('is written as JSON, CSV, TREC files and a page', () => {
    expect(figuresOf(evaluation)).toMatchObject({
      queries: 4,
      configurations: [{ name: 'first' }, { name: 'second' }],
    });
    expect(JSON.stringify(figuresOf(evaluation))).not.toContain('ranking');
    const csv = evaluationCsv(evaluation).split('\r\n');
    expect(csv).toHaveLength(10);
    expect(csv[0]).toBe(
      'query,language,configuration,rank,recall@1,recall@5,recall@10,nDCG@10,MRR,latencyMs,text,error',
    );
    expect(csv[8]).toMatch(/^owl,en,second,,0,0,0,0,0,[\d.]+,owl,"Cannot search for ""owl"""$/);
    expect(trecFiles(evaluation).map(({ name }) => name)).toEqual(['qrels.txt', 'first.run', 'second.run']);
    const page = reportPage(evaluation, new Map([[picture(2), { name: '<owl>.jpg', source: 'data:,' }]]));
    expect(page).toContain('&#60;owl&#62;.jpg');
    expect(page).not.toMatch(/<owl>|https?:|undefined|NaN/);
  });
});

test('evaluate() refuses at once what is wrong with a configuration', async () => {
  const wrong = [...configurations, { name: 'third', request: { index: 'c' } }];
  await expect(evaluate(client, { queries, configurations: wrong })).rejects.toThrow('Cannot search for "dog"');
  const twice = [
    { name: 'x', request: {} },
    { name: 'x', request: {} },
  ];
  await expect(evaluate(client, { queries, configurations: twice })).rejects.toThrow(
    'two configurations have the same name',
  );
  await expect(evaluate(client, { queries: [], configurations })).rejects.toThrow('there must be a query');
});

test('evaluate() ends where a server has gone, instead of counting every query as a failure', async () => {
  const many = [asking('dog', 0), ...Array.from({ length: 100 }, (_, index) => asking(`gone ${index}`, 0))];
  await expect(evaluate(client, { queries: many, configurations })).rejects.toThrow(
    /20 searches failed one after the other, the last with: Cannot search for "gone \d+"/,
  );
});

test('evaluate() tells how far it is, and stops at a signal', async () => {
  const stop = new AbortController();
  const told: string[] = [];
  const onProgress = (done: number, total: number): void => {
    told.push(`${done}/${total}`);
    if (done === 3) stop.abort(new Error('enough'));
  };
  await expect(
    evaluate(libraryOf({ 'a: dog': [0] }).client, {
      queries: Array<EvaluationQuery>(5).fill(asking('dog', 0)),
      configurations: configurations.slice(0, 1),
      onProgress,
      signal: stop.signal,
    }),
  ).rejects.toThrow('enough');
  expect(told).toEqual(['1/5', '2/5', '3/5']);
});
