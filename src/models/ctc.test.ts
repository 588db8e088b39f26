import { expect, test } from 'vitest';
import { ctcGreedy } from './ctc.ts';

const CHARACTERS = ['H', 'e', 'l', 'o'];

/** Steps whose likeliest classes are these, each with the given probability. */
function steps(classes: readonly number[], probability = 0.8): Float32Array {
  return Float32Array.from(
    classes.flatMap((best) => Array.from({ length: 5 }, (_, each) => (each === best ? probability : 0.05))),
  );
}

test('ctcGreedy() merges repeats and drops blanks', () => {
  const { text, score } = ctcGreedy(steps([0, 1, 1, 0, 2, 3, 3, 0, 3, 4]), 5, CHARACTERS);
  expect(text).toBe('Hello');
  expect(score).toBeCloseTo(0.8);
});

test('ctcGreedy() says where along the line each character stands', () => {
  const { characters } = ctcGreedy(steps([0, 1, 1, 0, 2, 0, 0, 0]), 5, CHARACTERS);
  expect(characters).toEqual([
    { text: 'H', at: 2 / 8 },
    { text: 'e', at: 4.5 / 8 },
  ]);
});

test('ctcGreedy() scores the characters, not the blanks', () => {
  const probabilities = Float32Array.from([...steps([0], 0.99), ...steps([1], 0.6), ...steps([2], 0.4)]);
  expect(ctcGreedy(probabilities, 5, CHARACTERS)).toMatchObject({ text: 'He', score: expect.closeTo(0.5) });
});

test.each([
  ['of blanks', steps([0, 0, 0])],
  ['of no steps', new Float32Array()],
])('ctcGreedy() reads nothing in a sequence %s', (_, probabilities) => {
  expect(ctcGreedy(probabilities, 5, CHARACTERS)).toEqual({ text: '', characters: [], score: 0 });
});
