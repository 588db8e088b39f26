/**
 * Policies by the names that a request has for them.
 *
 * @module
 */
import { NotFoundError } from '../contract/index.ts';
import { PICTURE_POLICY, policiesOf, versionOf } from '../store/index.ts';
import type { PolicyVersion } from '../store/index.ts';
import type { EngineContext } from './context.ts';
import { findGraph } from './graphs.ts';

/** What the built-in policy is called. */
const PICTURE = 'picture';

/**
 * All versions of the policies of that name, of one graph or of any; of all of a graph where no name is given.
 *
 * @returns Undefined where neither is given: any policy.
 * @throws NotFoundError for a graph or a policy that is not there, with those that are.
 */
export async function namedPolicies(
  context: EngineContext,
  namespace: string,
  { graph, policy }: { readonly graph?: string | undefined; readonly policy?: string | undefined },
): Promise<PolicyVersion[] | undefined> {
  if (graph === undefined && policy === undefined) return undefined;
  if (graph !== undefined) await findGraph(context, namespace, graph);
  const policies = (await policiesOf(context.database, namespace)).filter(
    (each) => graph === undefined || each.graph === graph,
  );
  const named = policies.filter(({ name }) => policy === undefined || name === policy).map(versionOf);
  if (graph === undefined && policy === PICTURE) return [PICTURE_POLICY, ...named];
  if (policy !== undefined && named.length === 0) {
    const known = [...new Set(policies.map(({ name }) => name))];
    throw new NotFoundError('policy', policy, known);
  }
  return named;
}
