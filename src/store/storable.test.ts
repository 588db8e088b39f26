import { expect, test } from 'vitest';
import { storableJson, storableText, uuidsOnly } from './storable.ts';

test('storableText() leaves out U+0000 and replaces half surrogate pairs, and nothing else', () => {
  expect(storableText('a\0b \ud83d c \udc4d d 👍 ü')).toBe('ab \ufffd c \ufffd d 👍 ü');
});

test('storableJson() does so in keys and values, and keeps backslashes that look like escapes', () => {
  const text = storableJson({ 'k\0': 'a\0b\ud800', path: String.raw`C:\u0000\ud800`, emoji: '👍' });
  expect(JSON.parse(text)).toEqual({ k: 'ab\ufffd', path: String.raw`C:\u0000\ud800`, emoji: '👍' });
});

test('uuidsOnly() drops what is no uuid and lowers the rest', () => {
  expect(uuidsOnly(['nonsense', '0F2B7A4E-5C1D-4E8D-9A36-B7C8D1E2F304', "'; drop"])).toEqual([
    '0f2b7a4e-5c1d-4e8d-9a36-b7c8d1e2f304',
  ]);
});
