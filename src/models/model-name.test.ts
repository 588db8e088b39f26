import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parseModelName, withVariant } from './model-name.ts';

test.each([
  ['auto', { kind: 'auto' }],
  ['fovea-tiny', { kind: 'name', name: 'fovea-tiny', variant: 'fp32' }],
  ['clip-vit-base-patch32:quantized', { kind: 'name', name: 'clip-vit-base-patch32', variant: 'quantized' }],
  ['Xenova/clip', { kind: 'repository', name: 'Xenova/clip', revision: 'main', variant: 'fp32' }],
  ['Xenova/clip@v1.0:fp16', { kind: 'repository', name: 'Xenova/clip', revision: 'v1.0', variant: 'fp16' }],
  ['/models/clip', { kind: 'path', path: resolve('/models/clip'), variant: 'fp32' }],
  ['./clip', { kind: 'path', path: resolve('clip'), variant: 'fp32' }],
])('parseModelName(%j)', (text, name) => {
  expect(parseModelName(text)).toEqual(name);
});

test.each(['a/b/c', 'a/..', 'owner/name@../..', 'a b', 'https://example.com/x', 'owner/.git'])(
  'parseModelName(%j) refuses what could leave the cache or is none of the forms',
  (text) => {
    expect(() => parseModelName(text)).toThrow('Cannot use model');
  },
);

test('withVariant() names the reference without a suffix', () => {
  expect([withVariant('x', 'fp32'), withVariant('x', 'fp16')]).toEqual(['x', 'x:fp16']);
});
