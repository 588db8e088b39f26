import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createByteBudget } from './byte-budget.ts';

const TOTAL = 100;

test('work in parallel never holds more than the total, and all of it ends', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 150 }), { maxLength: 30 }), async (weights) => {
      const budget = createByteBudget(TOTAL);
      let [held, most, running] = [0, 0, 0];
      const done = await Promise.all(
        weights.map((weight) =>
          budget.run(weight, async () => {
            held += weight;
            running += 1;
            if (running > 1) most = Math.max(most, held);
            await new Promise((resolve) => setImmediate(resolve));
            held -= weight;
            running -= 1;
            return weight;
          }),
        ),
      );
      expect(done).toEqual(weights);
      expect(most).toBeLessThanOrEqual(TOTAL);
    }),
  );
});

test('small work does not overtake large work for ever, and a failure gives back what it held', async () => {
  const budget = createByteBudget(TOTAL);
  const order: string[] = [];
  const failing = budget.run(60, async () => {
    throw new Error('broken');
  });
  const large = budget.run(100, async () => order.push('large'));
  const small = budget.run(1, async () => order.push('small'));
  await expect(failing).rejects.toThrow('broken');
  await Promise.all([large, small]);
  expect(order).toEqual(['large', 'small']);
});
