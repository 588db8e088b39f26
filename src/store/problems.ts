/**
 * Files that were met and could not be read, so that none is lost: kept until they can be read or have gone.
 *
 * @module
 */
import type { AddProblem } from '../contract/index.ts';
import type { Queryable } from './database.ts';
import { qualified } from './names.ts';
import { storableText } from './storable.ts';

/** A problem and the address of its file. */
export interface FileProblem extends AddProblem {
  readonly uri: string;
}

/** Keeps problems, the newest reason of each file. */
export async function recordProblems(
  db: Queryable,
  namespace: string,
  problems: readonly FileProblem[],
): Promise<void> {
  const newest = [...new Map(problems.map((problem) => [problem.uri, problem])).values()];
  if (newest.length === 0) return;
  await db.query(
    `insert into ${qualified(namespace, '_problem')} (uri, path, code, error)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::text[])
     on conflict (uri) do update set path = excluded.path, code = excluded.code, error = excluded.error, seen_at = now()`,
    [
      newest.map(({ uri }) => uri),
      newest.map(({ path }) => storableText(path)),
      newest.map(({ code }) => code),
      newest.map(({ message }) => storableText(message)),
    ],
  );
}

/** Forgets the problems of files that were read. */
export async function clearProblems(db: Queryable, namespace: string, uris: readonly string[]): Promise<void> {
  if (uris.length === 0) return;
  await db.query(`delete from ${qualified(namespace, '_problem')} where uri = any($1::text[])`, [uris]);
}

/** Newest first, with how many there are in all. */
export async function listProblems(
  db: Queryable,
  namespace: string,
  limit: number,
): Promise<{ problems: FileProblem[]; total: number }> {
  const table = qualified(namespace, '_problem');
  const { rows } = await db.query<FileProblem & { total: number }>(
    `select uri, path, code, error as message, count(*) over () as total from ${table} order by seen_at desc, uri limit $1`,
    [limit],
  );
  return {
    problems: rows.map(({ uri, path, code, message }) => ({ uri, path, code, message })),
    total: rows[0]?.total ?? 0,
  };
}
