import { expect, test } from 'vitest';
import type { ClaimReply, WorkerTransport } from '../contract/index.ts';
import type { Begun } from './held-leases.ts';
import { holdLeases } from './held-leases.ts';

/** Hands out leases `t1`, `t2`, …, each of one content, and notes what comes back. */
function server(): { readonly transport: WorkerTransport; readonly log: unknown[] } {
  const log: unknown[] = [];
  let claims = 0;
  const note =
    (what: string) =>
    async ({ workerId: _workerId, ...request }: { readonly workerId: string }) => {
      log.push({ [what]: request });
    };
  const content = { namespace: 'demo', mimeType: 'image/png', sizeBytes: 1, sha256: 'ab', picture: true, tasks: [] };
  const transport: WorkerTransport = {
    async claim(): Promise<ClaimReply> {
      claims += 1;
      return { token: `t${claims}`, leaseMs: 1000, policies: [], contents: [{ ...content, contentId: `c${claims}` }] };
    },
    heartbeat: async () => ({ valid: true }),
    complete: async () => ({ stale: [] }),
    abandon: note('abandon'),
    release: note('release'),
    leave: note('leave'),
    derive: async () => ({ current: true }),
    bytes: async () => new Uint8Array(),
  };
  return { transport, log };
}

async function worker(claims: number, begun: readonly Begun[]) {
  const { transport, log } = server();
  const leases = holdLeases(transport, 'w', () => undefined);
  const { claim, begin, end } = leases.handlers as Record<string, (argument: unknown) => Promise<unknown>>;
  for (let n = 0; n < claims; n++) await claim?.({ workerId: 'w', maxContents: 1, waitMs: 0 });
  for (const work of begun) await begin?.(work);
  return { leases, log, over: (id: number) => end?.(id) };
}

const first: Begun = { id: 1, token: 't1', contentIds: ['c1'], policyId: 3, version: 1 };
const ahead: Begun = { id: 2, token: 't2', contentIds: ['c2'] };

test('holdLeases() blames what was in hand of every lease, and gives the others back', async () => {
  const { leases, log } = await worker(3, [first, ahead]);
  leases.end('it died');
  expect(log).toEqual([
    { abandon: { token: 't1', inHand: [{ contentIds: ['c1'], policyId: 3, version: 1 }], reason: 'it died' } },
    { abandon: { token: 't2', inHand: [{ contentIds: ['c2'] }], reason: 'it died' } },
    { release: { token: 't3' } },
    { leave: { died: true } },
  ]);
});

test('holdLeases() blames nothing that had ended, and the first lease where nothing had begun', async () => {
  const { leases, log, over } = await worker(2, [first, ahead]);
  await over(1);
  leases.end('it died');
  expect(log.slice(0, 2)).toEqual([
    { abandon: { token: 't2', inHand: [{ contentIds: ['c2'] }], reason: 'it died' } },
    { release: { token: 't1' } },
  ]);
  const silent = await worker(2, []);
  silent.leases.end('it died');
  expect(silent.log.slice(0, 2)).toEqual([
    { abandon: { token: 't1', reason: 'it died' } },
    { release: { token: 't2' } },
  ]);
});

test('holdLeases() blames nothing on a worker that was told to end', async () => {
  const { leases, log } = await worker(2, [first]);
  leases.end();
  expect(log).toEqual([{ release: { token: 't1' } }, { release: { token: 't2' } }, { leave: { died: false } }]);
});

test('holdLeases() counts the silence of a worker with pictures in hand only', async () => {
  const { leases, over } = await worker(1, [first]);
  await expect.poll(() => leases.silentMs()).toBeGreaterThan(0);
  await over(1);
  expect(leases.silentMs()).toBe(0);
  leases.end();
});
