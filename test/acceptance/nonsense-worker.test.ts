import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { httpWorkerTransport } from '../../src/client/index.ts';
import type { ClaimReply, ContentResult, FeatureRow, WorkContent } from '../../src/contract/index.ts';
import { describeLibrary, type Library, type RunningServer } from './library.ts';
import { makePictures } from './pictures.ts';

const GRAPH = `name: g
extraction_policies:
  - { extractor: image/phash, name: hash }
  - { extractor: embedding/clip, name: clip, input_params: { model: fovea-tiny } }
`;
const NOBODY = '00000000-0000-4000-8000-000000000000';

describeLibrary('a worker that answers nonsense', (newLibrary) => {
  let library: Library;
  let server: RunningServer;
  let transport: ReturnType<typeof httpWorkerTransport>;
  beforeAll(async () => {
    library = await newLibrary({ FOVEA_WORKERS: '0' });
    server = await library.serve();
    await server.client.graphs.apply(GRAPH);
    for await (const { failed } of server.client.addPath(await makePictures(join(library.folder, 'photos'), 4)))
      expect(failed).toBe(0);
    transport = httpWorkerTransport({ baseUrl: server.url, token: server.token });
  });

  /** Claims one content, hands in what `make` makes of it, and gives the rest back. @returns The reply or the refusal. */
  async function handIn(
    make: (content: WorkContent, claim: ClaimReply) => readonly ContentResult[],
    token?: string,
  ): Promise<unknown> {
    const claim = await transport.claim({ workerId: 'fool', maxContents: 1, waitMs: 0 });
    const [content] = claim.contents;
    if (content === undefined) throw new Error('There is nothing to claim');
    const results = make(content, claim);
    const answer = await transport
      .complete({ workerId: 'fool', token: token ?? claim.token, results, refused: [] })
      .catch((error: unknown) => error);
    // Nothing in hand: no fault of the content.
    await transport.abandon({ workerId: 'fool', token: claim.token, inHand: [] });
    return answer;
  }

  /** The same rows for each task of a policy. */
  const rowsFor =
    (extractor: string, rows: readonly FeatureRow[]) =>
    ({ namespace, contentId }: WorkContent, { policies }: ClaimReply): readonly ContentResult[] => [
      {
        namespace,
        contentId,
        tasks: policies
          .filter((policy) => policy.extractor === extractor)
          .map(({ policyId, version }) => ({ policyId, version, rows })),
      },
    ];
  const vector = (length: number, value: number): FeatureRow => ({
    columns: {},
    vectors: { embedding: new Float32Array(length).fill(value) },
  });

  describe('is refused', () => {
    test.each([
      ['vectors of another length', 'embedding/clip', [vector(7, 0.5)]],
      ['vectors of NaN', 'embedding/clip', [vector(256, Number.NaN)]],
      ['a vector that is not there', 'embedding/clip', [{ columns: {}, vectors: {} }]],
      [
        'a vector that was not declared',
        'image/phash',
        [{ columns: { phash: 'a', dhash: 'b' }, vectors: { other: new Float32Array(3) } }],
      ],
      ['columns that were not declared', 'image/phash', [{ columns: { nonsense: 1 }, vectors: {} }]],
      ['values of another type', 'image/phash', [{ columns: { phash: 7, dhash: ['x'] }, vectors: {} }]],
      [
        'the same row twice',
        'image/phash',
        [0, 0].map((ord) => ({ ord, columns: { phash: 'a', dhash: 'b' }, vectors: {} })),
      ],
    ] as [string, string, FeatureRow[]][])('with %s, and the reason', async (_what, extractor, rows) => {
      const refusal = await handIn(rowsFor(extractor, rows));
      expect(refusal).toMatchObject({
        code: 'invalid_input',
        message: expect.stringContaining(`Cannot store results of worker "fool" for policy "g.`),
      });
    });

    test('in another shape, and too large', async () => {
      const post = (body: string): Promise<Response> =>
        fetch(`${server.url}/api/v1/workers/complete`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${server.token}` },
          body,
        });
      expect((await post('{"token":7,"results":"all"}')).status).toBe(400);
      expect((await post('nonsense')).status).toBe(400);
      expect((await post(JSON.stringify({ token: 'x'.repeat(70 * 1024 * 1024) }))).status).toBe(413);
    });
  });

  test('changes nothing with contents, policies and leases that are not its own', async () => {
    const hash = [{ columns: { phash: 'a', dhash: 'b' }, vectors: {} }];
    const nobody = rowsFor('image/phash', hash);
    expect(await handIn((content, claim) => nobody({ ...content, contentId: NOBODY }, claim))).toEqual({
      stale: [NOBODY],
    });
    const [strange] = (await server.client.contents.list({ limit: 1 })).contents;
    const picture = { width: 1, height: 1, thumbnail: Uint8Array.of(1, 2, 3) };
    const stranger = (content: WorkContent): readonly ContentResult[] => [
      { namespace: content.namespace, contentId: strange?.contentId ?? '', picture, tasks: [] },
    ];
    expect(await handIn(stranger, 'a token of somebody else')).toEqual({ stale: [strange?.contentId] });
    const unknown = ({ namespace, contentId }: WorkContent): readonly ContentResult[] => [
      { namespace, contentId, tasks: [{ policyId: 4711, version: 1, rows: hash }] },
    ];
    expect(await handIn(unknown)).toMatchObject({
      stale: [expect.any(String)],
    });
    expect(existsSync(join(library.home, 'thumbnails'))).toBe(false);
    const status = await server.client.status();
    expect(status).toMatchObject({ contents: 4, failedContents: 0, indexedContents: 0 });
  });

  test('leaves the work to one that answers rightly', async () => {
    const worker = library.start('worker', '--server', server.url, '--workers', '1');
    const { indexedContents, failedContents } = await server.client.waitUntilIndexed({ timeoutMs: 120_000 });
    worker.kill('SIGTERM');
    expect([indexedContents, failedContents]).toEqual([4, 0]);
    const { rows } = await server.client.sql(
      'select count(*) as hashes, max(width) < 100 as sized from "g.hash" join content using (content_id)',
    );
    expect(rows).toEqual([{ hashes: 4, sized: true }]);
  });
});
