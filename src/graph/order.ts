/**
 * Policies in the order in which results flow: a policy after the one that is its `contentSource`.
 *
 * @module
 */

/** What decides the order. A source that is not in the list counts as there already. */
export interface Sourced {
  readonly name: string;
  readonly contentSource?: string | undefined;
}

/**
 * Sources before those that take from them; otherwise the given order.
 *
 * @throws RangeError where sources make a circle (look for it with {@link findCycle} first).
 */
export function topologicalOrder<T extends Sourced>(policies: readonly T[]): T[] {
  const cycle = findCycle(policies);
  if (cycle !== undefined) throw new RangeError(`Cannot order policies: they make a circle, ${cycle.join(' → ')}`);
  const byName = new Map(policies.map((policy) => [policy.name, policy]));
  const depths = new Map<string, number>();
  for (const policy of policies) {
    const chain: T[] = [];
    let next: T | undefined = policy;
    while (next !== undefined && !depths.has(next.name)) {
      chain.push(next);
      next = next.contentSource === undefined ? undefined : byName.get(next.contentSource);
    }
    let depth = next === undefined ? 0 : (depths.get(next.name) ?? 0) + 1;
    for (const each of chain.toReversed()) {
      depths.set(each.name, depth);
      depth += 1;
    }
  }
  return policies.toSorted((a, b) => (depths.get(a.name) ?? 0) - (depths.get(b.name) ?? 0));
}

/** Names along the first circle of sources, the first one repeated at the end; undefined where there is none. */
export function findCycle(policies: readonly Sourced[]): string[] | undefined {
  const sources = new Map(policies.map(({ name, contentSource }) => [name, contentSource]));
  const clear = new Set<string>();
  for (const { name } of policies) {
    const chain: string[] = [];
    let next: string | undefined = name;
    while (next !== undefined && !clear.has(next)) {
      const start = chain.indexOf(next);
      if (start >= 0) return [...chain.slice(start), next];
      chain.push(next);
      next = sources.get(next);
    }
    for (const each of chain) clear.add(each);
  }
  return undefined;
}

/** Names of all policies that take from one of `names`, at any depth, in the given order; `names` themselves left out. */
export function dependents(policies: readonly Sourced[], names: Iterable<string>): string[] {
  const reached = new Set(names);
  const start = new Set(reached);
  let grew = true;
  while (grew) {
    grew = false;
    for (const { name, contentSource } of policies) {
      if (contentSource !== undefined && reached.has(contentSource) && !reached.has(name)) {
        reached.add(name);
        grew = true;
      }
    }
  }
  return policies.map(({ name }) => name).filter((name) => reached.has(name) && !start.has(name));
}
