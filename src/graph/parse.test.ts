import { readdirSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidInputError } from '../contract/index.ts';
import type { GraphSpec, InputIssue } from '../contract/index.ts';
import type { GraphExtractor, GraphOptions } from './check.ts';
import { formatGraph } from './format.ts';
import { parseGraph, parseGraphValue } from './parse.ts';

const boxes = {
  columns: { object_name: { type: 'text' as const }, bounding_box: { type: 'box' as const } },
  vectors: {},
};

const extractors: GraphExtractor[] = [
  {
    name: 'embedding/clip',
    aliases: ['tensorlake/clip-extractor'],
    accepts: ['image/*'],
    params: { type: 'object', properties: { model: {} } },
    output: { columns: {}, vectors: { embedding: { dimension: 512, metric: 'cosine' } } },
    regions: true,
  },
  {
    name: 'image/yolo',
    aliases: ['tensorlake/yolo-extractor'],
    accepts: ['image/*'],
    params: { type: 'object', properties: { model: {}, conf: {} } },
    output: boxes,
  },
  {
    name: 'image/exif',
    aliases: [],
    accepts: ['image/jpeg', 'image/png'],
    params: { type: 'object', properties: {} },
    output: { columns: { camera: { type: 'text' } }, vectors: {} },
    regions: false,
  },
  { name: 'audio/words', aliases: [], accepts: ['audio/*'] },
  { name: 'text/words', aliases: [], accepts: ['text/plain'], params: { type: 'object', properties: {} } },
];

const options: GraphOptions = {
  extractors,
  checkParams: (extractor, params): InputIssue[] => {
    if (extractor !== 'image/yolo') return [];
    const issues: InputIssue[] = [];
    const { conf = 0, model = 'auto', ...others } = params;
    if (typeof conf !== 'number' || conf > 1) issues.push({ path: 'conf', message: 'must be at most 1' });
    if (typeof model !== 'string') issues.push({ path: 'model', message: 'must be a text' });
    if (Object.keys(others).length > 0) issues.push({ path: '', message: 'Unrecognized key' });
    return issues;
  },
};

const folder = new URL('./fixtures/parse/', import.meta.url);

function outcome(text: string): unknown {
  try {
    const { graph, warnings } = parseGraph(text, options);
    return { graph, warnings };
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return { message: error.message, issues: error.issues };
  }
}

describe('parseGraph() of fixtures', () => {
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  test.each(names)('%s', (name) => {
    const expected: unknown = JSON.parse(readFileSync(new URL(name.replace('.yaml', '.json'), folder), 'utf8'));
    expect(outcome(readFileSync(new URL(name, folder), 'utf8'))).toEqual(expected);
  });
});

test('parseGraph() ends hostile texts in a fault', () => {
  const bomb = `a: &a [1,1,1,1,1,1,1,1,1]\n${[...'bcdefghi'].map((key, i) => `${key}: &${key} [${Array.from({ length: 9 }, () => `*${'abcdefgh'[i]}`).join(',')}]`).join('\n')}\n`;
  const texts = [
    '['.repeat(100_000),
    `a: ${'{a: '.repeat(200)}${'}'.repeat(200)}`,
    bomb,
    'a: &a [*a]',
    'x'.repeat(1_000_001),
    '',
    '%',
    '\t',
    '\0',
    '---\n---\n',
  ];
  for (const text of texts) expect(() => parseGraph(text, options), text.slice(0, 20)).toThrow(InvalidInputError);
});

test('parseGraph() throws nothing but InvalidInputError, whatever the text', () => {
  const piece = fc.constantFrom(
    'name: kb\n',
    'extraction_policies:\n',
    '  - ',
    'extractor: image/yolo',
    '\n    name: a',
    '[',
    '{',
    '}',
    '*a',
    '&a ',
    ': ',
    '"',
    '!!x ',
    '? ',
    '<<',
    '\n',
    '|',
    '__proto__',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 3 })), { maxLength: 30 }), (pieces) => {
      expect(() => outcome(pieces.join(''))).not.toThrow();
    }),
    { numRuns: 300 },
  );
});

