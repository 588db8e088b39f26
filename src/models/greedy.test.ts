import { expect, test } from 'vitest';
import { greedyDecode, nextToken, type GreedyRules } from './greedy.ts';

const RULES: GreedyRules = { startToken: 0, endToken: 1, noRepeatNgram: 3, maxLength: 10 };
const scores = (...values: number[]): Float32Array => Float32Array.from(values);

test('nextToken() takes the likeliest, the first of equals', () => {
  expect(nextToken(scores(0, 1, 5, 5), [0], RULES)).toBe(2);
  expect(nextToken(scores(Number.NaN, -3, -9), [0], RULES)).toBe(1);
});

test('nextToken() forces the first token only', () => {
  const rules = { ...RULES, forcedFirst: 3 };
  expect(nextToken(scores(9, 0, 0, 0), [0], rules)).toBe(3);
  expect(nextToken(scores(9, 0, 0, 0), [0, 3], rules)).toBe(0);
});

test.each([
  // 2 3 4 was said; behind another 2 3 there may be anything but 4.
  [[0, 2, 3, 4, 2, 3], 3, scores(0, 0, 1, 2, 9), 3],
  [[0, 2, 3, 4, 3], 3, scores(0, 0, 1, 2, 9), 4],
  [[0, 2, 2], 2, scores(0, 0, 9, 1, 0), 3],
  [[2, 3], 1, scores(0, 0, 9, 8, 7), 4],
  [[0, 2, 3, 4, 2, 3], 0, scores(0, 0, 1, 2, 9), 4],
  [[0, 1, 0], 1, scores(3, 3), 1],
])('nextToken() behind %j says no %i tokens again', (tokens, noRepeatNgram, logits, expected) => {
  expect(nextToken(logits, tokens, { ...RULES, noRepeatNgram })).toBe(expected);
});

test('greedyDecode() ends with the end token, or where the length is used up', async () => {
  const script = [2, 3, 1];
  const asked: (readonly number[])[] = [];
  const say = async (tokens: readonly number[]): Promise<Float32Array> => {
    asked.push([...tokens]);
    return Float32Array.from({ length: 5 }, (_, token) => (token === script[tokens.length - 1] ? 1 : 0));
  };
  expect(await greedyDecode(say, RULES)).toEqual([0, 2, 3, 1]);
  expect(asked).toEqual([[0], [0, 2], [0, 2, 3]]);
  expect(await greedyDecode(say, { ...RULES, maxLength: 3 })).toEqual([0, 2, 1]);
  expect(await greedyDecode(say, { ...RULES, maxLength: 2 })).toEqual([0, 1]);
});
