import { expect, test } from 'vitest';
import type { Dataset } from '../../sources/index.ts';
import { boxRows, captionRows, datasetPolicies, graphName, planDataset, rowLabels, vectorRows } from './plan.ts';

type Head = Pick<Dataset, 'name' | 'kind' | 'columns' | 'image'>;

function head(columns: Readonly<Record<string, string>>): Head {
  const described = Object.entries(columns).map(([name, type]) => ({ name, type }));
  return { name: 'pokemon', kind: 'parquet', columns: described, image: 'image' };
}

const source = 'pokemon.parquet';
const pokemon = head({ image: 'picture', name_en: 'text', text_en: 'text', level: 'integer', vec: 'real[3]' });

test.each([
  ['pokemon', 'pokemon'],
  ['Recap-COCO-30K', 'recap_coco_30k'],
  ['2024 photos', 'data_2024_photos'],
  ['content', 'content_data'],
  ['宝可梦', 'data'],
  ['a'.repeat(80), 'a'.repeat(24)],
])('graphName() of %s', (dataset, name) => {
  expect(graphName(dataset)).toBe(name);
});

test('planDataset() takes what was asked for, and tells what it leaves', () => {
  const texts = [{ column: 'text_en', language: 'en' }, { column: 'name_en' }];
  const plan = planDataset(pokemon, { source, texts, vectors: ['vec'], name: 'p' });
  expect(plan.texts).toEqual([
    { column: 'text_en', name: 'text_en', language: 'en' },
    { column: 'name_en', name: 'name_en', language: 'und' },
  ]);
  expect(plan).toMatchObject({ graph: 'p', match: undefined, notes: ['Columns that are not loaded: level'] });
  const [captions, vectors] = datasetPolicies(plan, new Map([['vec', 3]]), 'photos.clip');
  expect(captions?.params).toMatchObject({ columns: { text_en: { type: 'text', language: 'en' } } });
  expect(vectors?.params).toEqual({ vectors: { vec: { dimension: 3, metric: 'cosine' } }, space: 'photos.clip' });
});

test('planDataset() finds captions by their names, and gives columns names that tables can have', () => {
  const found = planDataset(head({ image: 'picture', Caption: 'text', text: 'integer', url: 'text' }), { source });
  expect(found.texts).toEqual([{ column: 'Caption', name: 'caption', language: 'und' }]);
  const columns = { image: 'picture', name: 'text', 标题: 'text', 'a b': 'text', 'a-b': 'text' };
  const texts = ['name', '标题', 'a b', 'a-b'].map((column) => ({ column }));
  const named = planDataset(head(columns), { source, texts }).texts.map(({ name }) => name);
  expect(named).toEqual(['name_text', 'c', 'a_b', 'a_b_2']);
});

test('planDataset() refuses a column that is not there, and rows of nobody knows what', () => {
  expect(() => planDataset(pokemon, { source, texts: [{ column: 'text_em' }] })).toThrow('did you mean "text_en"?');
  expect(() => planDataset({ ...head({ text: 'text' }), image: undefined }, { source, image: null })).toThrow(
    'no column holds pictures, and none tells which contents the rows are of',
  );
  expect(planDataset({ ...head({ vec: 'real[3]', name: 'text' }), image: undefined }, { source }).match).toBe('name');
});

test('rows of a data set become rows of tables', () => {
  const texts = [{ column: 'en' }, { column: 'zh' }];
  const columns = { image: 'picture', en: 'json', zh: 'text', level: 'integer', tags: 'json', vec: 'real[2]' };
  const plan = planDataset(head(columns), {
    source,
    texts,
    labels: ['level', 'tags'],
    vectors: ['vec'],
    boxes: 'tags',
  });
  const vec = Float32Array.of(1, 0);
  const box = { label: 'dog', x1: 1, y1: 2, x2: 3, y2: 4 };
  const values = { en: ['one', ' ', 'two'], zh: '一', level: 5, tags: ['a'] };
  const row = { row: 7, values, boxes: [box], vectors: { vec } };
  expect(captionRows(plan, row)).toEqual([
    { columns: { en: 'one', zh: '一', dataset_row: 7 } },
    { columns: { en: 'two', zh: null, dataset_row: 7 } },
  ]);
  expect(captionRows(plan, { row: 8, values: { en: null } })).toEqual([]);
  expect(boxRows(row)).toEqual([
    { columns: { object_name: 'dog', score: null, x1: 1, y1: 2, x2: 3, y2: 4, crowd: false } },
  ]);
  expect(vectorRows(plan, row)).toEqual([{ vectors: { vec } }]);
  expect(vectorRows(plan, { row: 8, values: {} })).toEqual([]);
  expect(rowLabels(plan, row)).toEqual({ level: 5 });
});
