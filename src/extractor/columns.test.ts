import { expect, test } from 'vitest';
import { OutputSpec } from '../contract/index.ts';
import { boolean, box, integer, json, real, reals, row, text, texts, timestamp, vector } from './columns.ts';

test('the column helpers make what the contract calls an output', () => {
  const columns = {
    a: text(),
    b: integer({ unit: 'px' }),
    c: real({ unit: 'deg', range: [-90, 90], description: 'north of the equator' }),
    d: boolean(),
    e: timestamp(),
    f: json(),
    g: box(),
    h: texts(),
    i: reals(),
  };
  const output = { columns, vectors: { embedding: vector(512) } };
  expect(OutputSpec.parse(output)).toEqual(output);
  expect(Object.values(columns).map(({ type }) => type)).toEqual([
    'text',
    'integer',
    'real',
    'boolean',
    'timestamp',
    'json',
    'box',
    'text[]',
    'real[]',
  ]);
  expect(columns.c).toEqual({ type: 'real', unit: 'deg', range: [-90, 90], description: 'north of the equator' });
});

test('row() has no vectors unless they are given', () => {
  expect(row({ red: 1 })).toEqual({ columns: { red: 1 }, vectors: {} });
  expect(row({}, { embedding: Float32Array.of(1) }).vectors['embedding']).toEqual(Float32Array.of(1));
});

test('a text column says its language, which must be a BCP 47 tag, and no other column has one', () => {
  expect(text({ language: 'zh-Hant' })).toEqual({ type: 'text', language: 'zh-Hant' });
  const issues = (column: unknown): string =>
    JSON.stringify(OutputSpec.safeParse({ columns: { a: column }, vectors: {} }).error?.issues);
  expect(issues(texts({ language: 'und' }))).toBeUndefined();
  expect(issues({ type: 'text', language: 'english please' })).toContain('must be a language tag like');
  expect(issues({ type: 'real', language: 'en' })).toContain('only columns of texts have a language');
});