test('parseGraph() throws nothing but InvalidInputError for damaged graphs', () => {
  const graphs = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => readFileSync(new URL(name, folder), 'utf8'));
  const damage = fc.record({
    at: fc.nat(),
    length: fc.nat({ max: 30 }),
    put: fc.constantFrom(
      '',
      '\n',
      ' ',
      ':',
      '- ',
      '[',
      '{',
      '&a ',
      '*a',
      '"',
      '\0',
      '\ud800',
      'null',
      '1e999',
      '__proto__: ',
    ),
  });
  fc.assert(
    fc.property(fc.constantFrom(...graphs), fc.array(damage, { maxLength: 4 }), (graph, damages) => {
      const text = damages.reduce((whole, { at, length, put }) => {
        const start = at % (whole.length + 1);
        return whole.slice(0, start) + put + whole.slice(start + length);
      }, graph);
      expect(() => outcome(text)).not.toThrow();
    }),
    { numRuns: 300 },
  );
});

test('parseGraph() tells the place of later faults', () => {
  const { placeOf } = parseGraph(readFileSync(new URL('indexify-full.yaml', folder), 'utf8'), options);
  const places = {
    'policies.1.params.conf': [11, 20],
    'policies.0.contentSource': [7, 5],
    'policies.1.filter.1': [12, 31],
    'policies.1': [8, 5],
    'policies.1.params.iou': [11, 5],
    name: [2, 1],
    'policies.7': [2, 1],
  };
  for (const [path, [line, column]] of Object.entries(places)) expect(placeOf(path), path).toEqual({ line, column });
});

test('parseGraph() takes sources from the graph it is merged into, and finds circles through it', () => {
  const text = 'name: kb\npolicies: [{ name: crops, extractor: embedding/clip, contentSource: objects }]';
  expect(() => parseGraph(text, options)).toThrow('"objects" is no policy of this graph');
  const existing = [{ name: 'objects', output: boxes }];
  expect(parseGraph(text, { ...options, existing: () => existing }).graph.policies).toHaveLength(1);
  const circle = [{ name: 'objects', contentSource: 'crops' }];
  expect(() => parseGraph(text, { ...options, existing: () => circle })).toThrow('crops ← objects ← crops');
  const plain = [{ name: 'objects', output: { columns: {}, vectors: {} } }];
  expect(() => parseGraph(text, { ...options, existing: () => plain })).toThrow('"objects" makes no boxes');
});

test('parseGraph() takes boxes of another graph by its name, and finds circles through it', () => {
  const text = (source: string) =>
    `name: kb\npolicies:\n - { name: crops, extractor: embedding/clip, contentSource: ${source} }`;
  const others = [{ name: 'photos.objects', output: boxes }];
  const merged = { ...options, existing: () => others };
  expect(parseGraph(text('photos.objects'), merged).graph.policies[0]?.contentSource).toBe('photos.objects');
  expect(() => parseGraph(text('photos.object'), merged)).toThrow(
    'line 3: "photos.object" is no policy of any graph, did you mean "photos.objects"?',
  );
  const circle = [{ name: 'photos.objects', contentSource: 'crops', output: boxes }];
  expect(() => parseGraph(text('photos.objects'), { ...options, existing: () => circle })).toThrow(
    'crops ← photos.objects ← crops',
  );
  expect(() => parseGraph(text('kb.crops'), options), 'its own name in front').toThrow('"crops" takes from itself');
  const plain = [{ name: 'photos.exif', output: { columns: {}, vectors: {} } }];
  expect(() => parseGraph(text('photos.exif'), { ...options, existing: () => plain })).toThrow('makes no boxes');
});

test('parseGraph() asks what is written with these parameters', () => {
  const text = 'name: kb\npolicies:\n - { name: clip, extractor: embedding/clip, params: { model: big } }';
  const long = { columns: {}, vectors: { ['v'.repeat(60)]: { dimension: 1, metric: 'cosine' as const } } };
  const outputs: GraphOptions['outputs'] = (extractor, { model }) =>
    extractor === 'embedding/clip' && model === 'big' ? long : undefined;
  expect(() => parseGraph(text, { ...options, outputs })).toThrow('line 3: "kb.clip.vvv');
});

