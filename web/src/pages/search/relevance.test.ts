import type { Hit, LegPlan, SearchResponse } from 'fovea/client';
import { expect, test } from 'vitest';
import { relevanceOf } from './relevance.ts';

/** `w`: has the words; `-`: looks like them. */
function hits(letters: string): Hit[] {
  return [...letters].map((letter) => {
    const leg = letter === 'w' ? 'text' : 'vector';
    return { explanation: { legs: [{ leg }], labels: {}, conditions: {} } } as unknown as Hit;
  });
}

function first(legs: readonly (readonly [LegPlan['leg'], number])[], indexes = ['a.b.caption']): SearchResponse {
  return { plan: { legs: legs.map(([leg, found]) => ({ leg, found, indexes })) } } as unknown as SearchResponse;
}

test('a rule goes where no hit has the words any more', () => {
  const both = first([
    ['vector', 100],
    ['text', 2],
  ]);
  expect(relevanceOf(both, hits('w-w--'))).toEqual({ isByLookAlone: false, lookBegins: 3 });
  expect(relevanceOf(both, hits('-w---')).lookBegins).toBeUndefined();
  expect(relevanceOf(both, hits('ww')).lookBegins).toBeUndefined();
});

test('where nothing has the words, that is said', () => {
  const none = first([
    ['vector', 100],
    ['text', 0],
  ]);
  expect(relevanceOf(none, hits('--'))).toEqual({ isByLookAlone: true, lookBegins: undefined });
});

test('where words or looks were not asked, nothing is said', () => {
  expect(relevanceOf(first([['vector', 100]]), hits('--')).isByLookAlone).toBe(false);
  const names = first(
    [
      ['vector', 9],
      ['text', 1],
    ],
    ['content.name'],
  );
  expect(relevanceOf(names, hits('w-'))).toEqual({ isByLookAlone: false, lookBegins: undefined });
  expect(relevanceOf(first([['text', 1]]), hits('w-')).lookBegins).toBeUndefined();
  expect(relevanceOf(undefined, []).isByLookAlone).toBe(false);
});
