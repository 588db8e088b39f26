/**
 * In how many documents terms occur, which makes them worth more or less:
 *
 *     idf(term) = ln(1 + (N − df + ½) / (df + ½))        df documents of the index with the term, N of the largest index
 *
 * Robertson and Spärck Jones' weight as BM25 has it, "Okapi at TREC-3", 1994. Large indexes keep their counts, which are
 * taken anew when the queue has drained and the documents have grown by a tenth: the weight is a logarithm, and keeping it
 * true in every transaction would make all writers wait for the row of "dog". Small ones are counted at every search, and
 * of a large one that was never counted the first documents are.
 *
 * @module
 */
import { identifier } from './database.ts';
import type { Database, Queryable } from './database.ts';
import { qualified } from './names.ts';
import type { PolicyVersion, TextIndex } from './records.ts';
import { textTable } from './text-tables.ts';

/** Documents up to which an index is counted at every search. */
export const COUNTED_LIVE = 10_000;

/** Kept counts are taken anew when there are so many times the documents. */
const GROWN = 1.1;

/** Terms of fewer documents are not kept: file names have as many as there are files. */
const MIN_DOCUMENTS = 5;

/** A term as a tsquery, and as `_text_term` is asked for it. */
export interface SoughtTerm {
  /** A lexeme, or the beginning of one. */
  readonly lexeme: string;
  readonly isPrefix: boolean;
}

export interface TermCounts {
  /** Documents of the index. */
  readonly documents: number;
  /** Of each term that was asked for, in that order; at most `documents`. */
  readonly frequencies: readonly number[];
}

/** How much a term that occurs in `frequency` of `documents` says; above 0. */
export function inverseDocumentFrequency(documents: number, frequency: number): number {
  return Math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5));
}

/** SQL text of a term as a tsquery takes it. */
export function termQuery({ lexeme, isPrefix }: SoughtTerm): string {
  return `'${lexeme.replaceAll('\\', '\\\\').replaceAll("'", "''")}'${isPrefix ? ':*' : ''}`;
}

/** Documents with each term. */
export async function countTerms(
  db: Queryable,
  namespace: string,
  index: TextIndex,
  terms: readonly SoughtTerm[],
): Promise<TermCounts> {
  return (await keptCounts(db, namespace, index, terms)) ?? (await liveCounts(db, namespace, index, terms));
}

async function keptCounts(
  db: Queryable,
  namespace: string,
  index: TextIndex,
  terms: readonly SoughtTerm[],
): Promise<TermCounts | undefined> {
  const { rows } = await db.query<{ documents: number; frequencies: number[] }>(
    `select i.documents, array(
        select coalesce((select sum(t.documents) from ${qualified(namespace, '_text_term')} t
                          where t.policy_id = i.policy_id and t.version = i.version and t.field = i.field
                            and t.term >= s.first and t.term <= s.last), 1)
          from unnest($4::text[], $5::text[]) with ordinality as s (first, last, place) order by s.place)::float8[] as frequencies
       from ${qualified(namespace, '_text_index')} i where i.policy_id = $1 and i.version = $2 and i.field = $3`,
    [
      index.policyId,
      index.version,
      index.field,
      terms.map(({ lexeme }) => lexeme),
      terms.map(({ lexeme, isPrefix }) => (isPrefix ? `${lexeme}\u{10ffff}` : lexeme)),
    ],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  return { documents: row.documents, frequencies: row.frequencies.map((count) => Math.min(count, row.documents)) };
}

async function liveCounts(
  db: Queryable,
  namespace: string,
  index: TextIndex,
  terms: readonly SoughtTerm[],
): Promise<TermCounts> {
  const column = identifier(index.field);
  const counts = terms.map((_term, place) => `count(*) filter (where d.terms @@ $${place + 1}::tsquery)`);
  const { rows } = await db.query<{ documents: number; frequencies: number[] }>(
    `select count(*) as documents, array[${counts.join(', ')}]::float8[] as frequencies
       from (select ${column} as terms from ${textTable(namespace, index)} where ${column} is not null limit ${COUNTED_LIVE}) d`,
    terms.map(termQuery),
  );
  return rows[0] ?? { documents: 0, frequencies: terms.map(() => 0) };
}

/**
 * Counts the terms of large indexes anew where they have grown; call it when the queue of their policies has drained.
 *
 * @returns Names of the indexes that were counted.
 */
export async function refreshTermCounts(
  db: Database,
  namespace: string,
  indexes: readonly TextIndex[],
): Promise<string[]> {
  const counted: string[] = [];
  for (const index of indexes) {
    const column = identifier(index.field);
    const { rows } = await db.query<{ documents: number; kept: number | null }>(
      `select (select count(*) from ${textTable(namespace, index)} where ${column} is not null) as documents,
              (select documents from ${qualified(namespace, '_text_index')}
                where policy_id = $1 and version = $2 and field = $3) as kept`,
      keyOf(index),
    );
    const { documents = 0, kept = null } = rows[0] ?? {};
    if (documents <= COUNTED_LIVE && kept === null) continue;
    if (kept !== null && documents <= kept * GROWN && documents >= kept / GROWN) continue;
    await recount(db, namespace, index, documents);
    counted.push(index.name);
  }
  return counted;
}

async function recount(db: Database, namespace: string, index: TextIndex, documents: number): Promise<void> {
  const own = 'policy_id = $1 and version = $2 and field = $3';
  await db.transaction(async (tx) => {
    for (const table of ['_text_term', '_text_index'])
      await tx.query(`delete from ${qualified(namespace, table)} where ${own}`, keyOf(index));
    if (documents <= COUNTED_LIVE) return;
    await tx.query(
      `insert into ${qualified(namespace, '_text_term')} (policy_id, version, field, term, documents)
       select $1::integer, $2::integer, $3::text, term, count(*)
         from ${textTable(namespace, index)} d cross join unnest(tsvector_to_array(d.${identifier(index.field)})) as term
        group by term having count(*) >= ${MIN_DOCUMENTS}`,
      keyOf(index),
    );
    await tx.query(
      `insert into ${qualified(namespace, '_text_index')} (policy_id, version, field, documents) values ($1, $2, $3, $4)`,
      [...keyOf(index), documents],
    );
  });
}

function keyOf({ policyId, version, field }: PolicyVersion & { readonly field: string }): [number, number, string] {
  return [policyId, version, field];
}
