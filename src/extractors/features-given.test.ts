import { expect, test } from 'vitest';
import type { Models } from '../extractor/index.ts';
import { featuresGiven } from './features-given.ts';

// It asks for no model.
const models = {} as Models;
const describeIt = (params: unknown) => featuresGiven.describe(params, models);

test('features/given writes what its parameters say, and takes no content', async () => {
  const columns = { text_en: { type: 'text', language: 'en' }, score: { type: 'real', range: [0, 1] } };
  const description = await describeIt({ columns, vectors: { embedding: { dimension: 4 } } });
  expect(description.columns).toEqual(columns);
  expect(description.vectors).toEqual({ embedding: { dimension: 4, metric: 'cosine' } });
  expect(featuresGiven.accepts).toEqual([]);
  expect(await describeIt(description.params)).toEqual(description);
});

test.each([
  [{}, 'needs "columns" or "vectors"'],
  [{ columns: { name: { type: 'text' } } }, 'columns.name: is reserved'],
  [{ columns: { ['x'.repeat(41)]: { type: 'text' } } }, 'is longer than 40 characters'],
  [{ columns: { a: { type: 'real' } }, vectors: { a: { dimension: 2 } } }, 'vectors.a: is a column, too'],
  [{ columns: { Text: { type: 'text' } } }, 'columns.Text'],
  [{ column: {} }, 'did you mean "columns"?'],
  [{ columns: { a: { type: 'real', language: 'en' } } }, 'only columns of texts have a language'],
])('features/given refuses %j', async (params, message) => {
  await expect(describeIt(params)).rejects.toThrow(message);
});
