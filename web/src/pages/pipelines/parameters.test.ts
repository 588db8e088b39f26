import { expect, it } from 'vitest';
import { parametersOf } from './parameters.ts';

it('parametersOf() says type, bounds, default and sense of each', () => {
  const schema = {
    type: 'object',
    required: ['columns', 'model'],
    properties: {
      conf: { type: 'number', minimum: 0, maximum: 1, default: 0.25, description: 'Lowest score that is kept' },
      columns: { type: 'object' },
      model: { type: 'string', default: 'auto' },
      stride: { type: 'integer', exclusiveMinimum: 0, maximum: 9007199254740991 },
      labels: { type: 'array', items: { type: 'string' } },
      mode: { enum: ['fast', 'careful'] },
      space: { anyOf: [{ type: 'string' }, { type: 'object' }, { type: 'string' }] },
      anything: {},
    },
  };
  expect(
    parametersOf(schema).map(({ name, type, range, fallback, required }) => [name, type, range, fallback, required]),
  ).toEqual([
    ['conf', 'number', '0 to 1', '0.25', false],
    ['columns', 'map', undefined, undefined, true],
    ['model', 'text', undefined, '"auto"', false],
    ['stride', 'whole number', 'above 0', undefined, false],
    ['labels', 'list of text', undefined, undefined, false],
    ['mode', 'one of "fast", "careful"', undefined, undefined, false],
    ['space', 'text or map', undefined, undefined, false],
    ['anything', 'any value', undefined, undefined, false],
  ]);
  expect(parametersOf(schema)[0]?.description).toBe('Lowest score that is kept');
  expect(parametersOf({})).toEqual([]);
});
