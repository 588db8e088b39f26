import { expect, test } from 'vitest';
import { boxAt, boxesOf, classesOf, visibleBoxes } from './boxes.ts';

const features = {
  features: [
    { graph: 'photos', policy: 'clip', rows: [{ ord: 0 }] },
    {
      graph: 'photos',
      policy: 'objects',
      rows: [
        { ord: 0, object_name: 'dog', score: 0.9, x1: 1, y1: 2, x2: 11, y2: 12 },
        { ord: 1, object_name: 'dog', score: 0.3, x1: 0, y1: 0, x2: 90, y2: 90 },
        { ord: 2, object_name: 'cat', score: 0.5, x1: 0, y1: 0, x2: 5, y2: 5 },
      ],
    },
    { graph: 'photos', policy: 'faces', rows: [{ ord: 0, x1: 3, y1: 3, x2: 6, y2: 6 }] },
    { graph: 'photos', policy: 'odd', rows: [{ ord: 0, x1: 3, y1: 3, x2: null, y2: 6 }] },
  ],
};

test('boxesOf() finds rows with four edges in any policy, the largest first', () => {
  expect(boxesOf(features).map(({ key, label, score }) => [key, label, score])).toEqual([
    ['photos.objects/1', 'dog', 0.3],
    ['photos.objects/0', 'dog', 0.9],
    ['photos.objects/2', 'cat', 0.5],
    ['photos.faces/0', 'faces', null],
  ]);
});

test('boxesOf() writes texts on their boxes, counts them together, and keeps their corners', () => {
  const row = { ord: 0, text: 'NO PARKING', score: 0.9, x1: 0, y1: 0, x2: 4, y2: 3, polygon: [0, 1, 4, 0, 4, 2, 0, 3] };
  const rows = [row, { ...row, ord: 1, text: 'EXIT', polygon: [1, 2] }];
  const boxes = boxesOf({ features: [{ graph: 'signs', policy: 'ocr', rows }] });
  expect(boxes.map(({ label, group }) => [label, group])).toEqual([
    ['NO PARKING', 'ocr'],
    ['EXIT', 'ocr'],
  ]);
  expect(boxes.map(({ corners }) => corners)).toEqual([
    [
      [0, 1],
      [4, 0],
      [4, 2],
      [0, 3],
    ],
    null,
  ]);
  expect(classesOf(boxes)).toEqual([{ label: 'ocr', count: 2 }]);
});

test('classesOf() counts by label, the most frequent first', () => {
  expect(classesOf(boxesOf(features))).toEqual([
    { label: 'dog', count: 2 },
    { label: 'cat', count: 1 },
    { label: 'faces', count: 1 },
  ]);
});

test('visibleBoxes() leaves out hidden classes and low scores, but no boxes without a score', () => {
  const visible = visibleBoxes(boxesOf(features), { hidden: new Set(['cat']), minScore: 0.4 });
  expect(visible.map(({ key }) => key)).toEqual(['photos.objects/0', 'photos.faces/0']);
});

test('boxAt() finds the box of a region, and none for another place', () => {
  const boxes = boxesOf(features);
  expect(boxAt(boxes, { xmin: 1.0001, ymin: 2, xmax: 11, ymax: 12 })?.key).toBe('photos.objects/0');
  expect(boxAt(boxes, { xmin: 1, ymin: 2, xmax: 11, ymax: 15 })).toBeUndefined();
});
