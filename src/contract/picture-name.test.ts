import { expect, test } from 'vitest';
import { promisesPicture } from './picture-name.ts';

test.each([
  ['a.jpg', true],
  ['A.JPG', true],
  ['/photos.d/Rome 1.day/x.HEIC', true],
  ['archive.tar.png', true],
  ['notes.txt', false],
  ['jpg', false],
  ['.jpg', false],
  ['/photos/.jpg', false],
  ['holiday.jpg/list', false],
  ['a.', false],
  ['', false],
])('promisesPicture(%j) is %s', (path, expected) => {
  expect(promisesPicture(path)).toBe(expected);
});
