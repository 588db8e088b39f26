/**
 * The leg of words: which columns of texts there are, and what is found in them.
 *
 * @module
 */
import { indexName } from '../contract/index.ts';
import type { Database, PolicyRecord, SearchTextOptions, TextIndex, TextMatch } from '../store/index.ts';
import { CONTENT_FIELDS, CONTENT_TEXTS, queryTerms, searchText, textFields, versionOf } from '../store/index.ts';

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

/** What was found by words, and what there is to say of it. */
export interface TextLeg {
  /** Best first, ties by content id; distinct roots. */
  readonly matches: readonly TextMatch[];
  readonly notes: readonly string[];
}

/** Looks the words of a question up. One without words, such as an emoji, finds nothing and says so. */
export async function textLeg(database: Database, namespace: string, options: SearchTextOptions): Promise<TextLeg> {
  if (queryTerms(options.text).length === 0)
    return { matches: [], notes: ['Nothing was looked up by words: the question has no letters and no numbers'] };
  return { matches: await searchText(database, namespace, options), notes: [] };
}
