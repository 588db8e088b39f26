import { expect, test } from 'vitest';
import { closestName, didYouMean, editDistance } from './closest-name.ts';

test('editDistance() counts insertions, deletions, replacements and exchanges of neighbours', () => {
  expect(editDistance('kitten', 'sitting')).toBe(3);
  expect(editDistance('', 'abc')).toBe(3);
  expect(editDistance('same', 'same')).toBe(0);
  expect(editDistance('widht', 'width')).toBe(1);
  expect(editDistance('ab', 'ba')).toBe(1);
  expect(editDistance('abc', 'cab')).toBe(2);
});

test('closestName() finds the nearest name and refuses far ones', () => {
  expect(closestName('image/yollo', ['image/exif', 'image/yolo'])).toBe('image/yolo');
  expect(closestName('Content_Source', ['name', 'content_source'])).toBe('content_source');
  expect(closestName('zebra', ['image/exif', 'image/yolo'])).toBeUndefined();
});

test('closestName() falls back to a name that holds what was written', () => {
  expect(closestName('clip', ['image/yolo', 'embedding/clip'])).toBe('embedding/clip');
  expect(closestName('xy', ['galaxy'])).toBeUndefined();
});

test('didYouMean() ends a sentence, or says nothing', () => {
  expect(didYouMean('nam', ['name'])).toBe(', did you mean "name"?');
  expect(didYouMean('zzzz', ['name'])).toBe('');
});
