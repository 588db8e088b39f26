/**
 * Handing over features: the rows, and who has to know of them.
 *
 * @module
 */
import type { PutFeatures } from '../contract/index.ts';
import type { Services } from '../http/index.ts';
import { putFeatures } from '../ingest/index.ts';
import type { GivenRequest, PolicyPlace } from '../ingest/index.ts';
import type { EngineContext } from './context.ts';
import { requireNamespace } from './namespaces.ts';

export function givenServices(context: EngineContext): Pick<Services, 'putFeatures'> {
  return {
    async putFeatures(namespace, graph, policy, request) {
      await requireNamespace(context, namespace);
      return storeGiven(context, namespace, { graph, policy }, request);
    },
  };
}

/** Writes rows and tells whoever remembers counts. */
export async function storeGiven(
  context: EngineContext,
  namespace: string,
  place: PolicyPlace,
  request: GivenRequest,
): Promise<PutFeatures> {
  const { planned, ...written } = await putFeatures(context.database, namespace, place, request);
  context.statistics.changed(namespace);
  context.statuses.forget(namespace);
  context.events.emit(namespace, { type: 'features', contentIds: request.contents.map(({ contentId }) => contentId) });
  context.keeper.touch(namespace);
  if (planned > 0) context.planned(namespace);
  return written;
}
