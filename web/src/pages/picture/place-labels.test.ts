import { expect, test } from 'vitest';
import { placeLabels } from './place-labels.ts';

const picture = { x: 0, y: 0, width: 200, height: 100 };
const labelled = (key: string, x: number, y: number, width: number, height: number) => {
  return { key, x, y, width, height, labelWidth: 40, labelHeight: 10 };
};

test('placeLabels() puts a label above its box where there is room, else below', () => {
  const places = placeLabels([labelled('high', 100, 0, 50, 30), labelled('low', 10, 40, 50, 30)], picture);
  expect(places.get('low')).toEqual({ x: 10, y: 28, width: 40, height: 10 });
  expect(places.get('high')).toEqual({ x: 100, y: 32, width: 40, height: 10 });
});

test('placeLabels() puts the label of a box as large as the picture inside, at the bottom', () => {
  const places = placeLabels([labelled('all', 0, 0, 200, 100)], picture);
  expect(places.get('all')).toEqual({ x: 0, y: 90, width: 40, height: 10 });
});

test('placeLabels() lays no label over another', () => {
  const places = placeLabels([labelled('a', 50, 40, 50, 30), labelled('b', 50, 40, 51, 31)], picture);
  expect(places.get('a')).toEqual({ x: 50, y: 28, width: 40, height: 10 });
  expect(places.get('b')).toEqual({ x: 50, y: 73, width: 40, height: 10 });
});
