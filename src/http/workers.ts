/**
 * The worker protocol for workers on other machines.
 *
 * @module
 */
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
    const bytes = await worker.bytes(query.namespace, query.contentId);
    return new Response(new Uint8Array(bytes), { headers: { 'Content-Type': 'application/octet-stream' } });
  });
}
