import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { dependents, findCycle, topologicalOrder } from './order.ts';

const crops = { name: 'crops', contentSource: 'objects' };
const faces = { name: 'faces', contentSource: 'crops' };
const objects = { name: 'objects' };
const clip = { name: 'clip' };

test('topologicalOrder() puts sources first and keeps the given order otherwise', () => {
  expect(topologicalOrder([faces, crops, clip, objects]).map(({ name }) => name)).toEqual([
    'clip',
    'objects',
    'crops',
    'faces',
  ]);
});

test('topologicalOrder() takes a source outside the list as there already', () => {
  expect(topologicalOrder([crops])).toEqual([crops]);
});

test('topologicalOrder() puts every source before its takers, in any forest', () => {
  const forest = fc.array(fc.nat(), { maxLength: 20 }).map((parents) =>
    parents.map((parent, index) => ({
      name: `p${index}`,
      ...(parent % (index + 1) < index ? { contentSource: `p${parent % (index + 1)}` } : {}),
    })),
  );
  fc.assert(
    fc.property(forest, fc.func(fc.integer()), (policies, key) => {
      const shuffled = policies.toSorted((a, b) => key(a.name) - key(b.name));
      const names = topologicalOrder(shuffled).map(({ name }) => name);
      expect(names.toSorted()).toEqual(policies.map(({ name }) => name).toSorted());
      for (const { name, contentSource } of policies) {
        if (contentSource !== undefined) expect(names.indexOf(contentSource)).toBeLessThan(names.indexOf(name));
      }
    }),
    { numRuns: 50 },
  );
});

test('findCycle() names the circle and not what leads into it', () => {
  const circle = [
    { name: 'x', contentSource: 'a' },
    { name: 'a', contentSource: 'b' },
    { name: 'b', contentSource: 'a' },
  ];
  expect(findCycle(circle)).toEqual(['a', 'b', 'a']);
  expect(findCycle([{ name: 'a', contentSource: 'a' }])).toEqual(['a', 'a']);
  expect(findCycle([crops, faces, objects])).toBeUndefined();
  expect(() => topologicalOrder(circle)).toThrow('a → b → a');
});

test('dependents() reaches every depth', () => {
  expect(dependents([faces, crops, clip, objects], ['objects'])).toEqual(['faces', 'crops']);
  expect(dependents([faces, crops, clip, objects], ['clip'])).toEqual([]);
});
