import { expect, test } from 'vitest';
import { middleRegion, nudgeRegion, regionBetween } from './region.ts';

const size = { width: 400, height: 200 };

test('regionBetween() orders corners, rounds, and stays within the picture', () => {
  expect(regionBetween({ x: 300.4, y: 250 }, { x: -5, y: 20.6 }, size)).toEqual([0, 21, 300, 200]);
});

test('regionBetween() is nothing for less than a few pixels', () => {
  expect(regionBetween({ x: 10, y: 10 }, { x: 100, y: 14 }, size)).toBeNull();
});

test('middleRegion() is the middle half', () => {
  expect(middleRegion(size)).toEqual([100, 50, 300, 150]);
});

test('nudgeRegion() moves, and stops at the border with its size kept', () => {
  expect(nudgeRegion([100, 50, 300, 150], 'ArrowRight', false, size)).toEqual([108, 50, 308, 150]);
  expect(nudgeRegion([198, 50, 398, 150], 'ArrowRight', false, size)).toEqual([200, 50, 400, 150]);
});

test('nudgeRegion() resizes down to a few pixels', () => {
  expect(nudgeRegion([100, 50, 300, 150], 'ArrowUp', true, size)).toEqual([100, 50, 300, 142]);
  expect(nudgeRegion([100, 50, 110, 60], 'ArrowLeft', true, size)).toEqual([100, 50, 108, 60]);
});
