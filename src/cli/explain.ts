/**
 * Why hits are hits, as lines of text.
 *
 * @module
 */
import type { BoundingBox, Hit, LegEvidence, LegPlan, MatchedRow, SearchPlan } from '../contract/index.ts';
import { timeText } from '../contract/index.ts';
import { thousands } from './output.ts';

/** Of a hit; `--json` has more. */
const MOST_ROWS = 5;

/** Lines that go under a hit. */
export function explanationLines({ explanation, score }: Pick<Hit, 'explanation' | 'score'>): string[] {
  if (explanation === undefined) return [];
  const { legs, labels, conditions, rows } = explanation;
  const values = (pairs: Readonly<Record<string, unknown>>, sign: string): string[] =>
    Object.entries(pairs).map(([name, value]) => `${name}${sign}${shown(value)}`);
  const met = [...values(labels, '='), ...values(conditions, ' = ')];
  const isAlone = legs.length === 1 && legs[0]?.score === score;
  return [
    ...legs.map((leg) => legLine(leg, isAlone)),
    ...(met.length === 0 ? [] : [`has ${met.join(', ')}`]),
    ...rows.slice(0, MOST_ROWS).map((row) => rowLine(row, values(row.values, ' = '))),
    ...(rows.length > MOST_ROWS ? [`and ${rows.length - MOST_ROWS} more rows that met the condition`] : []),
  ];
}

/** A line with the boxes of a hit that are near to what was asked; none where nobody asked for boxes. */
export function regionLines({ regions = [] }: Pick<Hit, 'regions'>): string[] {
  if (regions.length === 0) return [];
  return [`boxes ${regions.map(({ box: edges, similarity }) => `${box(edges)} (${round(similarity)})`).join(', ')}`];
}

function rowLine({ table, ord, region, moment }: MatchedRow, values: readonly string[]): string {
  const facts = [
    ...(moment === undefined ? [] : [`at ${timeText(moment.timeMs)}`]),
    ...values,
    ...(region === null ? [] : [`box ${box(region)}`]),
  ];
  return `has a row ${ord} of ${table}${facts.length === 0 ? '' : `: ${facts.join(', ')}`}`;
}

function legLine(evidence: LegEvidence, isAlone: boolean): string {
  const { leg, index, rank, score, weight, share, region, words, moments } = evidence;
  const facts = [`rank ${thousands(rank)}`, `${leg === 'vector' ? 'similarity' : 'score'} ${round(score)}`];
  if (!isAlone)
    facts.push(`${Math.round(share * 100)} % of the score${weight === 1 ? '' : ` with weight ${round(weight)}`}`);
  if (words.length > 0) facts.push(`words ${words.map((word) => `"${word}"`).join(', ')}`);
  if (region !== null) facts.push(`box ${box(region)}`);
  if (moments !== undefined) facts.push(`at ${moments.map(({ timeMs }) => timeText(timeMs)).join(', ')}`);
  return `${leg} ${index}: ${facts.join(', ')}`;
}

/** How a search was run, a line a leg. */
export function planLines({ legs, fusion }: SearchPlan): string[] {
  const fused =
    fusion === null
      ? []
      : [`Fused by reciprocal ranks with k ${round(fusion.k)}, from the first ${thousands(fusion.depth)} of each leg`];
  return [...legs.map(planLine), ...fused];
}

function planLine({ leg, indexes, path, reason, efSearch, found, timings }: LegPlan): string {
  const over = indexes.length === 0 ? '' : ` over ${indexes.join(', ')}`;
  const width = efSearch === null ? '' : `, ef_search ${efSearch}`;
  const times = Object.entries(timings).map(([step, ms]) => `${step.replace(/Ms$/, '')} ${round(ms)} ms`);
  return `Leg ${leg}${over}: ${path}${width} (${reason}); ${thousands(found)} found${times.length === 0 ? '' : `; ${times.join(', ')}`}`;
}

function box({ xmin, ymin, xmax, ymax }: BoundingBox): string {
  return [xmin, ymin, xmax, ymax].map((value) => Math.round(value)).join(',');
}

function shown(value: unknown): string {
  if (typeof value === 'number') return round(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function round(value: number): string {
  return String(Math.round(value * 10_000) / 10_000);
}
