/**
 * The policies that links make in a graph (`graph/links.ts`).
 *
 * @module
 */
import { hasBoxes, linkedPolicyName, policiesSeenFrom } from '../graph/index.ts';
import type { PolicyRecord } from '../store/index.ts';
import type { EngineContext } from './context.ts';
import type { GraphsNow, ResolvedPolicy } from './graph-changes.ts';

/** The policies that links make in a graph, beside those that are wanted of it and have other names. */
export function linkedPolicies(
  registry: EngineContext['registry'],
  graph: string,
  wanted: readonly ResolvedPolicy[],
  { policies, links }: GraphsNow,
): ResolvedPolicy[] {
  const made = new Map<string, ResolvedPolicy>();
  for (const link of links.filter(({ linkedGraph }) => linkedGraph === graph)) {
    const source = newestPolicy(link.graph, link.contentSource, policies);
    if (source === undefined || !hasBoxes(source.output)) continue;
    for (const policy of wanted.filter(({ contentSource }) => contentSource === undefined)) {
      const name = linkedPolicyName(graph, policy.name, source, policy.output);
      if (!takesRegions(registry, policy) || wanted.some((each) => each.name === name)) continue;
      made.set(name, { ...policy, name, contentSource: `${source.graph}.${source.name}` });
    }
  }
  return [...made.values()];
}

export function takesRegions(registry: EngineContext['registry'], { extractor }: ResolvedPolicy): boolean {
  return registry.has(extractor) && registry.get(extractor).regions;
}

/** The newest version of one policy. */
export function newestPolicy(graph: string, name: string, policies: readonly PolicyRecord[]): PolicyRecord | undefined {
  return policiesSeenFrom(graph, policies).find((each) => each.name === name)?.policy;
}
