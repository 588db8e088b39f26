import { expect, test } from 'vitest';
import { configurationsOf } from './configurations.ts';

const named = (...all: Parameters<typeof configurationsOf>): unknown =>
  Object.fromEntries(configurationsOf(...all).map(({ name, request }) => [name, request]));

test('configurationsOf() crosses legs with settings; one leg alone has nothing to fuse', () => {
  expect(named(['vector', 'text', 'hybrid'], ['k=10', 'k=60+text=2+depth=50'], { where: 'width > 1' })).toEqual({
    vector: { where: 'width > 1', legs: ['vector'] },
    text: { where: 'width > 1', legs: ['text'] },
    'hybrid k=10': { where: 'width > 1', legs: ['vector', 'text'], fusion: { k: 10 } },
    'hybrid k=60 text=2 depth=50': {
      where: 'width > 1',
      legs: ['vector', 'text'],
      fusion: { k: 60, depth: 50, weights: { text: 2 } },
    },
  });
});

test('configurationsOf() compares indexes also for one leg, and asks for nothing by default', () => {
  expect(named(['vector'], ['index=g.a.embedding', 'index=g.b.embedding'])).toEqual({
    'vector index=g.a.embedding': { legs: ['vector'], index: 'g.a.embedding' },
    'vector index=g.b.embedding': { legs: ['vector'], index: 'g.b.embedding' },
  });
  expect(named([], [])).toEqual({ default: {} });
  expect(named([], ['k=10'])).toEqual({ 'k=10': { fusion: { k: 10 } } });
});

test.each([
  [
    ['vectors'],
    [],
    'Cannot evaluate leg "vectors": there are "default", "vector", "text", "hybrid", did you mean "vector"?',
  ],
  [[], ['k'], 'Cannot compare "k": write k=10'],
  [[], ['k=ten'], 'Cannot compare with k=ten: "ten" is no number'],
  [[], ['=3'], 'Cannot compare "=3"'],
])('configurationsOf() refuses %j with %j', (legs, settings, message) => {
  expect(() => configurationsOf(legs, settings)).toThrow(message);
});
