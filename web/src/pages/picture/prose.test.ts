import { expect, test } from 'vitest';
import { isProse } from './prose.ts';

test.each<[unknown, boolean]>([
  ['Two dogs run along a beach at low tide, and a child throws a red ball for them.', true],
  ['line\n'.repeat(20), true],
  ['a dog', false],
  ['f'.repeat(200), false],
  [` ${'f'.repeat(200)} `, false],
  [12345, false],
  [null, false],
])('isProse() of %j is %s', (value, expected) => {
  expect(isProse(value)).toBe(expected);
});
