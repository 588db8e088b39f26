/**
 * The worker protocol for workers on other machines.
 *
 * @module
 */
import { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { api, decodeComplete, decodeDerive, encodeClaimReply } from '../contract/index.ts';
import type { Router } from './router.ts';
import type { Services } from './services.ts';

export function workerRoutes(router: Router, { worker, listWorkers }: Services): void {
  router.json(api.listWorkers, () => listWorkers());
  router.json(api.claim, async ({ body }) => encodeClaimReply(await worker.claim(body)));
  router.json(api.heartbeat, ({ body }) => worker.heartbeat(body));
  router.nothing(api.abandon, ({ body }) => worker.abandon(body));
  router.nothing(api.leave, async ({ body }) => worker.leave?.(body));
  router.json(api.complete, async ({ body }) => {
    const { stale } = await worker.complete(decodeComplete(body));
    return { stale: [...stale] };
  });
  router.json(api.derive, ({ body }) => worker.derive(decodeDerive(body)));
  router.file(api.bytes, async ({ query }) => {
    const { namespace, contentId } = query;
    const bytes =
      worker.stream === undefined
        ? new Uint8Array(await worker.bytes(namespace, contentId))
        : // Not `Readable.toWeb`: one that is given up in the middle may end the process (ERR_INVALID_STATE).
          (NodeReadableStream.from(await worker.stream(namespace, contentId)) as unknown as ReadableStream<Uint8Array>);
    return new Response(bytes, { headers: { 'Content-Type': 'application/octet-stream' } });
  });
}
