/**
 * Search by words: contents whose documents have the question's terms, scored by how rare those are:
 *
 *     score(root) = Σ over distinct terms  idf(term)       once a term, with its largest idf where several documents have it
 *
 * A document that has only some of the terms ranks lower and stays in. The first statements return candidates
 * (`text-candidates.ts`) with the terms that they have, as bits; the last one completes the best roots by their other
 * documents. Like a vector search, it runs as the namespace's reader where a user's condition is in it.
 *
 * @module
 */
import { conditionSql, Parameters } from './condition.ts';
import { identifier } from './database.ts';
import type { Database, Queryable, QueryOptions } from './database.ts';
import { qualified } from './names.ts';
import type { SqlCondition, TextIndex, TextMatch } from './records.ts';
import { candidateLevels } from './text-candidates.ts';
import type { TermSet } from './text-candidates.ts';
import type { IndexQuery, TextQuery } from './text-query.ts';
import { readTextQuery } from './text-query.ts';
import { termQuery } from './text-statistics.ts';
import { textTable } from './text-tables.ts';
import { SCAN_SETTINGS, searching } from './vectors.ts';

export interface SearchTextOptions {
  readonly text: string;
  readonly indexes: readonly TextIndex[];
  /** Distinct roots wanted, at most 1000. */
  readonly depth: number;
  readonly condition?: SqlCondition | undefined;
  /** Contents that pass the condition, where they were counted: few of them are looked at one by one. */
  readonly filteredRows?: number | undefined;
  /** Of each statement. */
  readonly timeoutMs?: number | undefined;
}

/** A filter that leaves so many contents goes first: each of their documents is read. */
const FILTER_FIRST_ROWS = 30_000;

/** Documents that one statement reads of an index; those of a level are fewer where terms are as independent as expected. */
const MAX_DOCUMENTS = 8000;

/** Of each index at least so many roots, and twice as many as are wanted, are completed by their other documents. */
const MIN_COMPLETED = 300;

/** @returns Best first, ties by content id; distinct roots. None where the text has no letters and no numbers. */
export async function searchText(db: Database, namespace: string, options: SearchTextOptions): Promise<TextMatch[]> {
  const query = await readTextQuery(db, namespace, options.text, options.indexes);
  if (query.indexes.length === 0) return [];
  return searching(db, namespace, options.condition, options.timeoutMs, async (tx, queryOptions) => {
    await tx.execute(SCAN_SETTINGS);
    const scan: Scan = { namespace, query, options, queryOptions };
    const found = new Found(query);
    const isComplete = await readLevels(tx, scan, found);
    if (!isComplete)
      found.complete(await readRoots(tx, scan, found.bestRoots(keptRoots(options.depth) * query.indexes.length)));
    return found.matches().slice(0, options.depth);
  });
}

interface Scan {
  readonly namespace: string;
  readonly query: TextQuery;
  readonly options: SearchTextOptions;
  readonly queryOptions: QueryOptions;
}

interface Row {
  readonly content_id: string;
  readonly root_id: string;
  /** Place of the index in the query. */
  readonly source: number;
  /** The terms that the document has: bit n is the index's n-th. */
  readonly bits: number;
  /** Documents that the statement found in the index, up to {@link MAX_DOCUMENTS}. */
  readonly found: number;
}

/** @returns True where every document with any of the terms was read. */
async function readLevels(tx: Queryable, scan: Scan, found: Found): Promise<boolean> {
  const { indexes } = scan.query;
  const { condition, filteredRows, depth } = scan.options;
  const isFilterFirst = condition !== undefined && (filteredRows ?? Infinity) <= FILTER_FIRST_ROWS;
  const levels = indexes.map(({ terms, documents }) =>
    isFilterFirst ? [terms.map((_term, place) => [place])] : candidateLevels(terms, documents),
  );
  const depthOfLevels = Math.max(...levels.map((own) => own.length));
  let isAll = true;
  for (let level = 0; level < depthOfLevels; level += 1) {
    let asked = levels.map((own) => own[level] ?? []);
    while (asked.some((sets) => sets.length > 0)) {
      const rows = await readCandidates(tx, scan, asked, isFilterFirst);
      found.add(rows);
      const cut = asked.map((_sets, source) => rows.some((row) => row.source === source && isCut(row, depth)));
      isAll &&= !cut.includes(true);
      // More than expected, and any of them: the heavier half surely has the best.
      asked = asked.map((sets, source) =>
        rows.some((row) => row.source === source && row.found >= MAX_DOCUMENTS) && sets.length > 1
          ? sets.slice(0, Math.floor(sets.length / 2))
          : [],
      );
    }
    if (found.size >= depth) return isAll && level === depthOfLevels - 1;
  }
  return isAll;
}

