import { expect, test } from 'vitest';
import { SearchRequest, type SearchInput } from '../contract/index.ts';
import type { SearchIndex } from './choose-index.ts';
import { chooseLegs } from './choose-legs.ts';

const index = (name: string, ofRegions = false, ofTexts = false): SearchIndex => ({
  name,
  policyId: 1,
  version: 1,
  output: 'embedding',
  dimension: 2,
  extractor: 'test/x',
  params: {},
  space: 's',
  ofRegions,
  ofTexts,
  isHandedOver: false,
});
const INDEXES = [index('g.clip.embedding'), index('g.boxes.embedding', true)];
const TEXTS = [{ name: 'g.captions.text_en' }, { name: 'content.name' }];

function legs(input: SearchInput, texts = TEXTS) {
  const { vectors, text } = chooseLegs(SearchRequest.parse(input), INDEXES, texts);
  return {
    vectors: vectors.map(({ index: { name }, weight }) => [name, weight]),
    text: text === undefined ? undefined : [text.indexes.map(({ name }) => name), text.weight],
  };
}
test('chooseLegs() leaves vectors out where no index takes words, and takes the one that pictures are asked of', () => {
  const faces: SearchIndex = { ...index('g.faces.embedding', true), queries: ['image'] };
  const chosen = (input: SearchInput, indexes = [faces]) =>
    chooseLegs(SearchRequest.parse(input), indexes, TEXTS).vectors;
  expect(chosen({ query: 'a dog' })).toEqual([]);
  expect(chosen({ image: 'AAAA' }).map((each) => each.index.name)).toEqual(['g.faces.embedding']);
  expect(chosen({ image: 'AAAA' }, [faces, ...INDEXES]).map((each) => each.index.name)).toEqual(['g.clip.embedding']);
});

test('chooseLegs() asks the boxes that words are compared with beside whole pictures, where regions are asked for', () => {
  const faces: SearchIndex = { ...index('g.faces.embedding', true), queries: ['image'] };
  const chosen = (input: SearchInput, indexes: readonly SearchIndex[] = [faces, ...INDEXES]) =>
    chooseLegs(SearchRequest.parse({ regions: true, ...input }), indexes, []).vectors.map(
      ({ index: { name } }) => name,
    );
  const { vectors } = chooseLegs(SearchRequest.parse({ regions: true, query: 'a dog' }), INDEXES, []);
  expect(vectors.map(({ weight }) => weight)).toEqual([0.25, 1]);
  const like = { contentId: '018f1f6e-0000-7000-8000-000000000000' };
  for (const asked of [{ query: 'a red backpack' }, { image: 'AAAA' }, { like }])
    expect(chosen(asked)).toEqual(['g.clip.embedding', 'g.boxes.embedding']);
  expect(chosen({ query: 'a dog', index: 'g.boxes.embedding' })).toEqual(['g.boxes.embedding']);
  // Where there are no whole pictures, boxes stand once.
  expect(chosen({ query: 'a dog' }, INDEXES.slice(1))).toEqual(['g.boxes.embedding']);
  expect(() => chosen({ query: 'a dog' }, [faces, ...INDEXES.slice(0, 1)])).toThrow(
    'no policy makes vectors of them that words are compared with; apply a graph with one, e.g. { name: boxes,',
  );
  expect(() => chosen({ query: 'a dog', index: 'g.clip.embedding' })).toThrow(
    'leave out its name, or name one of boxes',
  );
  expect(() => chosen({ query: 'a dog', legs: ['text'] })).toThrow('Cannot look at boxes without the leg "vector"');
});

const BOTH = ['g.captions.text_en', 'content.name'];

