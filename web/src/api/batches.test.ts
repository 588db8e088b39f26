import { expect, test } from 'vitest';
import { inBatches } from './batches.ts';

test('inBatches() asks for at most a thousand at once, and goes on after one that fails', async () => {
  const ids = Array.from({ length: 2500 }, (_, index) => String(index));
  const sizes: number[] = [];
  const progress: number[] = [];
  const outcome = await inBatches(
    ids,
    async (batch) => {
      sizes.push(batch.length);
      if (batch[0] === '1000') throw new Error('no');
    },
    (count) => progress.push(count),
  );
  expect(sizes).toEqual([1000, 1000, 500]);
  expect(progress).toEqual([1000, 2000, 2500]);
  expect(outcome.done).toEqual([...ids.slice(0, 1000), ...ids.slice(2000)]);
  expect(outcome.failed).toEqual(ids.slice(1000, 2000));
  expect(outcome.reasons).toEqual(['no']);
});
