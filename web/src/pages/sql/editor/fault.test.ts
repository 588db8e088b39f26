import { expect, test } from 'vitest';
import { faultRange, lineAndColumn } from './fault.ts';

test('faultRange() is the word, the quoted name or the character at a place; the last one behind the end', () => {
  const at = (text: string, position: number): string => {
    const { from, to } = faultRange(text, position);
    return text.slice(from, to);
  };
  expect(at('select nmae from content', 7)).toBe('nmae');
  expect(at('select "no table".x', 7)).toBe('"no table"');
  expect(at("select 'it'", 7)).toBe("'it'");
  expect(at('select )', 7)).toBe(')');
  expect(at('select 😀', 7)).toBe('😀');
  expect(at('select', 99)).toBe('t');
  expect(at('', 0)).toBe('');
});

test('lineAndColumn() count from 1', () => {
  expect(lineAndColumn('select\n  nmae', 9)).toEqual({ line: 2, column: 3 });
  expect(lineAndColumn('select', 0)).toEqual({ line: 1, column: 1 });
});
