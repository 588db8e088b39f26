import { expect, it } from 'vitest';
import { byReason } from './failures.ts';

it('byReason() tells a reason once, the most frequent first, whatever the pictures are called', () => {
  const task = (name: string, error: string | null, errorCode: string | null = null) => ({ name, error, errorCode });
  const reasons = byReason([
    task('a.heic', 'no colours'),
    task('b.jpg', 'Cannot read "b.jpg": it ends early'),
    task('c.jpg', 'Cannot read "c.jpg": it ends early'),
    task('d.jpg', null, 'timeout'),
  ]);
  expect(reasons.map(({ reason, tasks }) => [reason, tasks.map(({ name }) => name)])).toEqual([
    ['Cannot read "…": it ends early', ['b.jpg', 'c.jpg']],
    ['no colours', ['a.heic']],
    ['timeout', ['d.jpg']],
  ]);
});
