import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { InvalidInputError } from './errors.ts';
import { parseInput } from './input-issues.ts';

const Query = z.strictObject({
  query: z.string().min(1),
  limit: z.int().min(1).max(10).default(5),
  mode: z.enum(['merge', 'apply']).optional(),
  labels: z.array(z.string()).optional(),
  region: z.strictObject({ xmin: z.number(), ymin: z.number() }).optional(),
  boxes: z.array(z.strictObject({ label: z.string() })).optional(),
  value: z.union([z.string(), z.number()]).optional(),
  name: z
    .string()
    .regex(/^[a-z]+$/, 'must be lower case')
    .optional(),
});

function issuesOf(value: unknown) {
  try {
    parseInput(Query, value, 'search');
  } catch (error) {
    if (error instanceof InvalidInputError) return error.issues;
    throw error;
  }
  return [];
}

describe('parseInput()', () => {
  test('returns the value with its defaults', () => {
    expect(parseInput(Query, { query: 'dog' }, 'search')).toEqual({ query: 'dog', limit: 5 });
  });

  test.each([
    [{}, { path: 'query', message: 'is missing' }],
    [{ query: 7 }, { path: 'query', message: 'must be a text' }],
    [{ query: '' }, { path: 'query', message: 'must have at least 1 character' }],
    [
      { query: 'a', limit: 11 },
      { path: 'limit', message: 'must be at most 10' },
    ],
    [
      { query: 'a', limit: 1.5 },
      { path: 'limit', message: 'must be a whole number' },
    ],
    [
      { query: 'a', limit: 'x' },
      { path: 'limit', message: 'must be a number' },
    ],
    [
      { query: 'a', mode: 'prune' },
      { path: 'mode', message: 'must be one of "merge", "apply"' },
    ],
    [
      { query: 'a', labels: ['x', 2] },
      { path: 'labels.1', message: 'must be a text' },
    ],
    [
      { query: 'a', value: null },
      { path: 'value', message: 'must be a text or a number' },
    ],
    [
      { query: 'a', name: 'A' },
      { path: 'name', message: 'must be lower case' },
    ],
    [
      { query: 'a', limt: 1 },
      { path: 'limt', message: 'is not known here, did you mean "limit"?' },
    ],
    [
      { query: 'a', region: { xmin: 1, ymin: 1, zmin: 2 } },
      { path: 'region.zmin', message: 'is not known here, did you mean "xmin"?' },
    ],
    [
      { query: 'a', boxes: [{ label: 'x' }, { label: 'x', labl: 'y' }] },
      { path: 'boxes.1.labl', message: 'is not known here, did you mean "label"?' },
    ],
    [
      { query: 'a', region: { xmin: 1, ymin: 1, q: 2 } },
      { path: 'region.q', message: 'is not known here; known: "xmin", "ymin"' },
    ],
  ])('says what is wrong with %j', (value, issue) => {
    expect(issuesOf(value)).toEqual([issue]);
  });

  test('names the first faults in its message and keeps all', () => {
    const value = { limit: 0, mode: 1, labels: 2, wrong: 3 };
    expect(() => parseInput(Query, value, 'search')).toThrow(
      'Cannot search: "query" is missing; "limit" must be at least 1; "mode" must be one of "merge", "apply"; and 2 more',
    );
    expect(issuesOf(value)).toHaveLength(5);
  });

  test('speaks of the whole where the whole is wrong', () => {
    expect(() => parseInput(Query, [], 'search')).toThrow('Cannot search: it must be an object');
  });
});
