import { expect, test } from 'vitest';
import { sniff } from './sniff.ts';

const bytes = (...parts: readonly (string | number)[]): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : Buffer.from(part, 'latin1'))));

/** An `ftyp` box of these brands; the second field is the minor version. */
function brands(major: string, ...compatible: readonly string[]): Uint8Array {
  return bytes(0, 0, 0, 16 + 4 * compatible.length, 'ftyp', major, '\0\0\0\0', ...compatible, 'mdat');
}

test.each([
  ['image/jpeg', bytes(0xff, 0xd8, 0xff, 0xe0)],
  ['image/png', bytes(0x89, 'PNG\r\n\x1a\n\0\0\0\rIHDR....IDAT..acTL')],
  ['image/apng', bytes(0x89, 'PNG\r\n\x1a\n\0\0\0\rIHDR....acTL..IDAT')],
  ['image/gif', bytes('GIF89a')],
  ['image/webp', bytes('RIFF\x10\0\0\0WEBPVP8 ')],
  ['image/tiff', bytes('II*\0\b\0\0\0\0\0')],
  ['image/tiff', bytes('MM\0*\0\0\0\b\0\0')],
  ['image/bmp', bytes('BM', '\0'.repeat(12), 40, 0, 0, 0)],
  ['image/avif', brands('avif', 'mif1')],
  ['image/avif', brands('mif1', 'avif')],
  ['image/svg+xml', bytes('<?xml version="1.0"?>\n<!-- made by hand -->\n<svg width="1"/>')],
  ['image/svg+xml', bytes('<!DOCTYPE svg [<!ENTITY a "b">]><svg:svg>')],
])('sniff() knows %s, which can be decoded', (mimeType, head) => {
  expect(sniff(head)).toMatchObject({ mimeType, kind: 'picture', decodable: true });
});

test.each([
  ['HEIC', brands('heic', 'mif1')],
  ['HEIC', brands('mif1', 'heic')],
  ['HEIF', brands('mif1', 'miaf')],
  ['DNG raw', bytes('II*\0\b\0\0\0\x01\0', 0x12, 0xc6)],
  ['Canon CR2 raw', bytes('II*\0\x10\0\0\0CR')],
  ['Canon CR3 raw', brands('crx ')],
  ['ICO', bytes(0, 0, 1, 0, 1, 0)],
  ['JPEG XL', bytes(0xff, 0x0a)],
  ['JPEG 2000', bytes(0, 0, 0, 12, 'jP  \r\n', 0x87, '\n')],
  ['Photoshop', bytes('8BPS')],
  ['Portable anymap', bytes('P6\n# by hand\n2 2\n255\n')],
])('sniff() knows %s as a picture that can not be decoded', (name, head) => {
  expect(sniff(head)).toMatchObject({ name, kind: 'picture', decodable: false });
});

test.each([
  ['video/mp4', brands('isom', 'avc1')],
  ['video/quicktime', brands('qt  ')],
  ['video/webm', bytes(0x1a, 0x45, 0xdf, 0xa3, '....webm')],
  ['video/x-matroska', bytes(0x1a, 0x45, 0xdf, 0xa3, '....matroska')],
  ['application/pdf', bytes('%PDF-1.7')],
  ['application/zip', bytes('PK\x03\x04')],
  ['text/html', bytes('<!doctype html><html><svg>')],
  ['text/plain', Buffer.from('Grüße, 你好\n')],
  ['text/plain', Buffer.from('\ufeffhello', 'utf16le')],
])('sniff() knows %s as no picture', (mimeType, head) => {
  const format = sniff(head);
  expect(format).toMatchObject({ mimeType, decodable: false });
  expect(format?.kind).not.toBe('picture');
});

test('sniff() says nothing of empty files, white space and noise', () => {
  for (const head of [bytes(), bytes(' \n'), bytes(1, 2, 3, 4, 5), bytes('BM is how this begins\0')]) {
    expect(sniff(head)).toBeUndefined();
  }
});

test('sniff() does not take a text that is cut within a letter for noise', () => {
  expect(sniff(Buffer.from('ü'.repeat(3000)).subarray(0, 4095))).toMatchObject({ mimeType: 'text/plain' });
});
