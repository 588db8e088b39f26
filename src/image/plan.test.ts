import { expect, test } from 'vitest';
import { place } from './placement.ts';
import { planRender } from './plan.ts';
import type { Size } from './placement.ts';
import { thumbnailRequest } from './thumbnail.ts';

const clip = (size: Size) =>
  place(size, { resize: 'shortestEdge', size: 224, crop: { width: 224, height: 224 }, kernel: 'bicubic' });
const detector = (size: Size) =>
  place(size, { resize: 'letterbox', width: 416, height: 416, background: 114, anchor: 'topLeft', kernel: 'bilinear' });

const phone = { width: 4000, height: 3000 };
const web = { width: 640, height: 480 };

test('planRender() decodes a large picture to a few times what is asked', () => {
  expect(planRender(phone, [clip(phone)]).base).toEqual({ width: 1043, height: 784 });
  const { base, steps } = planRender(phone, [clip(phone)], { shrinksOnLoad: true });
  // A fifth of each side: the decoder shrinks by 4.
  expect(base).toEqual({ width: 793, height: 596 });
  expect(steps).toEqual([{ via: undefined, resampler: 'fast' }]);
});

test('planRender() decodes a small picture whole', () => {
  expect(planRender(web, [clip(web)]).base).toEqual(web);
});

test('planRender() takes one base for all, as large as the largest needs', () => {
  const { base, steps } = planRender(phone, [clip(phone), detector(phone)], { shrinksOnLoad: true });
  expect(base).toEqual({ width: 1107, height: 830 });
  expect(steps.map(({ via }) => via)).toEqual([undefined, undefined]);
});

test('planRender() decodes no more for a thumbnail than for a model', () => {
  const thumbnail = place(phone, thumbnailRequest());
  const alone = planRender(phone, [clip(phone)], { shrinksOnLoad: true });
  expect(planRender(phone, [clip(phone), thumbnail], { shrinksOnLoad: true }).base).toEqual(alone.base);
});

test('planRender() goes to a much smaller result by a step in between', () => {
  const tiny = place(phone, { resize: 'squash', width: 32, height: 32, kernel: 'lanczos' });
  const { steps } = planRender(phone, [detector(phone), tiny]);
  expect(steps[1]?.via).toEqual({ width: 112, height: 112 });
});

test('planRender() enlarges exactly, and resizes small pictures exactly', () => {
  const icon = { width: 64, height: 64 };
  const photo = { width: 224, height: 224 };
  const small = { resize: 'shortestEdge', size: 160, crop: { width: 160, height: 160 }, kernel: 'bilinear' } as const;
  expect(planRender(icon, [clip(icon)]).steps[0]?.resampler).toBe('exact');
  expect(planRender(photo, [place(photo, small)]).steps[0]?.resampler).toBe('exact');
  expect(planRender(web, [detector(web)]).steps[0]?.resampler).toBe('fast');
});

test('planRender() decides along each axis: whole where it is enlarged, shrunk where it is not', () => {
  const strip = { width: 9000, height: 10 };
  const plan = planRender(strip, [place(strip, { resize: 'squash', width: 224, height: 224, kernel: 'bilinear' })]);
  expect(plan).toEqual({ base: { width: 784, height: 10 }, steps: [{ via: undefined, resampler: 'exact' }] });
});