function isCut({ found }: Row, depth: number): boolean {
  return found > keptRoots(depth) || found >= MAX_DOCUMENTS;
}

function keptRoots(depth: number): number {
  return Math.max(MIN_COMPLETED, 2 * depth);
}

async function readCandidates(
  tx: Queryable,
  scan: Scan,
  asked: readonly (readonly TermSet[])[],
  isFilterFirst: boolean,
): Promise<Row[]> {
  const { namespace, query, options } = scan;
  const parameters = new Parameters();
  const filter = conditionSql(options.condition, parameters);
  const matching = `with m as ${isFilterFirst ? 'materialized' : 'not materialized'}
    (select c.content_id as matching_id from ${qualified(namespace, 'content')} c where ${filter})`;
  const join = filter === 'true' ? '' : 'join m on m.matching_id = t.content_id';
  const arms = query.indexes.flatMap((own, source) => {
    const sets = asked[source] ?? [];
    if (sets.length === 0) return [];
    const wanted = parameters.add(sets.map((set) => allOf(own, set)).join(' | '));
    const limit = isFilterFirst ? '' : `limit ${MAX_DOCUMENTS}`;
    return [
      `(select d.*, count(*) over () as found from
         (select t.content_id, t.root_id, ${source} as source, ${bitsSql(own, parameters)} as bits
            from ${textTable(namespace, own.index)} t ${join} where t.${identifier(own.index.field)} @@ ${wanted}::tsquery ${limit}) d
       order by ${scoreSql(own)} desc limit ${keptRoots(options.depth)})`,
    ];
  });
  const { rows } = await tx.query<Row>(
    `${filter === 'true' ? '' : matching} ${arms.join(' union all ')}`,
    parameters.values,
    scan.queryOptions,
  );
  return rows;
}

/** All documents of these roots and of what is derived from them. */
async function readRoots(tx: Queryable, scan: Scan, roots: readonly string[]): Promise<Omit<Row, 'found'>[]> {
  const { namespace, query } = scan;
  const parameters = new Parameters();
  const ids = parameters.add(roots);
  const arms = query.indexes.map((own, source) => {
    const any = parameters.add(own.terms.map(termQuery).join(' | '));
    return `select t.content_id, t.root_id, ${source} as source, ${bitsSql(own, parameters)} as bits
       from k join ${textTable(namespace, own.index)} t on t.content_id = k.content_id where t.${identifier(own.index.field)} @@ ${any}::tsquery`;
  });
  const { rows } = await tx.query<Omit<Row, 'found'>>(
    `with k as not materialized (
       select unnest(${ids}::uuid[]) as content_id union all
       select c.content_id from ${qualified(namespace, 'content')} c where c.root_id = any (${ids}::uuid[]) and c.root_id <> c.content_id)
     ${arms.join(' union all ')}`,
    parameters.values,
    scan.queryOptions,
  );
  return rows;
}

function allOf({ terms }: IndexQuery, set: TermSet): string {
  const lexemes = set.flatMap((place) => terms[place] ?? []).map(termQuery);
  return `(${lexemes.join(' & ')})`;
}

function bitsSql({ index, terms }: IndexQuery, parameters: Parameters): string {
  const bits = terms.map(
    (term, place) =>
      `case when t.${identifier(index.field)} @@ ${parameters.add(termQuery(term))}::tsquery then ${2 ** place}::bigint else 0 end`,
  );
  return `(${bits.join(' | ')})`;
}

function scoreSql({ terms }: IndexQuery): string {
  return terms
    .map(({ weight }, place) => `case when d.bits & ${2 ** place}::bigint = 0 then 0 else ${weight.toFixed(6)} end`)
    .join(' + ');
}

