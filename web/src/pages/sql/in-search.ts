/**
 * A statement's pictures as a search: its text as a condition, so that it stays as short as it is and follows the library.
 * The other way round is `pages/search/as-sql.ts`.
 *
 * @module
 */
import type { SqlResult } from 'fovea/client';

/** The only column whose name says surely that it holds contents. */
const CONTENT_ID = 'content_id';

/** Undefined where the rows name no contents, or two columns do and a condition could not tell which is meant. */
export function inSearch(query: string, { columns }: Pick<SqlResult, 'columns'>): string | undefined {
  const named = columns.filter(({ name }) => /^content_id(_\d+)?$/.test(name));
  if (named.length !== 1 || named[0]?.name !== CONTENT_ID) return undefined;
  // On lines of its own, so that a comment at its end can't swallow what follows.
  return `content_id in (select ${CONTENT_ID} from (\n${withoutEnd(query)}\n) statement)`;
}

/** A semicolon ends a statement, and can't stand within another. */
const withoutEnd = (query: string): string => query.trim().replace(/[\s;]+$/, '');
