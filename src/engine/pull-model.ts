/**
 * A download as the surfaces see it: how far it is, and in the end what came. It goes on where the consumer stops: others may
 * wait for the same files.
 *
 * @module
 */
import type { PullProgress } from '../contract/index.ts';
import type { EngineContext } from './context.ts';
import { followWork } from './follow-work.ts';
import { repinWaiting } from './waiting-policies.ts';

/** Fetches a model's files; the last value has `finished: true`. */
export async function* pullModel(context: EngineContext, model: string): AsyncGenerator<PullProgress> {
  let latest: PullProgress = { model, file: null, receivedBytes: 0, totalBytes: null, finished: false };
  const work = context.models
    .pull(model, (progress) => {
      latest = { ...progress, finished: false };
    })
    .then(async (info) => {
      await repinWaiting(context);
      return info;
    });
  const info = yield* followWork(work, () => latest);
  yield { ...latest, finished: true, info };
}
