/**
 * Policies that were made while their model was missing: asked again, and pinned once it is here.
 *
 * @module
 */
import { outputOf } from '../extractor/index.ts';
import { listNamespaces, repinPolicy, setPolicyWaiting } from '../store/index.ts';
import type { EngineContext } from './context.ts';

/** Looks again at every policy that waits for a model; those that can run do. Cheap where none waits. */
export async function repinWaiting(context: EngineContext): Promise<void> {
  const { database, registry, models } = context;
  for (const namespace of await listNamespaces(database)) {
    for (const policy of await context.policies(namespace)) {
      if (policy.waitingFor === undefined || !registry.has(policy.extractor)) continue;
      const description = await registry.get(policy.extractor).describe(policy.params, models);
      if (description.waitingFor !== undefined) continue;
      const { params, space, model } = description;
      await repinPolicy(database, policy.id, policy.version, { params, output: outputOf(description), space, model });
      await setPolicyWaiting(database, policy.id, policy.version, null);
      context.planned(namespace);
    }
  }
}
