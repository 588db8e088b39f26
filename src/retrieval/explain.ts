/**
 * Hits as they are shown: what is stored of them, and why each is one.
 *
 * @module
 */
import type { Explanation, Hit, LegEvidence } from '../contract/index.ts';
import type { Database, HitFields, PolicyVersion } from '../store/index.ts';
import { contentColumns, hydrate, matchedRows, positionsOf } from '../store/index.ts';
import type { SearchIndex } from './choose-index.ts';
import type { Explained, RankedEvidence, RankedHit } from './ranked-hit.ts';
import type { RegionLookout } from './regions.ts';
import { nearestRegions } from './regions.ts';

export interface HitDependencies {
  readonly database: Database;
  /** Policies that found the colours of pictures. */
  readonly colors: (namespace: string) => Promise<readonly PolicyVersion[]>;
}

/** Second statement: what hits show (S12), in the order given. A content deleted since it was ranked is left out. */
export async function toHits(
  { database, colors }: HitDependencies,
  namespace: string,
  ranked: readonly RankedHit[],
  { explained, lookouts }: { readonly explained: Explained | undefined; readonly lookouts: readonly RegionLookout[] },
): Promise<Hit[]> {
  const ids = ranked.map(({ contentId }) => contentId);
  const frames = [...new Set(ranked.flatMap(framesOf))];
  const [facts, rows, values, met, positions, near] = await Promise.all([
    rowFacts(database, namespace, ranked, await colors(namespace)),
    rowFacts(
      database,
      namespace,
      ranked.flatMap(({ evidence = [] }) => evidence.filter(({ rowsOf }) => rowsOf !== undefined)),
    ),
    explained === undefined || explained.columns.length === 0
      ? undefined
      : contentColumns(database, namespace, explained.columns, ids),
    explained === undefined
      ? undefined
      : matchedRows(database, namespace, explained.condition, explained.parts, [...ids, ...frames]),
    positionsOf(database, namespace, frames),
    lookouts.length === 0 ? undefined : nearestRegions(database, namespace, lookouts, ranked.map(boxedOf)),
  ]);
  return ranked.flatMap((hit) => {
    const known = facts(hit);
    if (known === undefined) return [];
    const { contentId, score, similarity } = hit;
    const fields = { ...known, ...toMoments(hit.moments, positions) };
    const shown = { ...fields, score, similarity, ...(near && { regions: near.get(boxedOf(hit)) ?? [] }) };
    if (explained === undefined) return [shown];
    const rowsOfFrames = framesOf(hit).flatMap((frame) => {
      const position = positions.get(frame);
      if (position === undefined) return [];
      return (met?.get(frame) ?? []).map((row) => ({ ...row, moment: { contentId: frame, ...position } }));
    });
    const explanation: Explanation = {
      legs: (hit.evidence ?? []).map((each) => ({
        ...toLegEvidence(each, rows(each)),
        ...toMoments(each.moments, positions),
      })),
      labels: pick(fields.labels, explained.labels),
      conditions: values?.get(contentId) ?? {},
      rows: [...(met?.get(contentId) ?? []), ...rowsOfFrames],
    };
    return [{ ...shown, explanation }];
  });
}

/** Whose boxes a hit shows: of a video those of its best frame. */
function boxedOf({ contentId, moments = [] }: RankedHit): string {
  return moments[0]?.contentId ?? contentId;
}

/** The frames that a hit tells of. */
function framesOf({ moments = [], evidence = [] }: RankedHit): string[] {
  const all = [moments, ...evidence.map((each) => each.moments ?? [])].flat();
  return [...new Set(all.map(({ contentId }) => contentId))];
}

function toMoments(
  moments: RankedHit['moments'],
  positions: Awaited<ReturnType<typeof positionsOf>>,
): Pick<Hit, 'moments'> {
  const known = (moments ?? []).flatMap(({ contentId, score }) => {
    const position = positions.get(contentId);
    return position === undefined ? [] : [{ contentId, ...position, score }];
  });
  return known.length === 0 ? {} : { moments: known };
}

interface Row {
  readonly contentId: string;
  readonly ord: number | null;
  readonly rowsOf: SearchIndex | undefined;
}

/** One statement for each index whose boxes are shown. */
async function rowFacts(
  database: Database,
  namespace: string,
  rows: readonly Row[],
  colors?: readonly PolicyVersion[],
): Promise<(row: Row) => HitFields | undefined> {
  const byIndex = new Map<SearchIndex | undefined, Row[]>();
  for (const row of rows) {
    const group = byIndex.get(row.rowsOf) ?? [];
    byIndex.set(row.rowsOf, group);
    group.push(row);
  }
  const groups = await Promise.all(
    [...byIndex].map(async ([index, group]) => {
      const fields = await hydrate(database, namespace, group, { index, colors });
      return [index, new Map(fields.map((each) => [each.contentId, each]))] as const;
    }),
  );
  const facts = new Map(groups);
  return ({ contentId, rowsOf }) => facts.get(rowsOf)?.get(contentId);
}

function toLegEvidence(evidence: RankedEvidence, fields: HitFields | undefined): LegEvidence {
  const { leg, index, rank, score, weight, share, words } = evidence;
  return {
    leg,
    index,
    rank,
    score,
    weight,
    share,
    ord: fields?.ord ?? null,
    region: fields?.region ?? null,
    words: [...words],
  };
}

function pick(values: Readonly<Record<string, unknown>>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.filter((key) => Object.hasOwn(values, key)).map((key) => [key, values[key]]));
}
