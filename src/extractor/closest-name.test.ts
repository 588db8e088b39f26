import { expect, test } from 'vitest';
import { closestName, editDistance } from './closest-name.ts';

test('editDistance() counts insertions, deletions and replacements', () => {
  expect(editDistance('kitten', 'sitting')).toBe(3);
  expect(editDistance('', 'abc')).toBe(3);
  expect(editDistance('yolo', 'yolo')).toBe(0);
});

test('closestName() finds a misspelt name, whatever its case', () => {
  expect(closestName('Image/Yoloo', ['image/exif', 'image/yolo'])).toBe('image/yolo');
});

test('closestName() suggests nothing where nothing is near', () => {
  expect(closestName('audio/whisper', ['image/exif', 'image/yolo'])).toBeUndefined();
  expect(closestName('x', [])).toBeUndefined();
});
