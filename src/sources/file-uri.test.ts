import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fileUri, pathOfFileUri } from './file-uri.ts';

test.each([
  ['/a b/ü.jpg', 'file:///a%20b/%C3%BC.jpg'],
  ['/100%/#1?.png', 'file:///100%25/%231%3F.png'],
  ['/new\nline/🦜.jpg', 'file:///new%0Aline/%F0%9F%A6%9C.jpg'],
  ["/it's (1)+[2].jpg", "file:///it's%20(1)+%5B2%5D.jpg"],
])('fileUri() of %j', (path, uri) => {
  expect(fileUri(path)).toBe(uri);
  expect(pathOfFileUri(uri)).toBe(path);
});

test('fileUri() is what URL keeps as it is', () => {
  expect(new URL(fileUri('/a b/ü [1].jpg')).href).toBe(fileUri('/a b/ü [1].jpg'));
});

test('pathOfFileUri() gives bytes where a name is no UTF-8', () => {
  const latin1 = Buffer.from('/caf\xe9.jpg', 'latin1');
  expect(fileUri(latin1)).toBe('file:///caf%E9.jpg');
  expect(pathOfFileUri('file:///caf%E9.jpg')).toEqual(latin1);
});

test('pathOfFileUri() undoes fileUri() for any bytes', () => {
  const bytes = fc
    .uint8Array({ maxLength: 40 })
    .map((each) => Buffer.concat([Buffer.from('/'), each.filter((byte) => byte !== 0)]));
  fc.assert(
    fc.property(bytes, (path) => {
      expect(Buffer.from(pathOfFileUri(fileUri(path)))).toEqual(path);
    }),
  );
});

test.each([
  ['https://x/y.jpg', 'it is no file: address'],
  ['file://server/share.jpg', 'files of this machine'],
  ['file://', 'files of this machine'],
  ['file:///a%2', '"%" of a file name'],
  ['file:///a?b', '"?" and "#"'],
  ['file:///a%00b', 'zero byte'],
])('pathOfFileUri() refuses %s', (uri, reason) => {
  expect(() => pathOfFileUri(uri)).toThrow(reason);
});

test('pathOfFileUri() takes localhost, fileUri() refuses relative paths', () => {
  expect(pathOfFileUri('FILE://LOCALHOST/a.jpg')).toBe('/a.jpg');
  expect(() => fileUri('a.jpg')).toThrow('must be absolute');
});
