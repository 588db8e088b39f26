/**
 * Which policies take a content, and why the others don't.
 *
 * A policy takes a content when it comes from the policy's `contentSource` (where there is none: as it was added, or made of
 * that by a policy of the same graph, as the frames of a video are), its mime type is accepted, and all label filters hold. Boxes of a picture are no contents: a policy that takes them is
 * planned for the picture itself, when the policy that finds the boxes has written its result ({@link dependentPolicies}).
 *
 * @module
 */
import { takesFrom, takesTexts } from '../contract/index.ts';
import type { Labels, Policy } from '../contract/index.ts';
import { matches, mismatch } from './filter.ts';
import { acceptsMime, normalizeMime } from './mime.ts';

/** What decides of a policy; a `Policy` is one. */
export type PlanPolicy = Pick<Policy, 'graph' | 'name' | 'contentSource' | 'filter' | 'accepts'>;

export interface PlanContent {
  readonly mimeType: string;
  readonly labels: Labels;
  /** The policy that made it; absent for what was added. */
  readonly source?: Pick<Policy, 'graph' | 'name'> | undefined;
}

/** Why a policy does or does not take a content. */
export interface PlanReason {
  readonly policy: string;
  readonly takes: boolean;
  /** A clause for people, where it does not. */
  readonly reason?: string;
}

/** The policies that take a content that was just stored, in the given order. */
export function plannedPolicies<T extends PlanPolicy>(policies: readonly T[], content: PlanContent): T[] {
  return policies.filter((policy) => comesFrom(policy, content) && suits(policy, content));
}

/** The policies, of any graph, that take the boxes or texts which `source` has just written for a content, in the given order. */
export function dependentPolicies<T extends PlanPolicy>(
  policies: readonly T[],
  source: Pick<Policy, 'graph' | 'name'>,
  content: Pick<PlanContent, 'mimeType' | 'labels'>,
): T[] {
  return policies.filter((policy) => takesFrom(policy, source) && suits(policy, content));
}

/**
 * Why a policy does not take a content, as a clause for people; undefined where it does. A policy that takes the boxes
 * of another is explained by the first one on the way that does not take the content.
 */
export function whyNot(
  policy: PlanPolicy,
  content: PlanContent,
  policies: readonly PlanPolicy[] = [],
): string | undefined {
  const reason = unsuited(policy, content);
  if (reason !== undefined || comesFrom(policy, content)) return reason;
  const { contentSource } = policy;
  if (contentSource === undefined)
    return `it takes contents that were added, and this one was made by "${content.source === undefined ? 'a policy' : `${content.source.graph}.${content.source.name}`}"`;
  const source = policies.find((each) => takesFrom(policy, each));
  if (source === undefined) return `it takes what policy "${contentSource}" makes, which is not there`;
  const others = policies.filter((each) => each !== source && each !== policy);
  const upstream = whyNot(source, content, others);
  return upstream === undefined
    ? undefined
    : `it takes what policy "${contentSource}" makes, which does not take it: ${upstream}`;
}

/** One entry a policy, in the given order. */
export function explainPlan(policies: readonly PlanPolicy[], content: PlanContent): PlanReason[] {
  return policies.map((policy) => {
    const reason = whyNot(policy, content, policies);
    return { policy: policy.name, takes: reason === undefined, ...(reason === undefined ? {} : { reason }) };
  });
}

function comesFrom(policy: PlanPolicy, { source }: PlanContent): boolean {
  if (source === undefined) return policy.contentSource === undefined;
  return policy.contentSource === undefined ? policy.graph === source.graph : takesFrom(policy, source);
}

/** Mime patterns of the contents whose tasks a policy may get: any, where it takes what another wrote of them. */
export function takenTypes(policy: {
  readonly accepts: readonly string[];
  readonly contentSource?: string | undefined;
}): readonly string[] {
  return takesTexts(policy) ? ['*/*'] : policy.accepts;
}

function suits(policy: PlanPolicy, { mimeType, labels }: Pick<PlanContent, 'mimeType' | 'labels'>): boolean {
  // What is taken from a source is its texts, whatever they were made of.
  return (takesTexts(policy) || acceptsMime(policy.accepts, mimeType)) && matches(policy.filter, labels);
}

function unsuited(policy: PlanPolicy, { mimeType, labels }: PlanContent): string | undefined {
  if (!takesTexts(policy) && !acceptsMime(policy.accepts, mimeType)) {
    return `it takes ${policy.accepts.join(', ')}, and this is ${normalizeMime(mimeType)}`;
  }
  for (const filter of policy.filter) {
    const reason = mismatch(filter, labels);
    if (reason !== undefined) return reason;
  }
  return undefined;
}
