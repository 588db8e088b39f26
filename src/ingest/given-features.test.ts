import { beforeAll, expect, test } from 'vitest';
import { describeEachDatabase } from '../../test/databases.ts';
import { addContents, addPolicies, NAMESPACE, newPolicy, prepareStore, unit } from '../../test/store.ts';
import { encodeVector, GIVEN_EXTRACTOR } from '../contract/index.ts';
import type { OutputSpec } from '../contract/index.ts';
import type { Database } from '../store/index.ts';
import { getContent, givenCounts, policiesOf, readFeatures, tasksOf } from '../store/index.ts';
import { putFeatures } from './given-features.ts';
import type { GivenRow } from './given-features.ts';

const given = { extractor: GIVEN_EXTRACTOR, accepts: [], graph: 'pets' };
const CAPTIONS: OutputSpec = { columns: { text_en: { type: 'text' }, stars: { type: 'integer' } }, vectors: {} };
const BOXES: OutputSpec = {
  columns: { x1: { type: 'real' }, y1: { type: 'real' }, x2: { type: 'real' }, y2: { type: 'real' } },
  vectors: {},
};
const VECTORS: OutputSpec = { columns: {}, vectors: { embedding: { dimension: 3, metric: 'cosine' } } };

describeEachDatabase('given features', (open) => {
  let database: Database;
  let ids: string[];
  beforeAll(async () => {
    database = await prepareStore(await open());
    ids = await addContents(database, 'cat', 'dog');
    await addPolicies(
      database,
      newPolicy('captions', CAPTIONS, given),
      newPolicy('boxes', BOXES, given),
      newPolicy('vectors', VECTORS, given),
      newPolicy('crops', VECTORS, { graph: 'pets', contentSource: 'boxes' }),
      newPolicy('computed', CAPTIONS, { graph: 'pets' }),
    );
  });

  const put = (policy: string, rows: Record<string, readonly GivenRow[]>, normalize = false) =>
    putFeatures(
      database,
      NAMESPACE,
      { graph: 'pets', policy },
      { contents: Object.entries(rows).map(([contentId, own]) => ({ contentId, rows: own })), normalize },
    );
  const rowsOf = async (policy: string, contentId: string) =>
    (await readFeatures(database, NAMESPACE, contentId)).find((each) => each.policy === policy)?.rows ?? [];

  test('putFeatures() replaces the rows of the contents that are named, and of no others', async () => {
    const [cat = '', dog = ''] = ids;
    const first = { [cat]: [{ columns: { text_en: 'a cat' } }], [dog]: [{ columns: { text_en: 'a dog', stars: 3 } }] };
    expect(await put('captions', first)).toMatchObject({ contents: 2, rows: 2 });
    await put('captions', { [cat]: [{ columns: { text_en: 'one' } }, { columns: { text_en: 'two' } }] });
    expect(await rowsOf('captions', cat)).toEqual([
      { ord: 0, text_en: 'one', stars: null },
      { ord: 1, text_en: 'two', stars: null },
    ]);
    expect(await rowsOf('captions', dog)).toEqual([{ ord: 0, text_en: 'a dog', stars: 3 }]);
    const policies = (await policiesOf(database, NAMESPACE)).filter(({ name }) => name === 'captions');
    expect(await givenCounts(database, NAMESPACE, policies)).toMatchObject([{ waiting: 0, done: 2 }]);
  });

  test('putFeatures() plans what takes the boxes, and plans it anew where they are others', async () => {
    const [cat = '', dog = ''] = ids;
    const box = { columns: { x1: 1, y1: 1, x2: 5, y2: 5 } };
    expect(await put('boxes', { [cat]: [box], [dog]: [] })).toMatchObject({ rows: 1, planned: 1 });
    expect(await put('boxes', { [cat]: [box, box] })).toMatchObject({ planned: 1 });
    expect((await tasksOf(database, NAMESPACE, ids)).get(cat)).toMatchObject([{ open: true }]);
    expect(await put('boxes', { [cat]: [] })).toMatchObject({ planned: 0 });
    expect((await tasksOf(database, NAMESPACE, ids)).get(cat) ?? []).toEqual([]);
  });

  test('putFeatures() stores unit vectors, and makes others so where that is asked for', async () => {
    const [cat = ''] = ids;
    const halfFloats = Float32Array.from(unit(1, 2, 2), (value) => value * 1.004);
    expect(await put('vectors', { [cat]: [{ vectors: { embedding: encodeVector(halfFloats) } }] })).toMatchObject({
      normalized: 0,
    });
    const long = { [cat]: [{ vectors: { embedding: Float32Array.of(2, 4, 4) } }] };
    await expect(put('vectors', long)).rejects.toThrow(
      `content "${cat}", row 0: vector "embedding" has an L2 norm of 6.000 instead of 1`,
    );
    expect(await put('vectors', long, true)).toMatchObject({ normalized: 1 });
  });

  test.each<[string, string, GivenRow, string]>([
    ['another type', 'captions', { columns: { text_en: 5 } }, 'row 0: column "text_en" must be'],
    ['an unknown column', 'captions', { columns: { text_em: '' } }, 'no column "text_em", did you mean "text_en"?'],
    ['NUL', 'captions', { columns: { text_en: '\0' } }, 'column "text_en" must not hold NUL'],
    ['no vector', 'vectors', {}, 'vector "embedding" is missing'],
    [
      'another dimension',
      'vectors',
      { vectors: { embedding: unit(1, 1) } },
      'has 2 numbers, and the policy declares 3',
    ],
    ['zeros', 'vectors', { vectors: { embedding: new Float32Array(3) } }, 'is all zero'],
    ['NaN', 'vectors', { vectors: { embedding: Float32Array.of(1, NaN, 0) } }, 'no finite number'],
    ['half a number', 'vectors', { vectors: { embedding: 'AAA=' } }, 'is not base64 of float32'],
    ['rows that are computed', 'computed', {}, '"test/extractor" computes them'],
    ['an unknown policy', 'caption', {}, 'Cannot find policy "pets.caption"'],
  ])('putFeatures() refuses %s, and stores nothing', async (_what, policy, row, message) => {
    const [cat = '', dog = ''] = ids;
    const before = await rowsOf('captions', dog);
    const good = policy === 'captions' ? { columns: { text_en: 'new' } } : { vectors: { embedding: unit(1, 0, 0) } };
    await expect(put(policy, { [dog]: [good], [cat]: [row] })).rejects.toThrow(message);
    expect(await rowsOf('captions', dog)).toEqual(before);
  });

  test('putFeatures() refuses a content that is not there, and one that is named twice', async () => {
    const [cat = ''] = ids;
    const unknown = '00000000-0000-4000-8000-000000000000';
    await expect(put('captions', { [cat]: [], [unknown]: [] })).rejects.toThrow(`Cannot find content "${unknown}"`);
    expect(await rowsOf('captions', cat)).toHaveLength(2);
    await expect(put('captions', { [cat]: [], [cat.toUpperCase()]: [] })).rejects.toThrow('twice');
    expect(await getContent(database, NAMESPACE, cat)).toMatchObject({ contentId: cat });
    expect(await rowsOf('captions', cat)).toHaveLength(2);
  });
});