/** What is known of a root. */
interface Root {
  /** Largest weight of each term that one of its documents has, by the term's place in the question. */
  readonly weights: Map<number, number>;
  contentId: string;
  index: string;
  /** Of the document that `contentId` and `index` name. */
  best: number;
  /** Of what was made of the root, with the weights of its own documents. */
  readonly derived: Map<string, Map<number, number>>;
}

/** Frames of a video that are told. */
const MAX_MOMENTS = 5;

/** Roots that were found, with the terms that their documents have. */
class Found {
  readonly #query: TextQuery;
  readonly #roots = new Map<string, Root>();

  constructor(query: TextQuery) {
    this.#query = query;
  }

  get size(): number {
    return this.#roots.size;
  }

  add(rows: readonly Omit<Row, 'found'>[]): void {
    for (const row of rows) this.#add(row);
  }

  /** Adds documents of roots that are known; others are forgotten. */
  complete(rows: readonly Omit<Row, 'found'>[]): void {
    const kept = new Set(rows.map(({ root_id: root }) => root));
    for (const root of this.#roots.keys()) if (!kept.has(root)) this.#roots.delete(root);
    this.add(rows.filter(({ root_id: root }) => this.#roots.has(root)));
  }

  /** The ids of the best so far. */
  bestRoots(limit: number): string[] {
    return this.matches()
      .slice(0, limit)
      .map(({ rootId }) => rootId);
  }

  matches(): TextMatch[] {
    return [...this.#roots]
      .map(([rootId, { contentId, index, weights, derived }]) => ({
        contentId,
        rootId,
        index,
        score: scoreOf(weights),
        terms: this.#written(weights),
        ...(derived.size === 0 ? {} : { moments: momentsOf(derived) }),
      }))
      .toSorted((a, b) => b.score - a.score || (a.contentId < b.contentId ? -1 : 1));
  }

  #add({ content_id: contentId, root_id: rootId, source, bits }: Omit<Row, 'found'>): void {
    const own = this.#query.indexes[source];
    if (own === undefined) return;
    const terms = own.terms.filter((_term, place) => Math.floor(bits / 2 ** place) % 2 === 1);
    const best = scoreOf(new Map(terms.map(({ place, weight }) => [place, weight])));
    const fresh = { weights: new Map(), contentId, index: own.index.name, best, derived: new Map() };
    const root: Root = this.#roots.get(rootId) ?? fresh;
    const all = [root.weights];
    if (contentId !== rootId) {
      const weights = root.derived.get(contentId) ?? new Map<number, number>();
      root.derived.set(contentId, weights);
      all.push(weights);
    }
    for (const weights of all)
      for (const { place, weight } of terms) weights.set(place, Math.max(weight, weights.get(place) ?? 0));
    if (best > root.best || (best === root.best && contentId < root.contentId))
      Object.assign(root, { contentId, index: own.index.name, best });
    this.#roots.set(rootId, root);
  }

  /** Words as they were written; neighbouring pairs of characters are put together again. */
  #written(weights: ReadonlyMap<number, number>): string[] {
    const words: string[] = [];
    let before = -1;
    for (const place of [...weights.keys()].toSorted((a, b) => a - b)) {
      const term = this.#query.terms[place];
      if (term === undefined) continue;
      const last = words.at(-1) ?? '';
      const [first = ''] = term.term;
      const continues =
        before === place - 1 &&
        term.kind === 'gram' &&
        this.#query.terms[before]?.kind === 'gram' &&
        last.endsWith(first);
      if (continues) words[words.length - 1] = last + term.term.slice(first.length);
      else words.push(term.written);
      before = place;
    }
    return words;
  }
}

function momentsOf(derived: Root['derived']): NonNullable<TextMatch['moments']> {
  return [...derived]
    .map(([contentId, weights]) => ({ contentId, score: scoreOf(weights) }))
    .toSorted((a, b) => b.score - a.score || (a.contentId < b.contentId ? -1 : 1))
    .slice(0, MAX_MOMENTS);
}

/** In one order, so that equal terms give equal sums. */
function scoreOf(weights: ReadonlyMap<number, number>): number {
  return [...weights].toSorted(([a], [b]) => a - b).reduce((sum, [, weight]) => sum + weight, 0);
}