test('parseGraphValue() reads bodies of clients, and shows paths', () => {
  const body = {
    name: 'crops',
    namespace: 'default',
    extraction_policies: [
      { extractor: 'tensorlake/yolo-extractor', name: 'objects', input_params: { conf: 0.4 }, labels_eq: 'source:nyc' },
      { extractor: 'tensorlake/clip-extractor', name: 'crop_embedding', content_source: 'objects', input_params: null },
    ],
  };
  expect(parseGraphValue(body, options).graph.policies[0]?.filter).toEqual([{ key: 'source', op: '=', value: 'nyc' }]);
  expect(() =>
    parseGraphValue({ ...body, extraction_policies: [{ ...body.extraction_policies[0], extractor: 'x' }] }, options),
  ).toThrow(
    'Cannot use graph "crops": extraction_policies.0.extractor: there is no extractor "x"; known: "embedding/clip"',
  );
});

test('parseGraphValue() says what is missing where a key has no value', () => {
  const policy = { extractor: 'image/yolo', name: 'objects' };
  const faults = (value: unknown) => {
    try {
      return parseGraphValue(value, { extractors });
    } catch (error) {
      return error instanceof InvalidInputError ? error.issues.map(({ message }) => message) : error;
    }
  };
  expect(faults({ name: null, extraction_policies: [policy] })).toEqual(['a graph needs "name"']);
  expect(faults({ name: 'g', extraction_policies: null })).toEqual(['a graph needs "extraction_policies"']);
  expect(faults({ name: 'g', extraction_policies: [{ ...policy, name: null }] })).toEqual(['a policy needs "name"']);
});

test('formatGraph() writes what parseGraph() reads back', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((each) => each.trim() !== '');
  const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,10}$/);
  const number = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((each) => !Object.is(each, -0));
  const filter = fc.record({
    key: fc.oneof(text, fc.constantFrom('a=b', ' a', '!', '<')),
    op: fc.constantFrom('=' as const, '!=' as const, '>' as const, '<=' as const),
    value: fc.oneof(fc.string(), number, fc.boolean(), fc.constantFrom('1', 'null', '=')),
  });
  const params = fc.dictionary(
    fc.stringMatching(/^[a-z0-9: -]{1,8}$/),
    fc.oneof(text, number, fc.boolean(), fc.constantFrom('1', 'no', '~', '# x', 'a: b', null)),
  );
  const graph: fc.Arbitrary<GraphSpec> = fc
    .record({
      names: fc.uniqueArray(name, { minLength: 1, maxLength: 4 }),
      description: text,
      params,
      filter: fc.array(filter, { maxLength: 3 }),
    })
    .map((parts) => ({
      name: 'kb',
      description: parts.description,
      policies: parts.names.map((each, index) => ({
        name: each === 'ingestion' ? 'other' : each,
        extractor: 'any/thing',
        params: parts.params,
        ...(index > 0 && parts.names[0] !== undefined ? { contentSource: parts.names[0] } : {}),
        filter: parts.filter,
      })),
    }));
  const open: GraphOptions = { extractors: [{ name: 'any/thing', aliases: [], accepts: ['*/*'] }] };
  fc.assert(
    fc.property(graph, (spec) => {
      expect(parseGraph(formatGraph(spec), open).graph).toEqual(spec);
      expect(parseGraphValue(spec, open).graph).toEqual(spec);
    }),
  );
});

test('formatGraph() writes Indexify’s keys', () => {
  const { graph } = parseGraph(readFileSync(new URL('indexify-full.yaml', folder), 'utf8'), options);
  expect(formatGraph(graph)).toBe(`name: imageknowledgebase
description: optional text
extraction_policies:
  - extractor: hub://embedding/clip
    name: crops
    content_source: objects
  - extractor: tensorlake/yolo-extractor
    name: objects
    input_params:
      conf: 0.4
    filter:
      - source=google
      - size>=10
`);
});
