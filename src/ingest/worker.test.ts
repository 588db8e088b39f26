import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { afterEach, expect, test, vi } from 'vitest';
import type { ClaimRequest, WorkContent, WorkerTransport } from '../contract/index.ts';
import type { PolicyCache } from './policy-cache.ts';
import { runWorker } from './worker.ts';

afterEach(() => vi.restoreAllMocks());

const cache: PolicyCache = {
  get: () => Promise.reject(new Error('No policy is asked for')),
  close: () => Promise.resolve(),
};

/** Sizes of the first claims where each content takes so long. */
async function claimSizes(msAContent: number): Promise<number[]> {
  const bytes = await sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  let clock = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => clock);
  const asked: number[] = [];
  const stopping = new AbortController();
  const content = (index: number): WorkContent => ({
    namespace: 'default',
    contentId: `${index}`,
    mimeType: 'image/png',
    sizeBytes: bytes.length,
    sha256,
    picture: true,
    tasks: [],
  });
  const transport: WorkerTransport = {
    async claim({ maxContents }: ClaimRequest) {
      asked.push(maxContents);
      if (asked.length === 4) stopping.abort();
      return {
        token: `${asked.length}`,
        leaseMs: 60_000,
        policies: [],
        contents: Array.from({ length: maxContents }, (_, index) => content(index)),
      };
    },
    async bytes() {
      clock += msAContent;
      return bytes;
    },
    complete: () => Promise.resolve({ stale: [] }),
    derive: () => Promise.resolve({ current: true }),
    heartbeat: () => Promise.resolve({ valid: true }),
    abandon: () => Promise.resolve(),
  };
  await runWorker(transport, cache, { workerId: 'w' }, stopping.signal);
  return asked;
}

test.each([
  ['fast, as many as are allowed', 1, 64],
  ['of 50 ms, a second and a half of them', 50, 30],
  ['slow, a few', 5000, 8],
])('where contents are %s are claimed', async (_name, msAContent, size) => {
  const [first, second, ...later] = await claimSizes(msAContent);
  // The second is claimed while the first is inferred.
  expect([first, second]).toEqual([16, 16]);
  expect(later).toEqual([size, size]);
});
