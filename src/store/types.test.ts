import { describe, expect, test } from 'vitest';
import { decodeArray, encodeValue, ValueTypes } from './types.ts';

describe('encodeValue()', () => {
  test('writes the text that PostgreSQL reads', () => {
    expect(encodeValue(null)).toBeNull();
    expect(encodeValue('it\'s "a" \\ text')).toBe('it\'s "a" \\ text');
    expect(encodeValue(1.5)).toBe('1.5');
    expect(encodeValue(false)).toBe('false');
    expect(encodeValue(new Date('2024-05-01T12:00:00.123Z'))).toBe('2024-05-01T12:00:00.123Z');
    expect(encodeValue(new Uint8Array([0, 255, 16]))).toBe('\\x00ff10');
  });

  test('reads only the view of a larger buffer', () => {
    expect(encodeValue(new Uint8Array([1, 2, 3, 4]).subarray(1, 3))).toBe('\\x0203');
  });

  test('quotes the texts of an array', () => {
    expect(encodeValue(['a', null, 'NULL', 'b"c\\d', ''])).toBe('{"a",NULL,"NULL","b\\"c\\\\d",""}');
    expect(encodeValue([1, 2.5, null])).toBe('{1,2.5,NULL}');
    expect(encodeValue([true, false])).toBe('{true,false}');
    expect(encodeValue([])).toBe('{}');
  });

  test('refuses undefined', () => {
    // @ts-expect-error a programming mistake that types can't see everywhere
    expect(() => encodeValue(undefined)).toThrow(TypeError);
  });
});

describe('decodeArray()', () => {
  const text = (value: string) => value;

  test('undoes encodeValue()', () => {
    for (const value of [['a', null, 'NULL', 'b"c\\d', '', '{x,y}'], []]) {
      expect(decodeArray(encodeValue(value) ?? '', text)).toEqual(value);
    }
  });

  test('reads nested arrays and bounds', () => {
    expect(decodeArray('{{1,2},{3,NULL}}', Number)).toEqual([
      [1, 2],
      [3, null],
    ]);
    expect(decodeArray('[0:1]={7,8}', Number)).toEqual([7, 8]);
  });

  test('takes the delimiter of boxes', () => {
    expect(decodeArray('{(1,1),(0,0);(2,2),(0,0)}', text, ';')).toEqual(['(1,1),(0,0)', '(2,2),(0,0)']);
  });
});

describe('ValueTypes', () => {
  const types = new ValueTypes([
    { oid: '20', name: 'int8', element: '0' },
    { oid: '1016', name: '_int8', element: '20' },
    { oid: '1184', name: 'timestamptz', element: '0' },
    { oid: '17000', name: 'vector', element: '0' },
  ]);

  test('int8 is a number as long as it is exact', () => {
    expect(types.decoder(20)('9007199254740991')).toBe(9007199254740991);
    expect(types.decoder(20)('9007199254740992')).toBe('9007199254740992');
    expect(types.decoder(1016)('{1,9007199254740992}')).toEqual([1, '9007199254740992']);
  });

  test('timestamps are ISO 8601', () => {
    expect(types.decoder(1184)('2024-05-01 12:00:00.123456+00')).toBe('2024-05-01T12:00:00.123456Z');
  });

  test('unknown types stay texts', () => {
    expect(types.decoder(99999)('x')).toBe('x');
    expect(types.name(99999)).toBe('unknown');
    expect(types.decoder(17000)('[1,-0.5,1e-07]')).toEqual([1, -0.5, 1e-7]);
  });
});
