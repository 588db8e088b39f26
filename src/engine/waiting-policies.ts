/**
 * Policies that were made while their model was missing: asked again, and pinned once it is here.
 *
 * @module
 */
import { outputOf } from '../extractor/index.ts';
import { listNamespaces, repinPolicy, setPolicyWaiting } from '../store/index.ts';
import type { EngineContext } from './context.ts';

/** When the policies of an engine were looked at last, milliseconds since 1970. */
const looked = new WeakMap<EngineContext, number>();
const INTERVAL_MS = 30_000;

/** Looks again where the last look is half a minute ago. */
export async function repinWaitingNowAndThen(context: EngineContext): Promise<void> {
  if (Date.now() - (looked.get(context) ?? 0) < INTERVAL_MS) return;
  const absent = new Set(
    (await context.models.list()).filter(({ state }) => state === 'absent').map(({ name }) => name),
  );
  await repinWaiting(context, absent);
}

/**
 * Looks again at every policy that waits for a model; those that can run do. Cheap where none waits.
 *
 * @param absent Models that are known not to be here: their policies go on waiting. At a start, and after a fetch, they are
 * tried, since the hub may answer again.
 */
export async function repinWaiting(context: EngineContext, absent: ReadonlySet<string> = new Set()): Promise<void> {
  const { database, registry, models } = context;
  looked.set(context, Date.now());
  for (const namespace of await listNamespaces(database)) {
    for (const policy of await context.policies(namespace)) {
      if (policy.waitingFor === undefined || !registry.has(policy.extractor)) continue;
      const description = await registry.get(policy.extractor).describe(policy.params, models);
      if (description.waitingFor !== undefined || absent.has(description.model ?? '')) continue;
      const { params, space, model } = description;
      await repinPolicy(database, policy.id, policy.version, { params, output: outputOf(description), space, model });
      await setPolicyWaiting(database, policy.id, policy.version, null);
      context.planned(namespace);
    }
  }
}
