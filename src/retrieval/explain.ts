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
  explained: Explained | undefined,
): Promise<Hit[]> {
  const ids = ranked.map(({ contentId }) => contentId);
  const frames = ranked.flatMap(({ moments = [] }) => moments.map(({ contentId }) => contentId));
  const [facts, rows, values, met, positions] = await Promise.all([
    rowFacts(database, namespace, ranked, await colors(namespace)),
    rowFacts(
      database,
      namespace,
      ranked.flatMap(({ evidence = [] }) => evidence.filter(({ rowsOf }) => rowsOf !== undefined)),
    ),
    explained === undefined || explained.columns.length === 0
      ? undefined
      : contentColumns(database, namespace, explained.columns, ids),
    explained === undefined ? undefined : matchedRows(database, namespace, explained.condition, explained.parts, ids),
    positionsOf(database, namespace, frames),
  ]);
  return ranked.flatMap((hit) => {
    const known = facts(hit);
    if (known === undefined) return [];
    const moments = (hit.moments ?? []).flatMap(({ contentId: id, score: of }) => {
      const position = positions.get(id);
      return position === undefined ? [] : [{ contentId: id, ...position, score: of }];
    });
    const fields = moments.length === 0 ? known : { ...known, moments };
    const { contentId, score, similarity } = hit;
    if (explained === undefined) return [{ ...fields, score, similarity }];
    const explanation: Explanation = {
      legs: (hit.evidence ?? []).map((each) => toLegEvidence(each, rows(each))),
      labels: pick(fields.labels, explained.labels),
      conditions: values?.get(contentId) ?? {},
      rows: met?.get(contentId) ?? [],
    };
    return [{ ...fields, score, similarity, explanation }];
  });
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
