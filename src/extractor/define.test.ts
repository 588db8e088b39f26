import { describe, expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { InvalidInputError } from '../contract/index.ts';
import type { Models } from '../models/types.ts';
import { real, text, vector } from './columns.ts';
import { acceptsMime, defineExtractor, isDefined, outputOf } from './define.ts';
import { ExtractorDefinitionError } from './errors.ts';
import type { Description, ExtractorDefinition } from './types.ts';

/** These extractors ask no models. */
const models: Models = {
  describeImageText: () => Promise.reject(new Error('unused')),
  loadImageText: () => Promise.reject(new Error('unused')),
  describeDetector: () => Promise.reject(new Error('unused')),
  loadDetector: () => Promise.reject(new Error('unused')),
  describeZeroShotDetector: () => Promise.reject(new Error('unused')),
  loadZeroShotDetector: () => Promise.reject(new Error('unused')),
  describeTextReader: () => Promise.reject(new Error('unused')),
  loadTextReader: () => Promise.reject(new Error('unused')),
  describeTextEmbedder: () => Promise.reject(new Error('unused')),
  loadTextEmbedder: () => Promise.reject(new Error('unused')),
  describeCaptioner: () => Promise.reject(new Error('unused')),
  loadCaptioner: () => Promise.reject(new Error('unused')),
  describeFaceDetector: () => Promise.reject(new Error('unused')),
  loadFaceDetector: () => Promise.reject(new Error('unused')),
  describeFaceEmbedder: () => Promise.reject(new Error('unused')),
  loadFaceEmbedder: () => Promise.reject(new Error('unused')),
  list: () => Promise.resolve([]),
  pull: () => Promise.reject(new Error('unused')),
};

const params = z.object({ stride: z.int().positive().default(1), mode: z.enum(['mean', 'median']).default('mean') });

function definition(changes: Partial<ExtractorDefinition<typeof params>> = {}): ExtractorDefinition<typeof params> {
  return {
    name: 'image/average-color',
    version: '1',
    summary: 'The mean colour of a picture',
    accepts: ['image/*'],
    params,
    describe: async () => ({ pixels: { resize: 'none' }, columns: { red: real() }, vectors: {} }),
    load: async () => ({ run: async () => new Map(), close: async () => {} }),
    ...changes,
  };
}

function describing(description: Partial<Description<z.output<typeof params>>>) {
  const extractor = defineExtractor(
    definition({ describe: async () => ({ pixels: { resize: 'none' }, columns: {}, vectors: {}, ...description }) }),
  );
  return extractor.describe({}, models);
}

describe('defineExtractor()', () => {
  test('infers the parameters of describe and load from the schema', () => {
    defineExtractor({
      ...definition(),
      params,
      describe: async (parsed) => {
        expectTypeOf(parsed).toEqualTypeOf<{ stride: number; mode: 'mean' | 'median' }>();
        return { pixels: { resize: 'none' }, columns: {}, vectors: {} };
      },
    });
  });

  test('freezes what it returns and fills in what was left out', () => {
    const extractor = defineExtractor(definition());
    expect(Object.isFrozen(extractor)).toBe(true);
    expect([extractor.aliases, extractor.regions]).toEqual([[], false]);
    expect([isDefined(extractor), isDefined(definition())]).toEqual([true, false]);
  });

  test.each<[string, Partial<ExtractorDefinition<typeof params>>, RegExp]>([
    ['a name without a task', { name: 'average' }, /"average": its name must read "task\/name"/],
    ['a name with capitals', { name: 'Image/Average' }, /its name must read/],
    ['an empty version', { version: '' }, /its version must be a short text/],
    ['an empty summary', { summary: ' ' }, /one-line summary/],
    ['no mime types', { accepts: [] }, /accepts must list mime types/],
    ['what is no mime type', { accepts: ['jpg'] }, /accepts holds "jpg"/],
  ])('refuses %s', (_name, changes, message) => {
    expect(() => defineExtractor(definition(changes))).toThrow(ExtractorDefinitionError);
    expect(() => defineExtractor(definition(changes))).toThrow(message);
  });

  test('refuses, of an author without types, parameters that are no object schema, and missing functions', () => {
    const untyped = (changes: object) =>
      defineExtractor({ ...definition(), ...changes } as ExtractorDefinition<typeof params>);
    expect(() => untyped({ params: z.string() })).toThrow(/params must be an object schema/);
    expect(() => untyped({ params: undefined })).toThrow(/params must be an object schema/);
    expect(() => untyped({ load: undefined })).toThrow(/no function "load"/);
  });

  test('fills in defaults and returns them, to be pinned', async () => {
    const extractor = defineExtractor(definition());
    expect((await extractor.describe({ stride: 4 }, models)).params).toEqual({ stride: 4, mode: 'mean' });
    expect((await extractor.describe(undefined, models)).params).toEqual({ stride: 1, mode: 'mean' });
  });

  test('lets a description pin a parameter to what it was resolved to', async () => {
    expect((await describing({ params: { stride: 8, mode: 'mean' } })).params).toEqual({ stride: 8, mode: 'mean' });
  });

  test('refuses wrong parameters, all faults at once, with a suggestion for a misspelt one', async () => {
    const refused = defineExtractor(definition()).describe({ stirde: 4, mode: 'max' }, models);
    await expect(refused).rejects.toBeInstanceOf(InvalidInputError);
    await expect(refused).rejects.toThrow(
      /"image\/average-color": mode: .*; stirde: unknown parameter, did you mean "stride"\?/,
    );
    await expect(refused).rejects.toMatchObject({ issues: [{ path: 'mode' }, { path: 'stirde' }] });
    await expect(defineExtractor(definition()).load({ x: 1 }, models)).rejects.toThrow(
      /x: unknown parameter, it takes "stride", "mode"/,
    );
  });

  test('leaves a schema alone that says what to do with unknown keys', async () => {
    const extractor = defineExtractor({
      ...definition(),
      params: z.looseObject({}),
      describe: async () => ({ pixels: { resize: 'none' }, columns: {}, vectors: {} }),
      load: async () => ({ run: async () => new Map(), close: async () => {} }),
    });
    expect((await extractor.describe({ any: 1 }, models)).params).toEqual({ any: 1 });
  });

  test.each<[string, Partial<Description<z.output<typeof params>>>, RegExp]>([
    ['a column name with capitals', { columns: { Red: real() } }, /column "Red": .*names are lower case/s],
    ['a column that every table has', { columns: { content_id: text() } }, /"content_id" is reserved/],
    [
      'a column that is also a vector',
      { columns: { embedding: real() }, vectors: { embedding: vector(2) } },
      /both a column and a vector/,
    ],
    ['a vector that pgvector can not index', { vectors: { embedding: vector(4096) } }, /vector "embedding"/],
    ['a column name that is too long', { columns: { [`a${'b'.repeat(40)}`]: real() } }, /longer than 40/],
  ])('refuses a description with %s', async (_name, description, message) => {
    await expect(describing(description)).rejects.toThrow(message);
  });

  test('gives vectors a space where the extractor names none, which parameters change', async () => {
    const extractor = defineExtractor(
      definition({
        describe: async () => ({ pixels: { resize: 'none' }, columns: {}, vectors: { embedding: vector(2) } }),
      }),
    );
    const one = await extractor.describe({ stride: 1 }, models);
    expect(one.space).toMatch(/^[0-9a-f]{32}$/);
    expect((await extractor.describe({}, models)).space).toBe(one.space);
    expect((await extractor.describe({ stride: 2 }, models)).space).not.toBe(one.space);
    expect((await describing({ vectors: { embedding: vector(2) }, space: 'mine' })).space).toBe('mine');
    expect((await describing({})).space).toBeUndefined();
  });

  test('refuses what load returns where it can not run', async () => {
    const extractor = defineExtractor(definition({ load: async () => ({}) as never }));
    await expect(extractor.load({}, models)).rejects.toThrow(/no function "run"/);
  });
});

test('outputOf() keeps columns and vectors only', async () => {
  const description = await defineExtractor(definition()).describe({}, models);
  expect(outputOf(description)).toEqual({ columns: { red: { type: 'real' } }, vectors: {} });
});

test('acceptsMime() understands patterns', () => {
  expect(acceptsMime(['image/*'], 'image/jpeg')).toBe(true);
  expect(acceptsMime(['image/png'], 'image/jpeg')).toBe(false);
  expect(acceptsMime(['*/*'], 'text/plain')).toBe(true);
  expect(acceptsMime(['image/*'], 'images/jpeg')).toBe(false);
});
