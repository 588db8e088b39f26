/**
 * Extraction graphs as a run uses them, and what applying one should change.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import type { GraphChange, LabelFilter, Labels } from '../../src/contract/index.ts';
import type { Random } from '../fuzz/random.ts';
import type { Sample } from './samples.ts';

/** A policy as it is asked for. */
export interface ModelPolicy {
  readonly name: string;
  readonly extractor: string;
  readonly params: { readonly count?: number; readonly rows?: number; readonly grey?: boolean };
  readonly filter: readonly LabelFilter[];
}

/** Policies by name. */
export type ModelGraph = Map<string, ModelPolicy>;

export interface AskedGraph {
  readonly name: string;
  readonly policies: readonly ModelPolicy[];
}

/** What a namespace without a graph gets when something is added. */
export const DEFAULT_GRAPH: AskedGraph = {
  name: 'start',
  policies: [
    { name: 'hash', extractor: 'image/phash', params: { grey: false }, filter: [] },
    { name: 'compass', extractor: 'test/direction', params: { rows: 1 }, filter: [] },
  ],
};

export const GRAPH_NAMES = ['start', 'looks', 'More_2'] as const;
const FILTERS: readonly LabelFilter[] = [
  { key: 'trip', op: '=', value: 'rome' },
  { key: 'trip', op: '!=', value: 'rome' },
  { key: 'stars', op: '>=', value: 3 },
  { key: 'best', op: '=', value: true },
];
/** Names of policies: all that a namespace may have at once is a few of them. */
export const CHOICES: readonly ((random: Random) => ModelPolicy)[] = [
  () => ({ name: 'hash', extractor: 'image/phash', params: { grey: false }, filter: [] }),
  () => ({ name: 'exif', extractor: 'image/exif', params: {}, filter: [] }),
  (random) => ({ name: 'colors', extractor: 'image/colors', params: { count: random.int(1, 3) }, filter: [] }),
  (random) => ({ name: 'compass', extractor: 'test/direction', params: { rows: random.int(1, 3) }, filter: [] }),
  (random) => ({ name: 'chosen', extractor: 'image/phash', params: { grey: false }, filter: [random.pick(FILTERS)] }),
];

export function randomGraph(random: Random): AskedGraph {
  const chosen = CHOICES.filter(() => random.chance(0.5));
  const makers = chosen.length === 0 ? [random.pick(CHOICES)] : chosen;
  return { name: random.pick(GRAPH_NAMES), policies: makers.map((make) => make(random)) };
}

/** YAML is JSON too. */
export function graphText({ name, policies }: AskedGraph): string {
  return JSON.stringify({
    name,
    extraction_policies: policies.map(({ params, ...policy }) => ({ ...policy, input_params: params })),
  });
}

export type ApplyMode = 'apply' | 'merge' | 'prune';

/** What applying tells, but for warnings and details of policies; names sorted. */
export function expectedChange(
  existing: ModelGraph | undefined,
  asked: AskedGraph,
  mode: ApplyMode,
): Omit<GraphChange, 'policies' | 'warnings'> {
  const known = existing ?? new Map<string, ModelPolicy>();
  const names = new Set(asked.policies.map(({ name }) => name));
  const others = [...known.keys()].filter((name) => !names.has(name));
  const isSame = (policy: ModelPolicy): boolean => JSON.stringify(known.get(policy.name)) === JSON.stringify(policy);
  const namesOf = (policies: readonly ModelPolicy[]): string[] => policies.map(({ name }) => name).toSorted();
  return {
    graph: asked.name,
    created: existing === undefined,
    added: namesOf(asked.policies.filter(({ name }) => !known.has(name))),
    changed: namesOf(asked.policies.filter((policy) => known.has(policy.name) && !isSame(policy))),
    unchanged: namesOf(asked.policies.filter(isSame)),
    extra: mode === 'apply' ? others.toSorted() : [],
    removed: mode === 'prune' ? others.toSorted() : [],
  };
}

/** Whether a policy takes contents with this type and these labels when its tasks are planned. */
export function takes({ filter }: ModelPolicy, mimeType: string, labels: Labels): boolean {
  return mimeType.startsWith('image/') && filter.every((condition) => holds(condition, labels));
}

/** A label that is missing, or of another type, matches nothing. */
function holds({ key, op, value }: LabelFilter, labels: Labels): boolean {
  const label = labels[key];
  if (label === undefined || value === null || typeof label !== typeof value) return false;
  return op === '=' ? label === value : op === '!=' ? label !== value : op === '>=' && label >= value;
}

/** Whether an extractor looks at the decoded picture, or at the bytes only. */
export function needsPixels({ extractor }: ModelPolicy): boolean {
  return extractor === 'image/phash' || extractor === 'image/colors';
}

/** How many rows it writes of a picture. */
export function rowsOf({ extractor, params }: ModelPolicy, { colors }: Sample): number {
  if (extractor === 'image/colors') return Math.min(params.count ?? 0, colors);
  return extractor === 'test/direction' ? (params.rows ?? 0) : 1;
}

/** The vectors that `test/fixtures/direction-extractor.mjs` writes, one a row. */
export function directionsOf({ bytes }: Sample, rows: number): number[][] {
  return Array.from({ length: rows }, (_, row) => {
    const digest = createHash('sha256').update(bytes).update(String(row)).digest();
    const vector = Array.from({ length: 8 }, (_component, place) => digest.readInt8(place) + 0.5);
    const norm = Math.hypot(...vector);
    return vector.map((component) => component / norm);
  });
}
