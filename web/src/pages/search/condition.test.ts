import { expect, test } from 'vitest';
import { literal } from '../../state/sql-names.ts';
import { conditionsOf, conditionSql } from './condition.ts';

const sqlOf = (params: Parameters<typeof conditionsOf>[0]): string | undefined => conditionSql(conditionsOf(params));

test('a value is a condition on the table that it was counted in', () => {
  expect(sqlOf({ facets: { 'photos.objects.object_name': ['dog'] } })).toBe(
    `content_id in (select content_id from "photos.objects" where "object_name" = 'dog')`,
  );
  expect(sqlOf({ facets: { 'media.things.tracks.object_name': ['dog'] } })).toBe(
    `root_id in (select content_id from "media.things.tracks" where "object_name" = 'dog')`,
  );
  expect(sqlOf({ facets: { 'labels.trip': ['rome'] } })).toBe(`(labels ->> 'trip') = 'rome'`);
  expect(sqlOf({ facets: { year: [2015] } })).toBe(
    `extract(year from coalesce(taken_at, created_at) at time zone 'UTC') = 2015`,
  );
  expect(sqlOf({ facets: { 'photos.exif.flash': [true] } })).toContain('"flash" = true');
});

test('several objects are all wanted, of several years one', () => {
  expect(sqlOf({ facets: { 'labels.a': ['x', 'y'] } })).toBe(`(labels ->> 'a') = 'x' or (labels ->> 'a') = 'y'`);
  expect(conditionsOf({ facets: { 'photos.objects.object_name': ['dog', 'cat'], year: [1, 2] } })).toHaveLength(3);
});

test('what is not wanted keeps contents without any value', () => {
  expect(sqlOf({ without: { 'labels.trip': ['rome'] } })).toBe(`not coalesce((labels ->> 'trip') = 'rome', false)`);
});

test('several conditions are lines of their own, so that a comment of the user ends with its line', () => {
  expect(sqlOf({ where: 'width > 10 -- wide', facets: { 'labels.a': ['b'] } })).toBe(
    `(\nwidth > 10 -- wide\n) and (\n(labels ->> 'a') = 'b'\n)`,
  );
  expect(sqlOf({ where: '  ' })).toBeUndefined();
  expect(conditionsOf({ has: ['stop'] })).toEqual([{ mode: 'must', words: 'stop' }]);
  expect(conditionsOf({ not: ['a car'] })).toEqual([{ mode: 'without', words: 'a car' }]);
});

test.each([
  ["o'clock", "'o''clock'"],
  ["'; drop table content; --", "'''; drop table content; --'"],
  [String.raw`\'`, String.raw`'\'''`],
  ["''", "''''''"],
  ['$$x$$', "'$$x$$'"],
  ['two\nlines', "'two\nlines'"],
  ['a\0b', 'null'],
])('literal(%j) is one literal', (value, quoted) => {
  expect(literal(value)).toBe(quoted);
});

test('names of tables, columns and labels are quoted too', () => {
  expect(sqlOf({ facets: { 'a"b.c"d': ['x'] } })).toBe(
    `content_id in (select content_id from "a""b" where "c""d" = 'x')`,
  );
  expect(sqlOf({ facets: { "labels.k' or true --": ['x'] } })).toBe(`(labels ->> 'k'' or true --') = 'x'`);
});

test('a text that was cut when it was counted is compared as far as it is known', () => {
  expect(sqlOf({ facets: { 'labels.a': ['x'.repeat(1000)] } })).toMatch(/^left\(\(labels ->> 'a'\), 1000\) = 'x+'$/);
});
