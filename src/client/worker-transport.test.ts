import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { memoryServices } from '../../test/memory-services.ts';
import { ForbiddenError, NotFoundError } from '../contract/index.ts';
import { createApp } from '../http/index.ts';
import { createClient } from './client.ts';
import { httpWorkerTransport } from './worker-transport.ts';

function setUp(token = 'home') {
  const services = memoryServices();
  const { request: fetch } = createApp(services, { version: '1', token: 'home' });
  const options = { baseUrl: 'http://localhost', fetch, token };
  return { services, client: createClient(options), transport: httpWorkerTransport(options) };
}

describe('httpWorkerTransport()', () => {
  test('claims work without paths of the server, and gets its bytes', async () => {
    const { client, transport } = setUp();
    const { contentId } = await client.upload(new File(['a cat'], 'cat.jpg'));
    const claim = await transport.claim({ workerId: 'w', maxContents: 4, waitMs: 0, extractors: ['image/yolo'] });
    expect(claim).toEqual({
      token: 'lease of w',
      leaseMs: 30_000,
      policies: [{ policyId: 1, version: 1, extractor: 'image/yolo', params: { conf: 0.5 }, space: null }],
      contents: [
        {
          namespace: 'default',
          contentId,
          mimeType: 'image/jpeg',
          sizeBytes: 5,
          sha256: createHash('sha256').update('a cat').digest('hex'),
          picture: true,
          tasks: [{ policyId: 1, version: 1, regions: [{ ord: 2, box: [1, 2, 3, 4] }] }],
        },
      ],
    });
    expect(new TextDecoder().decode(await transport.bytes('default', contentId))).toBe('a cat');
    const pieces = await transport.stream?.('default', contentId);
    expect(await text(pieces ?? Readable.from([]))).toBe('a cat');
    expect(await transport.heartbeat({ workerId: 'w', token: claim.token })).toEqual({ valid: true });
    await transport.abandon({ workerId: 'w', token: claim.token });
  });

  test('hands in vectors and thumbnails bit for bit', async () => {
    const { services, transport } = setUp();
    const request = {
      workerId: 'w',
      token: 't',
      results: [
        {
          namespace: 'default',
          contentId: '00000000-0000-4000-8000-000000000001',
          picture: { width: 3, height: 2, frames: 5, thumbnail: Uint8Array.of(0, 255) },
          tasks: [
            {
              policyId: 1,
              version: 1,
              rows: [{ ord: 0, columns: { score: 0.5 }, vectors: { embedding: Float32Array.of(0.1, -1e-40, 3) } }],
            },
            { policyId: 2, version: 1, error: { code: 'unreadable_image', message: 'cut off', retriable: false } },
          ],
        },
      ],
      refused: [],
      timings: { inferMs: 12.5 },
    };
    expect(await transport.complete(request)).toEqual({ stale: ['gone'] });
    expect(services.completed).toEqual([request]);
  });

  test('throws the errors of the server', async () => {
    const missing = setUp().transport.bytes('default', '00000000-0000-4000-8000-000000000000');
    await expect(missing).rejects.toBeInstanceOf(NotFoundError);
    const stranger = setUp('wrong').transport.heartbeat({ workerId: 'w', token: 't' });
    await expect(stranger).rejects.toBeInstanceOf(ForbiddenError);
  });
});
