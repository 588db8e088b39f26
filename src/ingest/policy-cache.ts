/**
 * The extractors that a worker has loaded: one a policy version, shared where extractor and parameters are equal.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import type { OutputSpec, WorkerPolicy } from '../contract/index.ts';
import { InvalidInputError, ModelUnavailableError } from '../contract/index.ts';
import { outputOf } from '../extractor/index.ts';
import type { ExtractorRegistry, Models } from '../extractor/index.ts';
import type { LoadedExtractor } from '../extractor/types.ts';
import type { PixelRequest } from '../image/index.ts';

/** An extractor that is ready to run a policy. */
export interface ReadyPolicy {
  readonly loaded: LoadedExtractor;
  readonly pixels: PixelRequest;
  readonly output: OutputSpec;
}

export interface PolicyCache {
  /** Loads on first use. Throws what `describe` or `load` threw, or `ModelUnavailableError` for another space. */
  get(policy: WorkerPolicy): Promise<ReadyPolicy>;
  close(): Promise<void>;
}

/** Keeps at most `capacity` loaded extractors, least recently used out first; those in use are not closed before the next `get`. */
export function createPolicyCache(registry: ExtractorRegistry, models: Models, capacity = 12): PolicyCache {
  const ready = new Map<string, Promise<ReadyPolicy>>();
  return {
    async get(policy) {
      const key = createHash('sha256')
        .update(JSON.stringify([policy.extractor, policy.params, policy.space]))
        .digest('hex');
      const known = ready.get(key);
      ready.delete(key);
      const entry = known ?? load(registry, models, policy);
      ready.set(key, entry);
      // A failed load is tried again next time: the file may have come.
      entry.catch(() => ready.delete(key));
      for (const [oldest, extractor] of ready) {
        if (ready.size <= capacity) break;
        ready.delete(oldest);
        await (await extractor).loaded.close();
      }
      return entry;
    },
    async close() {
      const all = await Promise.allSettled(ready.values());
      ready.clear();
      for (const entry of all) if (entry.status === 'fulfilled') await entry.value.loaded.close();
    },
  };
}

async function load(registry: ExtractorRegistry, models: Models, policy: WorkerPolicy): Promise<ReadyPolicy> {
  const extractor = registry.get(policy.extractor);
  const description = await presently(policy, () => extractor.describe(policy.params, models));
  const model = description.model ?? policy.extractor;
  if (description.waitingFor !== undefined) throw ModelUnavailableError.told(model, description.waitingFor);
  if (policy.space !== null && description.space !== policy.space) {
    const file = description.weights === undefined ? "this worker's files" : `its file "${description.weights}"`;
    throw new ModelUnavailableError(
      model,
      `${file} would make vectors of another space (${description.space ?? 'none'}) than policy ${policy.policyId} has (${policy.space}): it was changed or damaged; put the file there that the policy was made with`,
    );
  }
  return {
    loaded: await presently(policy, () => extractor.load(description.params, models)),
    pixels: description.pixels,
    output: outputOf(description),
  };
}

/** The parameters were right when the policy was made: what is wrong now is so with the model's files. */
async function presently<T>({ extractor, params }: WorkerPolicy, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    throw ModelUnavailableError.told(String(params.model ?? extractor), error.message);
  }
}
