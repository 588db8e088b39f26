import { expect, test } from 'vitest';
import { coordinatesOf, exifRow, exposureText, mapAddress } from './exif.ts';

const row = { ord: 0, camera: 'Nikon', taken_at: null, latitude: 43.46745, longitude: -11.5 };
const features = {
  features: [
    { graph: 'g', policy: 'clip', rows: [{ ord: 0 }] },
    { graph: 'g', policy: 'e', rows: [row] },
  ],
};

test('exifRow() is the row with camera and time, of any policy', () => {
  expect(exifRow(features)).toBe(row);
  expect(exifRow({ features: [] })).toBeUndefined();
});

test('coordinatesOf() needs both numbers', () => {
  expect(coordinatesOf(features)).toEqual({ latitude: 43.46745, longitude: -11.5 });
  const without = [{ graph: 'g', policy: 'e', rows: [{ ord: 0, latitude: 1, longitude: null }] }];
  expect(coordinatesOf({ features: without })).toBeUndefined();
});

test('mapAddress() marks the place', () => {
  expect(mapAddress({ latitude: 43.46745, longitude: -11.5 })).toBe(
    'https://www.openstreetmap.org/?mlat=43.467450&mlon=-11.500000#map=15/43.467450/-11.500000',
  );
});

test('exposureText() is a fraction for short times', () => {
  expect([exposureText(1 / 75), exposureText(2), exposureText(0.5)]).toEqual(['1/75 s', '2 s', '0.5 s']);
});
