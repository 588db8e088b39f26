/**
 * What has to be done to a graph in the database so that it becomes what was asked for. Pure: the caller does it.
 *
 *     added      wanted, and not there
 *     changed    there, and other results would come of what is wanted now: a new version is built beside the old one
 *     unchanged  there, and the same was asked for, or the same results would come
 *     extra      there, and not wanted: kept; `apply` with `prune` removes it
 *
 * Create is merge: `merge` says nothing of what is extra. Apply is declarative.
 *
 * Two policies are the same when extractor, its version, source, filters (in any order) and parameters are. Parameters
 * are compared as they were asked for first: `model: auto` asked again is the same, though it would resolve to another
 * model now. Asked for in other words but resolved alike (a default written out) is the same too.
 *
 * A policy that takes from one that changes is built again: its rows are keyed by the boxes of the old version.
 *
 * @module
 */
import { InvalidInputError } from '../contract/index.ts';
import type { GraphChange, LabelFilter } from '../contract/index.ts';
import { canonicalJson } from './canonical.ts';
import { formatFilter } from './filter.ts';
import { dependents, topologicalOrder } from './order.ts';

/** A policy as a file asks for it, after its extractor described itself. */
export interface WantedPolicy {
  readonly name: string;
  /** Canonical name. */
  readonly extractor: string;
  readonly extractorVersion: string;
  /** Parameters as they were asked for. */
  readonly asked: Readonly<Record<string, unknown>>;
  /** Parameters as they were resolved: defaults written out, `auto` replaced by what it stands for. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly contentSource?: string | undefined;
  readonly filter: readonly LabelFilter[];
  /** Hash of what makes its vectors comparable. */
  readonly space?: string | undefined;
  /** Model that was resolved to, for people. */
  readonly model?: string | undefined;
}

/** A policy in the database. */
export interface CurrentPolicy extends WantedPolicy {
  readonly version: number;
}

export interface DiffOptions {
  readonly mode: 'merge' | 'apply';
  readonly prune?: boolean | undefined;
}

/** What to do for one policy. */
export type PolicyStep<Current, Wanted> =
  | { readonly kind: 'add'; readonly name: string; readonly to: Wanted }
  /** A new version: of what is wanted, or of the same thing where only its source changed (`to` is `from`). */
  | {
      readonly kind: 'change';
      readonly name: string;
      readonly from: Current;
      readonly to: Wanted | Current;
      readonly reasons: readonly string[];
    }
  /** Nothing is extracted. `reworded`: what was asked is stored anew. */
  | {
      readonly kind: 'keep';
      readonly name: string;
      readonly from: Current;
      readonly to: Wanted;
      readonly reworded: boolean;
    }
  | { readonly kind: 'extra'; readonly name: string; readonly from: Current }
  | { readonly kind: 'remove'; readonly name: string; readonly from: Current };

/** What is shown of a comparison: it knows of no contents. */
export type GraphComparison = Omit<GraphChange, 'policies'>;

export interface GraphPlan<Current, Wanted> {
  /** Names in the order of `steps`. */
  readonly change: GraphComparison;
  /**
   * Sources before those that take from them; what is removed comes last, takers before their sources. A step is for a
   * name: `remove` means all versions of it.
   */
  readonly steps: readonly PolicyStep<Current, Wanted>[];
}

/**
 * Compares the policies of one graph.
 *
 * @param current Undefined where there is no such graph. Of several versions with one name, the highest counts.
 * @param wanted Resolved, free of circles (`parseGraph` sees to it).
 * @throws InvalidInputError for `prune` without `apply`.
 */
export function diffGraph<Current extends CurrentPolicy, Wanted extends WantedPolicy>(
  graph: string,
  current: readonly Current[] | undefined,
  wanted: readonly Wanted[],
  options: DiffOptions,
): GraphPlan<Current, Wanted> {
  const { mode, prune = false } = options;
  if (prune && mode === 'merge') {
    throw new InvalidInputError(`Cannot prune graph "${graph}" while merging: only "apply" removes policies`);
  }
  const existing = latest(current ?? []);
  const warnings: string[] = [];
  const steps = [
    ...wanted.map((to) => wantedStep(existing.get(to.name), to, warnings)),
    ...[...existing.values()]
      .filter(({ name }) => !wanted.some((each) => each.name === name))
      .map((from) => ({ kind: prune ? ('remove' as const) : ('extra' as const), name: from.name, from })),
  ];
  const ordered = inOrder(withRebuilt(steps));
  const named = (kind: PolicyStep<Current, Wanted>['kind']) =>
    ordered.filter((step) => step.kind === kind).map(({ name }) => name);
  const unwanted = ordered.filter((step) => !wanted.some(({ name }) => name === step.name) && step.kind !== 'remove');
  return {
    change: {
      graph,
      created: current === undefined,
      added: named('add'),
      changed: named('change'),
      unchanged: named('keep'),
      extra: mode === 'merge' ? [] : unwanted.map(({ name }) => name),
      removed: named('remove'),
      warnings: [...warnings, ...rebuildNotes(ordered)],
    },
    steps: ordered,
  };
}

