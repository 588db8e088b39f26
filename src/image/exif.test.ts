import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { hasTestData, testData } from '../../test/data.ts';
import { readExif } from './exif.ts';

type Directories = NonNullable<Parameters<ReturnType<typeof sharp>['withExif']>[0]>;

/** A JPEG with these tags: IFD0 the picture, IFD2 the exposure, IFD3 GPS. */
async function photo(tags: Directories): Promise<Uint8Array> {
  return sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } })
    .withExif(tags)
    .jpeg()
    .toBuffer();
}

const taken = (IFD2: Record<string, string>, IFD3: Record<string, string> = {}) => photo({ IFD2, IFD3 }).then(readExif);

describe('readExif() tells when', () => {
  const local = { DateTimeOriginal: '2015:04:10 20:12:23' };
  const gps = { GPSDateStamp: '2015:04:10', GPSTimeStamp: '18/1 12/1 0/1' };

  test('by the offset that belongs to the date, with its fraction', async () => {
    expect(await taken({ ...local, OffsetTimeOriginal: '-03:30', SubSecTimeOriginal: '550' }, gps)).toMatchObject({
      takenAt: '2015-04-10T23:42:23.550Z',
      takenLocal: '2015-04-10T20:12:23',
      zone: '-03:30',
    });
  });

  test('by the GPS clock, where there is no offset', async () => {
    expect(await taken(local, gps)).toMatchObject({ takenAt: '2015-04-10T18:12:23.000Z', zone: '+02:00' });
  });

  test('not by a GPS clock that is no whole zone away, or too far', async () => {
    for (const GPSTimeStamp of ['18/1 5/1 0/1', '2/1 12/1 0/1']) {
      expect(await taken(local, { ...gps, GPSTimeStamp })).toMatchObject({
        takenAt: '2015-04-10T20:12:23.000Z',
        zone: 'unknown',
      });
    }
  });

  test('as if it were UTC, where nothing tells the zone', async () => {
    expect(await taken(local)).toMatchObject({
      takenAt: '2015-04-10T20:12:23.000Z',
      takenLocal: '2015-04-10T20:12:23',
      zone: 'unknown',
    });
  });

  test('by the next date where the first is impossible', async () => {
    expect(
      await taken({ DateTimeOriginal: '0000:00:00 00:00:00', DateTimeDigitized: '2001:02:03 04:05:06' }),
    ).toMatchObject({ takenAt: '2001-02-03T04:05:06.000Z' });
    expect(await taken({ DateTimeOriginal: '2015:02:31 00:00:00' })).toMatchObject({
      takenAt: null,
      takenLocal: null,
      zone: null,
    });
  });
});

test('readExif() brings fractions to plain units', async () => {
  const facts = readExif(
    await photo({
      IFD0: { Make: ' NIKON ', Model: 'D300', Software: 'GIMP' },
      IFD2: {
        ExposureTime: '1/80',
        FNumber: '28/10',
        FocalLength: '105/1',
        ISOSpeedRatings: '200',
        Flash: '1',
        LensModel: '105 mm',
      },
    }),
  );
  expect(facts).toMatchObject({
    cameraMake: 'NIKON',
    cameraModel: 'D300',
    software: 'GIMP',
    lens: '105 mm',
    exposureTime: 0.0125,
    fNumber: 2.8,
    focalLength: 105,
    iso: 200,
    flashFired: true,
  });
});

test('readExif() makes south and west negative, and takes (0, 0) for no fix', async () => {
  const IFD3 = {
    GPSLatitudeRef: 'S',
    GPSLatitude: '33/1 52/1 12/1',
    GPSLongitudeRef: 'W',
    GPSLongitude: '151/1 12/1 36/1',
    GPSAltitudeRef: '0',
    GPSAltitude: '58/2',
  };
  const facts = readExif(await photo({ IFD3 }));
  expect(facts.latitude).toBeCloseTo(-33.87, 6);
  expect(facts.longitude).toBeCloseTo(-151.21, 6);
  expect(facts.altitude).toBe(29);
  const nowhere = { ...IFD3, GPSLatitude: '0/1 0/1 0/1', GPSLongitude: '0/1 0/1 0/1' };
  expect(readExif(await photo({ IFD3: nowhere }))).toMatchObject({ latitude: null, longitude: null, altitude: null });
});

test('readExif() of what has none, or is no picture, is all null', () => {
  for (const bytes of [Buffer.alloc(0), Buffer.from('hello'), Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0xff, 0xff])]) {
    expect(new Set(Object.values(readExif(bytes)))).toEqual(new Set([null]));
  }
});

test.skipIf(!hasTestData)('readExif() reads a HEIC', () => {
  expect(
    readExif(readFileSync(testData('data/odd-images/exif-samples/heic/mobile/iphone_13_pro_max.HEIC'))),
  ).toMatchObject({
    takenAt: '2022-02-16T11:55:41.762Z',
    zone: '+01:00',
    cameraModel: 'iPhone 13 Pro Max',
    orientation: 6,
  });
});

test.skipIf(!hasTestData)('readExif() throws at no odd file', () => {
  const folder = testData('data/odd-images');
  let dated = 0;
  let placed = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const facts = readExif(readFileSync(join(entry.parentPath, entry.name)));
    if (facts.takenAt !== null) dated++;
    if (facts.latitude !== null) placed++;
  }
  expect([dated, placed]).toEqual([84, 18]);
});
