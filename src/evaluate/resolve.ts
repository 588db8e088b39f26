/**
 * From pictures as files name them to contents of the library: by file name, by address, by content id or given id, in that order.
 *
 * @module
 */
import type { FoveaClient } from '../client/index.ts';
import { ContentId, contentIdOfGiven, GivenId, InvalidInputError } from '../contract/index.ts';
import type { Relevance } from './metrics.ts';
import type { QuerySpec } from './query-specs.ts';

/** A query whose pictures are known. */
export interface EvaluationQuery {
  readonly id: string;
  /** Words. */
  readonly text: string;
  readonly language: string | null;
  /** Content ids with their grades, at least one of them relevant. */
  readonly relevance: Relevance;
}

export interface ResolvedQueries {
  readonly queries: readonly EvaluationQuery[];
  /** Pictures of the file that the library doesn't have, as the file names them. */
  readonly unknown: readonly string[];
  /** Queries that were left out, because nothing that the library has is relevant to them. */
  readonly leftOut: number;
}

export interface ResolveOptions {
  /** Go on without pictures that the library doesn't have, instead of refusing. */
  readonly skipUnknown?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** References asked for in one statement. */
const BATCH = 2000;
const SHOWN = 5;

/**
 * @throws InvalidInputError where pictures are unknown (unless they are to be skipped), where a name is that of several
 * contents, and where no query is left.
 */
export async function resolveQueries(
  client: FoveaClient,
  specs: readonly QuerySpec[],
  { skipUnknown = false, signal }: ResolveOptions = {},
): Promise<ResolvedQueries> {
  const references = [...new Set(specs.flatMap(({ judged }) => judged.map(({ reference }) => reference)))];
  const contents = await findContents(client, references, signal);
  const unknown = references.filter((reference) => !contents.has(reference));
  if (unknown.length > 0 && !skipUnknown) {
    throw new InvalidInputError(
      `Cannot evaluate: ${unknown.length} of the ${references.length} pictures that the queries name are not in namespace "${client.namespace}" (${quoted(unknown)}); add them, or leave them out with --skip-unknown`,
    );
  }
  const queries = specs.map(({ id, text, language, judged }) => {
    const relevance = new Map<string, number>();
    for (const { reference, grade } of judged) {
      const contentId = contents.get(reference);
      if (contentId !== undefined) relevance.set(contentId, Math.max(grade, relevance.get(contentId) ?? grade));
    }
    return { id, text, language, relevance };
  });
  const judged = queries.filter(({ relevance }) => [...relevance.values()].some((grade) => grade > 0));
  if (judged.length === 0) {
    throw new InvalidInputError(
      `Cannot evaluate: to none of the ${queries.length} queries a picture of namespace "${client.namespace}" is relevant`,
    );
  }
  return { queries: judged, unknown, leftOut: queries.length - judged.length };
}

/** Content ids by reference; what is unknown is not in it. */
async function findContents(
  client: FoveaClient,
  references: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Map<string, string>> {
  const found = await lookUp(client, 'name', references, signal);
  const addresses = references.filter((reference) => !found.has(reference) && reference.includes(':'));
  for (const [reference, contentId] of await lookUp(client, 'uri', addresses, signal)) found.set(reference, contentId);
  const rest = references.flatMap((reference) => {
    const contentId = found.has(reference) ? undefined : idOf(reference);
    return contentId === undefined ? [] : [{ reference, contentId }];
  });
  const known = await lookUp(client, 'content_id', [...new Set(rest.map(({ contentId }) => contentId))], signal);
  for (const { reference, contentId } of rest) if (known.has(contentId)) found.set(reference, contentId);
  return found;
}

async function lookUp(
  client: FoveaClient,
  column: 'name' | 'uri' | 'content_id',
  values: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (let start = 0; start < values.length; start += BATCH) {
    const { rows } = await client.sql(
      `select ${column}::text as reference, content_id from content
        where parent_id is null and ${column}::text in (select jsonb_array_elements_text($1::jsonb))`,
      [JSON.stringify(values.slice(start, start + BATCH))],
      { limit: 100_000, signal },
    );
    for (const { reference, content_id: contentId } of rows) {
      const before = found.get(String(reference));
      if (before !== undefined) {
        throw new InvalidInputError(
          `Cannot tell which picture "${String(reference)}" is: ${before} and ${String(contentId)} have that name; name it by its id`,
        );
      }
      found.set(String(reference), String(contentId));
    }
  }
  return found;
}

function idOf(reference: string): string | undefined {
  if (ContentId.safeParse(reference).success) return reference.toLowerCase();
  return GivenId.safeParse(reference).success ? contentIdOfGiven(reference) : undefined;
}

function quoted(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).map((name) => `"${name}"`);
  return `${shown.join(', ')}${names.length > SHOWN ? ', …' : ''}`;
}