test.each<[SearchInput, ReturnType<typeof legs>]>([
  [{ query: 'a dog' }, { vectors: [['g.clip.embedding', 1]], text: [BOTH, 1.25] }],
  [{ image: 'AAAA' }, { vectors: [['g.clip.embedding', 1]], text: undefined }],
  [
    { query: 'a dog', legs: ['text'] },
    { vectors: [], text: [BOTH, 1.25] },
  ],
  [
    { query: 'a dog', legs: ['vector'] },
    { vectors: [['g.clip.embedding', 1]], text: undefined },
  ],
  [
    { query: 'a dog', index: 'g.boxes.embedding' },
    { vectors: [['g.boxes.embedding', 1]], text: undefined },
  ],
  [
    { query: 'a dog', indexes: ['content.name'] },
    { vectors: [], text: [['content.name'], 0.5] },
  ],
  [
    { query: 'a dog', indexes: ['content.name'], legs: ['vector', 'text'] },
    { vectors: [['g.clip.embedding', 1]], text: [['content.name'], 0.5] },
  ],
  [
    {
      query: 'a dog',
      indexes: ['g.clip.embedding', 'g.boxes.embedding', 'g.captions.text_en'],
      fusion: { weights: { vector: 2, 'g.boxes.embedding': 0.5, text: 3 } },
    },
    {
      vectors: [
        ['g.clip.embedding', 2],
        ['g.boxes.embedding', 0.5],
      ],
      text: [['g.captions.text_en'], 3],
    },
  ],
  [
    { query: 'a dog', fusion: { weights: { vector: 0 } } },
    { vectors: [], text: [BOTH, 1.25] },
  ],
])('chooseLegs() of %j', (input, expected) => {
  expect(legs(input)).toEqual(expected);
});

test('chooseLegs() gives names and labels less weight where there are no other texts', () => {
  const texts = [{ name: 'content.name' }, { name: 'content.labels' }];
  expect(legs({ query: 'a dog' }, texts).text).toEqual([['content.name', 'content.labels'], 0.5]);
});

test('chooseLegs() searches vectors alone where there are no texts', () => {
  expect(legs({ query: 'a dog' }, [])).toEqual({ vectors: [['g.clip.embedding', 1]], text: undefined });
});

test.each<[SearchInput, string]>([
  [{ query: 'a dog', index: 'g.clip.embeding' }, 'Cannot find index "g.clip.embeding": known: "g.clip.embedding"'],
  [{ image: 'AAAA', legs: ['text'] }, 'Cannot search texts by a picture'],
  [{ query: 'a dog', index: 'g.clip.embedding', legs: ['text'] }, 'belongs to the leg "vector"'],
  [{ query: 'a dog', fusion: { weights: { vector: 0, text: 0 } } }, 'those of all legs are 0'],
  [{ query: 'a dog', fusion: { weights: { txt: 1 } } }, 'did you mean "text"'],
  [{ query: 'a dog', legs: ['vector'], fusion: { weights: { text: 1 } } }, 'Cannot weigh leg "text"'],
])('chooseLegs() refuses %j', (input, message) => {
  expect(() => legs(input)).toThrow(message);
});

test.each<[SearchInput, readonly string[]]>([
  [{ query: 'a dog' }, ['g.clip.embedding', 'g.meaning.embedding', 'h.meaning.embedding']],
  [{ image: 'AAAA' }, ['g.clip.embedding']],
  [{ query: 'at night', image: 'AAAA' }, ['g.clip.embedding']],
  [{ query: 'a dog', index: 'g.meaning.embedding' }, ['g.meaning.embedding']],
  [{ query: 'a dog', fusion: { weights: { 'h.meaning.embedding': 0 } } }, ['g.clip.embedding', 'g.meaning.embedding']],
])('chooseLegs() of %j asks what was written of pictures by words alone', (input, expected) => {
  const written = [index('g.meaning.embedding', false, true), index('h.meaning.embedding', false, true)];
  const { vectors, notes } = chooseLegs(SearchRequest.parse(input), [...INDEXES, ...written], TEXTS);
  expect(vectors.map((each) => each.index.name)).toEqual(expected);
  expect(notes).toEqual([]);
});

test('chooseLegs() does without an index of pictures where words can ask what was written of them', () => {
  const written = index('g.meaning.embedding', false, true);
  const { vectors } = chooseLegs(SearchRequest.parse({ query: 'a dog' }), [written], []);
  expect(vectors.map((each) => each.index.name)).toEqual(['g.meaning.embedding']);
});