/** What is different between two policies, as clauses for people; empty where the same results would come. */
export function differences(from: WantedPolicy, to: WantedPolicy): string[] {
  const reasons: string[] = [];
  if (from.extractor !== to.extractor) {
    return [`extractor "${from.extractor}" → "${to.extractor}"`];
  }
  if (from.extractorVersion !== to.extractorVersion) {
    reasons.push(`version of "${to.extractor}" ${from.extractorVersion} → ${to.extractorVersion}`);
  }
  if (from.contentSource !== to.contentSource) {
    reasons.push(`content source ${sourceName(from)} → ${sourceName(to)}`);
  }
  if (filterText(from.filter) !== filterText(to.filter)) {
    reasons.push(`filter ${filterText(from.filter)} → ${filterText(to.filter)}`);
  }
  const sameAsked = canonicalJson(from.asked) === canonicalJson(to.asked);
  /** Asked for alike, another resolution alone is no reason; with another reason, the new version takes it, and says so. */
  if (!sameAsked || reasons.length > 0) reasons.push(...paramDifferences(from.params, to.params));
  if (sameParams(from, to) && otherSpace(from, to)) reasons.push('the files of its model are others now');
  return reasons;
}

function wantedStep<Current extends CurrentPolicy, Wanted extends WantedPolicy>(
  from: Current | undefined,
  to: Wanted,
  warnings: string[],
): PolicyStep<Current, Wanted> {
  if (from === undefined) return { kind: 'add', name: to.name, to };
  const reasons = differences(from, to);
  if (reasons.length > 0) return { kind: 'change', name: to.name, from, to, reasons };
  if (!sameParams(from, to)) warnings.push(pinnedNote(from, to));
  const reworded = canonicalJson(from.asked) !== canonicalJson(to.asked);
  return { kind: 'keep', name: to.name, from, to, reworded };
}

/** Kept policies that take, at any depth, from one that changes become changes too. */
function withRebuilt<Current extends CurrentPolicy, Wanted extends WantedPolicy>(
  steps: readonly PolicyStep<Current, Wanted>[],
): PolicyStep<Current, Wanted>[] {
  const changed = steps.filter(({ kind }) => kind === 'change').map(({ name }) => name);
  const again = new Set(dependents(steps.map(sourced), changed));
  return steps.map((step) => {
    if (!again.has(step.name) || (step.kind !== 'keep' && step.kind !== 'extra')) return step;
    const { name, from } = step;
    /** As pinned: `auto` is not resolved anew by a change elsewhere. */
    const to = step.kind === 'keep' && sameParams(from, step.to) ? step.to : from;
    return { kind: 'change', name, from, to, reasons: [`its content source ${sourceName(from)} changes`] };
  });
}

function inOrder<Current extends CurrentPolicy, Wanted extends WantedPolicy>(
  steps: readonly PolicyStep<Current, Wanted>[],
): PolicyStep<Current, Wanted>[] {
  const ordered = topologicalOrder(steps.map((step) => ({ ...sourced(step), step }))).map(({ step }) => step);
  const removed = ordered.filter(({ kind }) => kind === 'remove');
  return [...ordered.filter(({ kind }) => kind !== 'remove'), ...removed.toReversed()];
}

function sourced<Current extends CurrentPolicy, Wanted extends WantedPolicy>(step: PolicyStep<Current, Wanted>) {
  const policy = 'to' in step ? step.to : step.from;
  return { name: step.name, contentSource: policy.contentSource };
}

function rebuildNotes(steps: readonly PolicyStep<CurrentPolicy, WantedPolicy>[]): string[] {
  return steps.flatMap((step) =>
    step.kind === 'change' ? [`policy "${step.name}" gets a new version: ${step.reasons.join('; ')}`] : [],
  );
}

function pinnedNote(from: CurrentPolicy, to: WantedPolicy): string {
  const kept = from.model ?? canonicalJson(from.params);
  const now = to.model ?? canonicalJson(to.params);
  return `policy "${to.name}" keeps ${kept}, though what was asked for would be ${now} now; write that out to change it`;
}

function paramDifferences(from: Readonly<Record<string, unknown>>, to: Readonly<Record<string, unknown>>): string[] {
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  return keys
    .filter((key) => canonicalJson(from[key]) !== canonicalJson(to[key]))
    .map((key) => `${key} ${shown(from[key])} → ${shown(to[key])}`);
}

function shown(value: unknown): string {
  return value === undefined ? '(none)' : canonicalJson(value);
}

function sameParams(from: WantedPolicy, to: WantedPolicy): boolean {
  return canonicalJson(from.params) === canonicalJson(to.params);
}

function otherSpace(from: WantedPolicy, to: WantedPolicy): boolean {
  return from.space !== undefined && to.space !== undefined && from.space !== to.space;
}

function sourceName({ contentSource }: WantedPolicy): string {
  return contentSource === undefined ? 'contents as they were added' : `"${contentSource}"`;
}

/** Conditions are joined by "and": their order does not matter, nor does a repeated one. */
function filterText(filter: readonly LabelFilter[]): string {
  return filter.length === 0 ? '(none)' : [...new Set(filter.map(formatFilter))].toSorted().join(' and ');
}

function latest<Current extends CurrentPolicy>(current: readonly Current[]): Map<string, Current> {
  const byName = new Map<string, Current>();
  for (const policy of current) {
    const other = byName.get(policy.name);
    if (other === undefined || other.version < policy.version) byName.set(policy.name, policy);
  }
  return byName;
}
