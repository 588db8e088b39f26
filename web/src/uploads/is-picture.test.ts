import { expect, test } from 'vitest';
import { isPicture, startsLikePicture } from './is-picture.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

test.each([
  ['JPEG', '\u00ff\u00d8\u00ff\u00e0', true],
  ['PNG', '\u0089PNG\r\n\u001a\n', true],
  ['GIF', 'GIF89a', true],
  ['TIFF', 'MM\0*\0\0\0\u0008', true],
  ['WebP', 'RIFF\n\r\u0001\0WEBPVP8 ', true],
  ['AVIF', '\0\0\0\u0020ftypavif', true],
  ['HEIC', '\0\0\0\u0018ftypheic', true],
  ['BMP', 'BM\u0036\u0001\0\0\0\0\0\0', true],
  ['a video', '\0\0\0\u0020ftypisom', false],
  ['a sound', 'RIFF\0\0\0\0WAVEfmt ', false],
  ['a text', 'BMW and others', false],
  ['nothing', '', false],
])('startsLikePicture() of %s', (_what, head, expected) => {
  expect(startsLikePicture(bytes(head))).toBe(expected);
});

test('isPicture() trusts a name, a type, or the bytes', async () => {
  expect(await isPicture(new File(['nothing'], 'a.JPG'))).toBe(true);
  expect(await isPicture(new File(['nothing'], 'a', { type: 'image/x-odd' }))).toBe(true);
  expect(await isPicture(new File(['GIF89a'], 'a.part'))).toBe(true);
  expect(await isPicture(new File(['Dear all'], 'notes.txt', { type: 'text/plain' }))).toBe(false);
});
