import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBase64, decodeVector, encodeBase64, encodeVector } from './base64.ts';
import { InvalidInputError } from './errors.ts';
import type { ClaimReply, CompleteRequest } from './worker.ts';
import {
  decodeComplete,
  encodeClaimReply,
  encodeComplete,
  WireClaimReply,
  WireCompleteRequest,
} from './worker-codec.ts';

const CONTENT = '00000000-0000-4000-8000-00000000000c';

/** As it goes over a connection: to JSON text, back, and through the schema. */
function overTheWire(request: CompleteRequest): CompleteRequest {
  return decodeComplete(WireCompleteRequest.parse(JSON.parse(JSON.stringify(encodeComplete(request)))));
}

describe('encodeBase64()', () => {
  test('equals the platform on every length, over chunk borders too', () => {
    for (const length of [0, 1, 2, 3, 4, 0x7fff, 0x8000, 0x8001]) {
      const bytes = Uint8Array.from({ length }, (_, i) => i * 7);
      expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
      expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes);
    }
  });

  test('decodeBase64() refuses what is no base64', () => {
    expect(() => decodeBase64('a?b=')).toThrow(TypeError);
  });
});

describe('encodeVector()', () => {
  test('writes little-endian float32', () => {
    // 1 is 0x3f800000, -2 is 0xc0000000.
    expect([...decodeBase64(encodeVector(Float32Array.of(1, -2)))]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
  });

  test('decodeVector() gives the same bits back, NaN and -0 included', () => {
    fc.assert(
      fc.property(fc.float32Array({ maxLength: 40 }), (vector) => {
        expect(decodeVector(encodeVector(vector))).toStrictEqual(vector);
      }),
    );
  });

  test('decodeVector() refuses a vector that was cut off', () => {
    expect(() => decodeVector(encodeBase64(new Uint8Array(7)))).toThrow('7 bytes are no whole number');
  });
});

const natural = fc.nat();
const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
const error = fc.record({ code: name, message: fc.string(), retriable: fc.boolean() });
const value = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.string()),
  fc.array(fc.integer()),
  fc.dictionary(name, fc.integer()),
);
const row = fc.record(
  {
    ord: natural,
    columns: fc.dictionary(name, value),
    vectors: fc.dictionary(name, fc.float32Array({ noNaN: true, maxLength: 8 })),
  },
  { requiredKeys: ['columns', 'vectors'], noNullPrototype: true },
);
const task = fc.record(
  { policyId: natural, version: natural, rows: fc.array(row, { maxLength: 3 }), error },
  { requiredKeys: ['policyId', 'version'], noNullPrototype: true },
);
const picture = fc.record(
  { width: natural, height: natural, thumbnail: fc.uint8Array(), error },
  { requiredKeys: [], noNullPrototype: true },
);
const complete = fc.record(
  {
    workerId: name,
    token: fc.uuid(),
    results: fc.array(
      fc.record(
        { namespace: name, contentId: fc.uuid(), picture, tasks: fc.array(task, { maxLength: 3 }) },
        { requiredKeys: ['namespace', 'contentId', 'tasks'], noNullPrototype: true },
      ),
      { maxLength: 3 },
    ),
    refused: fc.array(fc.record({ policyId: natural, version: natural, error }), { maxLength: 2 }),
    timings: fc.dictionary(name, fc.nat()),
  },
  { requiredKeys: ['workerId', 'token', 'results', 'refused'], noNullPrototype: true },
);

describe('encodeComplete()', () => {
  test('decodeComplete() gives back what any worker hands in', () => {
    fc.assert(
      fc.property(complete, (request) => {
        expect(overTheWire(request)).toEqual(request);
      }),
      { numRuns: 200 },
    );
  });

  test('sends numbers that JSON lacks as "not known"', () => {
    const columns = { a: Number.NaN, b: [1, Infinity], c: 2 };
    const request = {
      workerId: 'w',
      token: 't',
      results: [
        { namespace: 'n', contentId: CONTENT, tasks: [{ policyId: 1, version: 1, rows: [{ columns, vectors: {} }] }] },
      ],
      refused: [],
    };
    expect(overTheWire(request).results[0]?.tasks[0]?.rows?.[0]?.columns).toEqual({ a: null, b: null, c: 2 });
  });

  test('WireCompleteRequest takes no names that would leave their folder', () => {
    const request = { workerId: 'w', token: 't', refused: [] };
    const result = { namespace: 'n', contentId: CONTENT, tasks: [] };
    expect(WireCompleteRequest.safeParse({ ...request, results: [result] }).success).toBe(true);
    for (const wrong of [
      { namespace: '../..' },
      { namespace: '' },
      { contentId: '../../etc/passwd' },
      { contentId: 'c' },
    ]) {
      expect(WireCompleteRequest.safeParse({ ...request, results: [{ ...result, ...wrong }] }).success).toBe(false);
    }
  });

  test('decodeComplete() refuses a broken vector as wrong input', () => {
    const rows = [{ columns: {}, vectors: { embedding: 'AAA=' } }];
    const results = [{ namespace: 'n', contentId: CONTENT, tasks: [{ policyId: 1, version: 1, rows }] }];
    expect(() => decodeComplete({ workerId: 'w', token: 't', results, refused: [] })).toThrow(InvalidInputError);
  });
});

test('encodeClaimReply() keeps everything but the paths of the server', () => {
  const reply: ClaimReply = {
    token: 'lease',
    leaseMs: 1000,
    policies: [{ policyId: 1, version: 2, extractor: 'image/yolo', params: { conf: 0.5 }, space: 'abc' }],
    contents: [
      {
        namespace: 'default',
        contentId: 'c',
        mimeType: 'image/jpeg',
        sizeBytes: 3,
        sha256: 'ab',
        path: '/home/ann/a.jpg',
        picture: false,
        tasks: [
          { policyId: 1, version: 2 },
          { policyId: 3, version: 4, regions: [{ ord: 0, box: [1, 2, 3, 4] }] },
        ],
      },
    ],
  };
  const wire = WireClaimReply.parse(JSON.parse(JSON.stringify(encodeClaimReply(reply))));
  expect(wire).toEqual({ ...reply, contents: reply.contents.map(({ path: _path, ...content }) => content) });
});
