import { expect, test } from 'vitest';
import { applyChange, changeOf, commonLabels, faultOf, lineOf, newLine, valueOf, withType } from './label-edit.ts';

const lines = () =>
  commonLabels([{ labels: { trip: 'rome', year: 2019 } }, { labels: { trip: 'rome', year: 2020, raw: true } }]).map(
    lineOf,
  );

test('commonLabels() tells what all have, what some have, and what differs', () => {
  const contents = [{ labels: { trip: 'rome', year: 2019 } }, { labels: { trip: 'rome', year: '2019', raw: true } }];
  expect(commonLabels(contents)).toEqual([
    { key: 'raw', count: 1, value: true, values: 1 },
    { key: 'trip', count: 2, value: 'rome', values: 1 },
    { key: 'year', count: 2, value: undefined, values: 2 },
  ]);
});

test('changeOf() sets only what was touched and removes what was crossed out', () => {
  expect(changeOf(lines())).toBeUndefined();
  const [raw, trip, year] = lines();
  if (raw === undefined || trip === undefined || year === undefined) throw new Error('a line is missing');
  const edited = [
    { ...raw, isRemoved: true },
    { ...trip, text: 'paris', isTouched: true },
    year,
    { ...newLine(), key: ' stars ', type: 'number' as const, text: '4.5' },
    { ...newLine(), key: 'dropped', isRemoved: true },
    newLine(),
  ];
  expect(changeOf(edited)).toEqual({ set: { trip: 'paris', stars: 4.5 }, remove: ['raw'] });
});

test('valueOf() keeps types apart', () => {
  expect(valueOf({ type: 'text', text: '4' })).toBe('4');
  expect(valueOf({ type: 'number', text: ' 4 ' })).toBe(4);
  expect(valueOf({ type: 'number', text: 'four' })).toBeUndefined();
  expect(valueOf({ type: 'number', text: '' })).toBeUndefined();
  expect(valueOf({ type: 'boolean', text: 'true' })).toBe(true);
  expect(valueOf(withType({ ...newLine(), text: 'yes' }, 'boolean'))).toBe(false);
});

test('faultOf() names what is missing', () => {
  const line = { ...newLine(), key: 'year', type: 'number' as const, text: 'x' };
  expect(faultOf(line, [line])).toBe('no-number');
  expect(faultOf({ ...line, key: '' }, [])).toBe('no-key');
  expect(faultOf({ ...line, text: '1' }, [...lines()])).toBe('twice');
  expect(faultOf(newLine(), [])).toBeUndefined();
});

test('applyChange() is what the server does', () => {
  expect(applyChange({ a: 1, b: 2 }, { set: { c: 3 }, remove: ['a'] })).toEqual({ b: 2, c: 3 });
});
