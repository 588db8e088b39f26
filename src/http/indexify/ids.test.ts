import { expect, test } from 'vitest';
import { readAddress, readContentId, rowId, shownIds } from './ids.ts';

const UUID = '0a1b2c3d-4e5f-5a6b-8c7d-8e9fa0b1c2d3';

test('readContentId() reads every form of one id', () => {
  const digits = UUID.replaceAll('-', '');
  expect([UUID, UUID.toUpperCase(), digits, digits.slice(1)].map(readContentId)).toEqual([UUID, UUID, UUID, UUID]);
  expect(readContentId('d1a6f7c2b3e4f506')).toBe('00000000-0000-0000-d1a6-f7c2b3e4f506');
});

test.each(['', 'zebra', '0'.repeat(33), `${UUID}-`, '0a1b2c3d-4e5f-5a6b-8c7d8e9fa0b1c2d3', '1 ', '../1'])(
  'readContentId() reads no id from "%s"',
  (text) => {
    expect(readContentId(text)).toBeUndefined();
  },
);

test('readAddress() is the inverse of rowId()', () => {
  expect(readAddress(rowId('abc', 'photos', 'objects', 3))).toEqual({
    contentId: readContentId('abc'),
    row: { graph: 'photos', policy: 'objects', ord: 3 },
  });
  expect(readAddress('abc')).toEqual({ contentId: readContentId('abc'), row: undefined });
});

test.each([
  'abc.photos',
  'abc.photos.objects',
  'abc.photos.objects.x',
  'abc.photos.objects.-1',
  'abc.photos.objects.1.2',
  'x.a.b.1',
])('readAddress() reads no address from "%s"', (text) => {
  expect(readAddress(text)).toBeUndefined();
});

test('shownIds() echoes what a caller gave, and shows the digits of other ids', async () => {
  const given = readContentId('AbC') ?? '';
  const show = await shownIds({ givenIds: async () => new Map([[given, 'AbC']]) }, 'default', [given, UUID]);
  expect([show(given), show(UUID)]).toEqual(['AbC', UUID.replaceAll('-', '')]);
});
