/**
 * The leg of words: which columns of texts there are, and what is found in them.
 *
 * @module
 */
import { indexName } from '../contract/index.ts';
import type { Database, PolicyRecord, TextIndex } from '../store/index.ts';
import { CONTENT_FIELDS, CONTENT_TEXTS, queryTerms, searchText, textFields, versionOf } from '../store/index.ts';
import type { Leg, LegScope } from './leg.ts';
import { timed } from './leg.ts';
import { FILTER_FIRST_MAX_ROWS, leftByConditions } from './plan.ts';

/** Texts of the policy versions in use, and the names and labels of contents. */
export function textIndexes(policies: readonly PolicyRecord[]): TextIndex[] {
  const ofPolicies = policies
    .filter(({ state }) => state === 'active')
    .flatMap((policy) =>
      textFields(policy.output).map(({ name, language }) => ({
        ...versionOf(policy),
        name: indexName(policy.graph, policy.name, name),
        field: name,
        language,
      })),
    );
  const ofContents = CONTENT_FIELDS.map((field) => ({
    ...CONTENT_TEXTS,
    name: `content.${field}`,
    field,
    language: 'und',
  }));
  return [...ofPolicies, ...ofContents];
}

/** Looks words up in all of `indexes`. Words without letters and numbers, such as an emoji, find nothing and say so. */
export function textLeg(
  database: Database,
  words: string,
  { indexes, weight }: { readonly indexes: readonly TextIndex[]; readonly weight: number },
  scope: LegScope,
): Leg {
  const { namespace, condition, without } = scope;
  const hasTerms = queryTerms(words).length > 0;
  const timings: Record<string, number> = {};
  return {
    kind: 'text',
    weight,
    index: undefined,
    notes: hasTerms ? [] : ['Nothing was looked up by words: the question has no letters and no numbers'],
    async rank(depth) {
      const filteredRows = await scope.filteredRows;
      const limit = depth + (without === undefined ? 0 : 1);
      const options = { text: words, indexes, depth: limit, condition, filteredRows };
      const found = hasTerms ? await timed(timings, 'searchMs', () => searchText(database, namespace, options)) : [];
      const others = found.filter(({ rootId }) => rootId !== without).slice(0, depth);
      const isFilterFirst = filteredRows !== undefined && filteredRows <= FILTER_FIRST_MAX_ROWS;
      return {
        matches: others.map(({ rootId, index, score, terms, moments }) => ({
          contentId: rootId,
          ord: null,
          score,
          index,
          words: terms,
          moments,
        })),
        plan: {
          leg: 'text',
          indexes: indexes.map(({ name }) => name),
          path: isFilterFirst ? 'filter-first' : 'gin',
          reason: isFilterFirst
            ? `${leftByConditions(filteredRows)}, whose texts are read`
            : 'documents with the rarest words first',
          efSearch: null,
          rows: null,
          filteredRows: filteredRows ?? null,
          timings: { ...timings },
        },
      };
    },
  };
}
