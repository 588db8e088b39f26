import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readRows } from '../../../test/dataset-rows.ts';
import { openDataset } from './open.ts';

let folder = '';
let file = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fovea-coco-'));
  await mkdir(join(folder, 'annotations'));
  file = join(folder, 'annotations/instances_val.json');
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const url = 'http://images.cocodataset.org/val/1.jpg';
const images = [
  { id: 7, file_name: '1.jpg', width: 640, height: 480, coco_url: url },
  { id: 9, file_name: '2.jpg', width: 100, height: 50, coco_url: url },
];
const INSTANCES = {
  info: { year: 2017 },
  images,
  annotations: [
    { id: 1, image_id: 7, category_id: 18, bbox: [10, 20.5, 30, 40], iscrowd: 0, area: 5, segmentation: [[1, 2, 3]] },
    { id: 2, image_id: 7, category_id: 1, bbox: [0, 0, 5, 5], iscrowd: 1, segmentation: { counts: 'x', size: [1, 2] } },
  ],
  categories: [
    { id: 1, name: 'person', supercategory: 'person' },
    { id: 18, name: 'dog', supercategory: 'animal' },
  ],
};
const CAPTIONS = {
  images,
  annotations: [
    { image_id: 7, id: 1, caption: 'A dog runs.' },
    { image_id: 9, id: 2, caption: 'Grass. \n' },
    { image_id: 7, id: 3, caption: 'A dog on a beach.' },
  ],
};

test('boxes, crowds and the captions of the file beside come with their pictures', async () => {
  await writeFile(file, JSON.stringify(INSTANCES));
  await writeFile(join(folder, 'annotations/captions_val.json'), JSON.stringify(CAPTIONS));
  await mkdir(join(folder, 'val'));
  await writeFile(join(folder, 'val/1.jpg'), '');
  const dataset = await openDataset(folder);
  expect(dataset).toMatchObject({ name: 'val', kind: 'coco', rows: 2, image: 'file_name' });
  expect(dataset.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
    'id integer',
    'file_name text',
    'width integer',
    'height integer',
    'coco_url text',
    'caption text[]',
  ]);
  const values = { id: 7, width: 640, height: 480, coco_url: url, caption: ['A dog runs.', 'A dog on a beach.'] };
  expect(await readRows(dataset)).toEqual([
    {
      row: 0,
      image: { path: join(folder, 'val/1.jpg') },
      values,
      boxes: [
        { label: 'dog', x1: 10, y1: 20.5, x2: 40, y2: 60.5 },
        { label: 'person', x1: 0, y1: 0, x2: 5, y2: 5, crowd: true },
      ],
    },
    {
      row: 1,
      image: { path: join(folder, 'val/2.jpg') },
      values: { id: 9, width: 100, height: 50, coco_url: url, caption: ['Grass.'] },
      boxes: [],
    },
  ]);
  const byUrl = await readRows(await openDataset(file, { image: 'coco_url' }));
  expect(byUrl[0]?.image).toEqual({ url });
});

test('a box of a category without a name is a problem of its row', async () => {
  await writeFile(file, JSON.stringify({ ...INSTANCES, categories: INSTANCES.categories.slice(0, 1) }));
  const rows = await readRows(await openDataset(file));
  expect(rows.map(({ problem }) => problem)).toEqual([
    'picture 7 holds a box of category 18, which the file does not name',
    undefined,
  ]);
});

test('a file that is cut off, no JSON or no COCO says so', async () => {
  const text = JSON.stringify(INSTANCES);
  for (const [content, message] of [
    [text.slice(0, text.length / 2), /instances_val\.json": it is cut off: its JSON does not end at byte \d+/],
    [`${text.slice(0, 40)}]]]`, /behind byte 0 it is no JSON/],
    ['{"pictures": []}', /it lists no "images"/],
    ['', /it is cut off/],
  ] as const) {
    await writeFile(file, content);
    await expect(openDataset(file)).rejects.toThrow(message);
  }
});

test('a list of objects is read as lines of them are', async () => {
  await writeFile(
    join(folder, 'captions.json'),
    ' [{"image":"a.jpg","caption":"x"}, 5,\n{"image":"b.jpg","caption":"y"}]',
  );
  expect(await readRows(await openDataset(join(folder, 'captions.json')))).toEqual([
    { row: 0, image: { path: join(folder, 'a.jpg') }, values: { caption: 'x' } },
    { row: 1, problem: 'entry 2 of the list is the number 5 instead of an object', image: undefined, values: {} },
    { row: 2, image: { path: join(folder, 'b.jpg') }, values: { caption: 'y' } },
  ]);
});
