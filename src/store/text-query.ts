/**
 * A question's words as terms of each index: stemmed by the dictionary of the index's language, or as they are.
 *
 * @module
 */
import { identifier } from './database.ts';
import type { Database, Queryable } from './database.ts';
import type { TextCondition, TextIndex } from './records.ts';
import { textTable } from './text-tables.ts';
import type { QueryTerm } from './text-terms.ts';
import { dictionaryOf, queryTerms } from './text-terms.ts';
import { countTerms, COUNTED_LIVE, inverseDocumentFrequency, termQuery } from './text-statistics.ts';
import type { SoughtTerm, TermCounts } from './text-statistics.ts';

/** Terms of a question that are looked up, its first ones. */
export const MAX_QUERY_TERMS = 48;

/** Whose words without meaning are not looked up where a language is not known: most questions are in it. */
const COMMON_LANGUAGE = 'en';

/** A term of an index. */
export interface IndexTerm extends SoughtTerm {
  /** Place of the question's term that it stands for: `dogs` of a name and `dog` of a caption are one. */
  readonly place: number;
  /** Its idf in this index. */
  readonly weight: number;
  /** Documents with it, of `documents`. */
  readonly frequency: number;
}

export interface IndexQuery {
  readonly index: TextIndex;
  readonly documents: number;
  readonly terms: readonly IndexTerm[];
}

export interface TextQuery {
  /** Distinct terms in the order of the question; `IndexTerm.place` is theirs. */
  readonly terms: readonly QueryTerm[];
  /** Only indexes in which something can be looked up. */
  readonly indexes: readonly IndexQuery[];
}

/** Makes a question's terms and weighs them. */
export async function readTextQuery(
  db: Database,
  namespace: string,
  text: string,
  indexes: readonly TextIndex[],
): Promise<TextQuery> {
  const terms = queryTerms(text).slice(0, MAX_QUERY_TERMS);
  if (terms.length === 0 || indexes.length === 0) return { terms, indexes: [] };
  return db.transaction(
    async (tx) => {
      const sought = await seekTerms(tx, terms, indexes);
      const counts = await countEach(tx, namespace, indexes, sought);
      // Of all that is searched: two contents with labels among a thousand do not make each label common.
      const all = Math.max(0, ...counts.map(({ documents }) => documents));
      const queries = indexes.flatMap((index, position): IndexQuery[] => {
        const { documents, frequencies } = counts[position] ?? { documents: 0, frequencies: [] };
        if (documents === 0) return [];
        const scale = documents === COUNTED_LIVE ? all / documents : 1;
        const own = (sought[position] ?? []).map((term, place) => {
          const frequency = frequencies[place] ?? 0;
          return { ...term, frequency, weight: inverseDocumentFrequency(all, frequency * scale) };
        });
        return own.length === 0 ? [] : [{ index, documents, terms: own }];
      });
      return { terms, indexes: queries };
    },
    { readOnly: true, priority: 'search' },
  );
}

async function countEach(
  tx: Queryable,
  namespace: string,
  indexes: readonly TextIndex[],
  sought: readonly (readonly SoughtTerm[])[],
): Promise<TermCounts[]> {
  const counts: TermCounts[] = [];
  for (const [position, index] of indexes.entries())
    counts.push(await countTerms(tx, namespace, index, sought[position] ?? []));
  return counts;
}

/**
 * What tells contents whose root has a document with all words of a text: for each text the indexes that can have one, none for
 * a text without words.
 */
export async function textConditions(
  db: Database,
  namespace: string,
  indexes: readonly TextIndex[],
  texts: readonly string[],
): Promise<TextCondition[]> {
  return db.transaction(
    async (tx) => {
      const conditions: TextCondition[] = [];
      for (const text of texts) {
        const sought = await seekTerms(tx, queryTerms(text).slice(0, MAX_QUERY_TERMS), indexes);
        conditions.push(
          indexes.flatMap((index, position) => {
            const query = (sought[position] ?? []).map(termQuery).join(' & ');
            return query === '' ? [] : [{ table: textTable(namespace, index), column: identifier(index.field), query }];
          }),
        );
      }
      return conditions;
    },
    { readOnly: true, priority: 'search' },
  );
}

type Placed = SoughtTerm & { readonly place: number };

/** The terms of each index, distinct. */
async function seekTerms(
  tx: Queryable,
  terms: readonly QueryTerm[],
  indexes: readonly TextIndex[],
): Promise<Placed[][]> {
  const dictionaries = [
    ...new Set(
      [COMMON_LANGUAGE, ...indexes.map(({ language }) => language)].flatMap((language) => dictionaryOf(language) ?? []),
    ),
  ];
  const stems = await stem(tx, terms, dictionaries);
  const isStopWord = (place: number): boolean => dictionaries.some((name) => stems.get(name)?.[place]?.length === 0);
  const hasOthers = terms.some((_term, place) => !isStopWord(place));
  const lexemesOf = (dictionary: string | undefined, term: QueryTerm, place: number): readonly string[] => {
    if (term.kind !== 'word') return [term.term];
    if (dictionary !== undefined) return stems.get(dictionary)?.[place] ?? [term.term];
    return hasOthers && isStopWord(place) ? [] : [term.term];
  };
  const places = samePlaces(terms, (term, place) =>
    [undefined, ...dictionaries].flatMap((dictionary) => lexemesOf(dictionary, term, place)),
  );
  return indexes.map(({ language }) => {
    const own = new Map<string, Placed>();
    for (const [place, term] of terms.entries()) {
      for (const lexeme of lexemesOf(dictionaryOf(language), term, place)) {
        if (own.has(lexeme)) continue;
        own.set(lexeme, { lexeme, isPrefix: term.kind === 'character', place: places[place] ?? place });
      }
    }
    return [...own.values()];
  });
}

/** For each term the place of the first one that it shares a lexeme with: `dogs` and `dog` count once. */
function samePlaces(
  terms: readonly QueryTerm[],
  lexemesOf: (term: QueryTerm, place: number) => readonly string[],
): number[] {
  const first = new Map<string, number>();
  return terms.map((term, place) => {
    const lexemes = lexemesOf(term, place);
    const found = lexemes.map((lexeme) => first.get(lexeme)).find((known) => known !== undefined) ?? place;
    for (const lexeme of lexemes) if (!first.has(lexeme)) first.set(lexeme, found);
    return found;
  });
}

/** Lexemes of each term by dictionary: none for a word without meaning. */
async function stem(
  tx: Queryable,
  terms: readonly QueryTerm[],
  dictionaries: readonly string[],
): Promise<Map<string, readonly (readonly string[])[]>> {
  const { rows } = await tx.query<{ dictionary: string; lexemes: readonly string[] | null; term: string }>(
    `select d.name as dictionary, t.term, ts_lexize(d.name::regdictionary, t.term) as lexemes
       from unnest($1::text[]) as d (name) cross join unnest($2::text[]) with ordinality as t (term, place)
      order by d.name, t.place`,
    [dictionaries, terms.map(({ term }) => term)],
  );
  return new Map(
    dictionaries.map((name) => [
      name,
      rows.filter(({ dictionary }) => dictionary === name).map(({ lexemes, term }) => lexemes ?? [term]),
    ]),
  );
}
