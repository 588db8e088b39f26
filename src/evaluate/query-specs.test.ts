import { describe, expect, test } from 'vitest';
import { parseQueries } from './query-specs.ts';
import { parseTrec, trecQrels, trecRun } from './trec.ts';

const lines = (...values: readonly unknown[]): string => values.map((value) => JSON.stringify(value)).join('\n');

describe('parseQueries()', () => {
  test('makes a query of each caption, in its language, that asks for its own picture', () => {
    const specs = parseQueries(
      lines(
        { image: 'a b.jpg', split: 'val', en: ['A dog .', 'A brown dog'], zh: ['狗'] },
        { name: 'c.jpg', text: 'A cat', lang: 'en' },
      ),
      'captions.jsonl',
    );
    expect(specs.map(({ id, text, language }) => [id, text, language])).toEqual([
      ['a_b.jpg#en#0', 'A dog .', 'en'],
      ['a_b.jpg#en#1', 'A brown dog', 'en'],
      ['a_b.jpg#zh#0', '狗', 'zh'],
      ['c.jpg#en#2', 'A cat', 'en'],
    ]);
    const own = ['a b.jpg', 'a b.jpg', 'a b.jpg', 'c.jpg'];
    expect(specs.map(({ judged }) => judged)).toEqual(own.map((reference) => [{ reference, grade: 1 }]));
  });

  test('reads graded queries with several pictures, by name or id', () => {
    const [first, second] = parseQueries(
      `\n${lines({ query: 'dogs', relevant: ['a.jpg', { contentId: 'ff', grade: 3 }], lang: 'en', id: 7 }, { query: 'x', relevant: [] })}\n`,
      'q.jsonl',
    );
    expect(first).toEqual({
      id: '7',
      text: 'dogs',
      language: 'en',
      judged: [
        { reference: 'a.jpg', grade: 1 },
        { reference: 'ff', grade: 3 },
      ],
    });
    expect(second).toEqual({ id: 'q3', text: 'x', language: null, judged: [] });
  });

  test.each([
    ['{"image": "a.jpg", "en": ["x"]},', 'line 1: it is not JSON'],
    ['[1]', 'line 1: it is no object'],
    [lines({ image: 'a.jpg' }), 'line 1: it has no texts'],
    [lines({ text: 'a dog' }), 'line 1: it needs "query" and "relevant"'],
    [lines({ image: 'a.jpg', text: 'x' }, { image: 'a.jpg', en: [' '] }), 'line 2: a text is empty'],
    [lines({ query: 'x' }), 'line 1: "relevant" must be a list'],
    [lines({ query: 'x', relevant: [{ grade: 2 }] }), 'a relevant picture is'],
    [lines({ query: 'x', relevant: [{ name: 'a', grade: 'high' }] }), '"grade" must be a number'],
    [
      lines({ query: 'x', id: 'a', relevant: [] }, { query: 'y', id: 'a', relevant: [] }),
      'line 2: the id "a" is that of line 1',
    ],
    ['', 'it has no line'],
  ])('says what is wrong with %s', (text, message) => {
    expect(() => parseQueries(text, 'q.jsonl')).toThrow(message);
    expect(() => parseQueries(text, 'q.jsonl')).toThrow('Cannot read queries from "q.jsonl"');
  });
});

describe('TREC', () => {
  const qrels = { name: 'qrels', text: '301 0 a.jpg 2\n301 0 my dog.jpg 0\n302 Q0 b.jpg 1\n' };

  test('parseTrec() reads marked topics and those with tabs alike', () => {
    const marked = `<top>\n<num> Number: 301\n<title> Topic: a dog\n  runs\n<desc> long\n</top>\n<top><num>9<title>cats</top>`;
    const wanted = {
      specs: [
        {
          id: '301',
          text: 'a dog runs',
          language: null,
          judged: [
            { reference: 'a.jpg', grade: 2 },
            { reference: 'my dog.jpg', grade: 0 },
          ],
        },
      ],
      unjudged: ['9'],
    };
    expect(parseTrec({ name: 't', text: marked }, qrels)).toEqual(wanted);
    expect(parseTrec({ name: 't', text: '301\ta dog runs\n9\tcats\n' }, qrels)).toEqual(wanted);
  });

  test.each([
    ['301 a dog', qrels.text, 'Cannot read topics from "t", line 1'],
    ['301\ta\n301\tb', qrels.text, 'topic "301" is there twice'],
    ['<top><num>301</top>', qrels.text, 'topic "301" has no words'],
    ['301\ta', '\n301 0 a.jpg\n', 'Cannot read qrels from "qrels", line 2: write topic, 0, picture, grade'],
    ['q1\ta', qrels.text, 'none of its 1 topics is judged in "qrels", whose first topic is "301"'],
  ])('says what is wrong with %s', (topics, judgements, message) => {
    expect(() => parseTrec({ name: 't', text: topics }, { name: 'qrels', text: judgements })).toThrow(message);
  });

  test('runs are written so that sorting by score keeps the order', () => {
    expect(
      trecRun('hybrid k=10', [
        { id: 'q1', ranking: ['x', 'y'] },
        { id: 'q2', ranking: [] },
      ]),
    ).toBe('q1 Q0 x 1 2 hybrid_k=10\nq1 Q0 y 2 1 hybrid_k=10\n');
    expect(trecQrels([{ id: 'q1', relevance: new Map([['x', 2]]) }])).toBe('q1 0 x 2\n');
  });
});
