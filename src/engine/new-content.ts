/**
 * Contents for which a policy has a result, in the order in which these were written, and then as they come.
 *
 * @module
 */
import { endedTasks, versionOf } from '../store/index.ts';
import type { EngineContext } from './context.ts';
import { requireNamespace } from './namespaces.ts';
import { followNews } from './news.ts';
import { namedPolicies } from './policy-names.ts';

/** What other servers of the database wrote is found after so long. */
const LOOK_MS = 5_000;
const PAGE = 500;

/**
 * Yields from the number `offset` on, until the signal aborts or the policy goes. A content comes again when it was extracted anew:
 * after an update of its bytes, and by a new version of the policy.
 *
 * @throws NotFoundError for a namespace, graph or policy that is not there at the start.
 */
export async function* newContent(
  context: EngineContext,
  { namespace, graph, policy }: { readonly namespace: string; readonly graph: string; readonly policy: string },
  offset: number,
  signal: AbortSignal,
): AsyncGenerator<{ contentId: string; offset: number }> {
  await requireNamespace(context, namespace);
  const news = followNews(context.events, namespace, ({ type }) => type !== 'content');
  signal.addEventListener('abort', news.stop, { once: true });
  try {
    let policies = (await namedPolicies(context, namespace, { graph, policy })) ?? [];
    let next = offset;
    while (!signal.aborted && policies.length > 0) {
      const page = await endedTasks(context.database, namespace, policies, next, PAGE);
      for (const { contentId, number } of page) {
        if (signal.aborted) return;
        next = number + 1;
        yield { contentId, offset: number };
      }
      if (page.length < PAGE && !signal.aborted) await news.next(LOOK_MS);
      const known = await context.policies(namespace);
      policies = known.filter((each) => each.graph === graph && each.name === policy).map(versionOf);
    }
  } finally {
    signal.removeEventListener('abort', news.stop);
    news.stop();
  }
}
