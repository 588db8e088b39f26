/**
 * Versions of policies that take from each other (`contentSource`). A new version of a source makes a new version of all
 * that take from it; the new ones take from the new one, and the old ones go on with the old one until all take over at
 * once: boxes and what was made of them always fit together.
 *
 *     objects 1 (active) ──► boxes 1 (active)
 *     objects 2 (building) ─► boxes 2 (building)
 *
 * A source may be of another graph: `<graph>.<policy>`.
 *
 * @module
 */
import { takesFrom } from '../contract/index.ts';
import type { PolicyRecord } from './records.ts';

type Sourced = Pick<PolicyRecord, 'graph' | 'name' | 'version' | 'state' | 'contentSource'>;

/** The version whose results a policy version takes; undefined where it takes contents as they were added. */
export function sourceVersion<T extends Sourced>(policy: Sourced, policies: readonly T[]): T | undefined {
  const versions = policies.filter((each) => takesFrom(policy, each)).toSorted((a, b) => b.version - a.version);
  const [newest] = versions;
  return policy.state === 'building' ? newest : (versions.find(({ state }) => state === 'active') ?? newest);
}

/** Building versions in groups that take over together: those that take from each other, at any depth. */
export function takeOverGroups<T extends Sourced>(building: readonly T[]): T[][] {
  const groups: T[][] = [];
  for (const policy of building) {
    const touching = groups.filter((group) => group.some((other) => areLinked(policy, other)));
    for (const group of touching) groups.splice(groups.indexOf(group), 1);
    groups.push([...touching.flat(), policy]);
  }
  return groups;
}

function areLinked(a: Sourced, b: Sourced): boolean {
  return takesFrom(a, b) || takesFrom(b, a);
}
