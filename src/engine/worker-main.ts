/**
 * Main of a worker process. Its supervisor sends `start` with what it needs, serves its claims, and sends `drain`.
 * Inference blocks this thread, so the supervisor sends the heartbeats.
 *
 * @module
 */
import type { ClaimReply, CompleteReply, DeriveReply, WorkerTransport } from '../contract/index.ts';
import { configureForHost } from '../image/index.ts';
import { createPolicyCache, createSolitude, runWorker } from '../ingest/index.ts';
import type { Watch, WorkerOptions } from '../ingest/index.ts';
import { createModels } from '../models/index.ts';
import { ffmpegPrograms } from '../video/index.ts';
import { downloadNotes } from './download-notes.ts';
import { loadExtractors } from './extractors.ts';
import type { Begun } from './held-leases.ts';
import type { ModelFolders } from './options.ts';
import { connectChannel } from './rpc.ts';

/** What the supervisor sends first. */
export interface WorkerStart {
  readonly workerId: string;
  readonly models: ModelFolders;
  readonly extractors: readonly string[];
  readonly only?: readonly string[];
  /** Whether it also runs the extractors that run beside the others. */
  readonly apart: boolean;
}

/** Of a claim of extractors that take seconds a picture: long enough to keep a server elsewhere busy. */
const SLOW_CLAIM_MS = 15_000;

const stopping = new AbortController();

const supervisor = connectChannel(process, {
  async start(settings: WorkerStart) {
    configureForHost();
    const registry = await loadExtractors(settings.extractors, settings.models.ffmpeg);
    const models = createModels({
      ...settings.models,
      onProgress: downloadNotes((sentence) => process.stderr.write(`${sentence}\n`)),
    });
    const { only } = settings;
    const shared = {
      workerId: settings.workerId,
      watch,
      solitude: createSolitude(),
      isHeld: (token: string) => supervisor.call<boolean>('isHeld', token),
      ffmpeg: ffmpegPrograms(settings.models.ffmpeg),
    };
    const others = only === undefined ? {} : { extractors: only };
    const loops: WorkerOptions[] = [{ ...shared, ...others, except: registry.apart }];
    const slow = settings.apart ? registry.apart.filter((name) => only?.includes(name) ?? true) : [];
    if (slow.length > 0) loops.push({ ...shared, extractors: slow, picture: false, claimMs: SLOW_CLAIM_MS });
    const work = loops.map(async (options) => {
      // Each its own: what one loop no longer needs is closed, and the other may be at it.
      const cache = createPolicyCache(registry, models);
      await runWorker(transport, cache, options, stopping.signal);
      await cache.close();
    });
    void Promise.all(work).finally(() => process.disconnect());
  },
  async drain() {
    stopping.abort();
  },
});

const transport: WorkerTransport = {
  claim: (request) => supervisor.call<ClaimReply>('claim', request),
  heartbeat: (request) => supervisor.call<{ valid: boolean }>('heartbeat', request),
  complete: (request) => supervisor.call<CompleteReply>('complete', request),
  derive: (request) => supervisor.call<DeriveReply>('derive', request),
  abandon: (request) => supervisor.call('abandon', request),
  bytes: (namespace, contentId) => supervisor.call<Uint8Array>('bytes', { namespace, contentId }),
  copy: (namespace, contentId, path) => supervisor.call('copy', { namespace, contentId, path }),
};

let begun = 0;

/** What was told, the supervisor has, whatever becomes of this process. */
const watch: Watch = (work, run) => {
  begun += 1;
  const id = begun;
  supervisor.tell('begin', { id, ...work } satisfies Begun);
  return run(() => supervisor.tell('alive', id)).finally(() => supervisor.tell('end', id));
};

// Nothing of this process outlives its supervisor. The event is handled between two runs, never inside one.
process.on('disconnect', () => process.exit(0));
