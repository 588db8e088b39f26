import { describe, expect, test } from 'vitest';
import { API_ROOT, api, type Route } from '../contract/index.ts';
import { memoryServices } from '../../test/memory-services.ts';
import { createApp } from './app.ts';
import { openApiDocument } from './openapi.ts';

const document = openApiDocument('1.2.3');

/** Every value under a key, at any depth. */
function valuesOf(key: string, value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, child]) => [...(name === key ? [child] : []), ...valuesOf(key, child)]);
}

function resolve(reference: string): unknown {
  return reference
    .replace('#/', '')
    .split('/')
    .reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined), document);
}

describe('openApiDocument()', () => {
  test('is what the server answers, as JSON', async () => {
    const response = await createApp(memoryServices(), { version: '1.2.3' }).request(`${API_ROOT}/openapi.json`);
    expect(await response.json()).toEqual(JSON.parse(JSON.stringify(document)));
    expect(document).toMatchObject({ openapi: '3.1.1', info: { title: 'Fovea', version: '1.2.3' } });
  });

  test('has one operation a use case, named like it', () => {
    const operations = valuesOf('operationId', document.paths);
    expect(operations.toSorted()).toEqual(Object.keys(api).toSorted());
    for (const route of Object.values<Route>(api)) expect(document.paths[route.path]?.[route.method]).toBeDefined();
  });

  test('resolves every reference, and needs every component', () => {
    const references = [...new Set(valuesOf('$ref', document))].map(String);
    expect(references.length).toBeGreaterThan(20);
    for (const reference of references) expect(resolve(reference), reference).toBeTypeOf('object');
    const needed = references.map((reference) => reference.replace('#/components/schemas/', ''));
    expect(needed.toSorted()).toEqual(Object.keys(document.components.schemas));
    expect(Object.keys(document.components.schemas).filter((name) => !/^[A-Za-z0-9._-]+$/.test(name))).toEqual([]);
  });

  test('declares every path parameter with a schema, and no other', () => {
    for (const [path, item] of Object.entries(document.paths)) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const operation of Object.values(item)) {
        const parameters = operation.parameters;
        const declared = Array.isArray(parameters) ? parameters.filter(({ in: place }) => place === 'path') : [];
        expect(declared.map(({ name }) => name)).toEqual(inPath);
        for (const parameter of declared) {
          expect(parameter).toMatchObject({ required: true, schema: { type: 'string', pattern: expect.any(String) } });
        }
      }
    }
  });

  test('tells requests from replies: what has a default may be left out of a request only', () => {
    const { schemas } = document.components;
    expect(schemas.SearchRequest?.required).toBeUndefined();
    expect(schemas.GraphSpecInput?.required).toEqual(['name', 'policies']);
    expect(schemas.PolicySpecInput?.required).toEqual(['name', 'extractor']);
    expect(schemas.PolicySpec?.required).toEqual(['name', 'extractor', 'params', 'filter']);
  });

  test('describes query parameters with their defaults and bounds', () => {
    expect(document.paths['/namespaces/{namespace}/contents']?.get?.parameters).toContainEqual({
      name: 'limit',
      in: 'query',
      required: false,
      explode: false,
      schema: { type: 'integer', minimum: 1, maximum: 1000, default: 50 },
    });
  });

  test('says where credentials are needed', () => {
    expect(document.paths['/health']?.get?.security).toEqual([]);
    expect(document.paths['/workers/claim']?.post?.security).toEqual([{ bearer: [] }]);
  });
});
