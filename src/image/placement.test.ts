import { expect, test } from 'vitest';
import { place } from './placement.ts';

const kernel = 'bilinear';

test('place() shortestEdge truncates the long side and crops in the middle', () => {
  const crop = { width: 160, height: 160 };
  const placement = place({ width: 500, height: 375 }, { resize: 'shortestEdge', size: 160, crop, kernel });
  expect(placement.scaled).toEqual({ width: 213, height: 160 });
  expect(placement.window).toEqual({ left: 26, top: 0, width: 160, height: 160 });
  expect(placement).toMatchObject({ canvas: crop, left: 0, top: 0 });
});

test('place() maps the middle of a crop to the middle of the original', () => {
  const crop = { width: 100, height: 100 };
  const { toOriginal } = place({ width: 400, height: 200 }, { resize: 'shortestEdge', size: 100, crop, kernel });
  expect((50 - toOriginal.offsetX) * toOriginal.scaleX).toBe(200);
  expect((50 - toOriginal.offsetY) * toOriginal.scaleY).toBe(100);
});

test('place() pads a crop that is larger than the picture with black', () => {
  const crop = { width: 8, height: 8 };
  expect(place({ width: 4, height: 4 }, { resize: 'shortestEdge', size: 5, crop, kernel })).toMatchObject({
    window: { left: 0, top: 0, width: 5, height: 5 },
    left: 1,
    top: 1,
    background: 0,
  });
});

test('place() letterbox scales by the tighter side and leaves the rest grey', () => {
  const request = { resize: 'letterbox', width: 416, height: 416, background: 114, anchor: 'topLeft', kernel } as const;
  const wide = place({ width: 640, height: 480 }, request);
  expect(wide).toMatchObject({ scaled: { width: 416, height: 312 }, left: 0, top: 0, background: 114 });
  expect(place({ width: 640, height: 480 }, { ...request, anchor: 'center' })).toMatchObject({ left: 0, top: 52 });
  expect(wide.toOriginal).toEqual({ scaleX: 640 / 416, scaleY: 480 / 312, offsetX: 0, offsetY: 0 });
});

test('place() letterbox keeps at least one pixel of a thread-like picture', () => {
  const request = { resize: 'letterbox', width: 416, height: 416, background: 114, anchor: 'center', kernel } as const;
  expect(place({ width: 5000, height: 2 }, request).scaled).toEqual({ width: 416, height: 1 });
});

test('place() maxSide never enlarges', () => {
  expect(place({ width: 30, height: 20 }, { resize: 'maxSide', side: 320, kernel }).canvas).toEqual({
    width: 30,
    height: 20,
  });
  expect(place({ width: 4000, height: 3000 }, { resize: 'maxSide', side: 320, kernel }).canvas).toEqual({
    width: 320,
    height: 240,
  });
});

test.each([
  [30, 20, 30, 20],
  [4000, 3000, 1632, 1224],
  [20_000, 100, 20_000, 100],
  [40_000, 100, 28_284, 70],
  [90_000_000, 1, 2_000_000, 1],
])('place() maxPixels brings %i × %i to %i × %i', (width, height, toWidth, toHeight) => {
  const { canvas } = place({ width, height }, { resize: 'maxPixels', pixels: 2_000_000, kernel });
  expect(canvas).toEqual({ width: toWidth, height: toHeight });
});

test('place() squash ignores the aspect', () => {
  const { scaled, toOriginal } = place({ width: 90, height: 10 }, { resize: 'squash', width: 9, height: 8, kernel });
  expect(scaled).toEqual({ width: 9, height: 8 });
  expect(toOriginal).toEqual({ scaleX: 10, scaleY: 1.25, offsetX: 0, offsetY: 0 });
});
