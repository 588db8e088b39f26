import { expect, test } from 'vitest';
import { timeText } from './time-text.ts';

test('timeText() says seconds, then minutes, then hours, and never 60 seconds', () => {
  const times = [0, 12_400, 59_940, 59_960, 125_300, 3_599_990, 3_725_000];
  expect(times.map(timeText)).toEqual(['0.0 s', '12.4 s', '59.9 s', '1:00.0', '2:05.3', '1:00:00.0', '1:02:05.0']);
});
