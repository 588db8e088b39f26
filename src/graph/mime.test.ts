import { expect, test } from 'vitest';
import { acceptsMime, mimeOverlaps, normalizeMime } from './mime.ts';

test('normalizeMime() writes what people and old clients mean', () => {
  expect(['image/JPG', 'image/jpeg; q=1', 'video', '*', '*/*', ''].map(normalizeMime)).toEqual([
    'image/jpeg',
    'image/jpeg',
    'video/*',
    '*/*',
    '*/*',
    'application/octet-stream',
  ]);
});

test('acceptsMime() takes exact types, kinds and everything', () => {
  expect(acceptsMime(['image/jpeg', 'image/png'], 'image/jpg')).toBe(true);
  expect(acceptsMime(['image/jpeg'], 'image/png')).toBe(false);
  expect(acceptsMime(['image/*'], 'image/webp')).toBe(true);
  expect(acceptsMime(['image/*'], 'imagex/webp')).toBe(false);
  expect(acceptsMime(['*/*'], 'video/mp4')).toBe(true);
  expect(acceptsMime([], 'image/png')).toBe(false);
});

test('mimeOverlaps() compares patterns with patterns', () => {
  expect(mimeOverlaps('image/*', 'image/png')).toBe(true);
  expect(mimeOverlaps('image/*', '*/*')).toBe(true);
  expect(mimeOverlaps('image/*', 'text/*')).toBe(false);
});
