/**
 * The statement that would have made a search, for those who want to go on in SQL.
 *
 * @module
 */
import { literal } from '../../state/sql-names.ts';
import { conditionsOf, conditionSql } from './condition.ts';
import type { SearchParams } from './params.ts';

const LIMIT = 60;

/**
 * Undefined where SQL can't say it: pictures that only this browser has, parts of pictures, objects beside pictures, several things
 * at a time, and words that a text must have or not have.
 *
 * @param index Of vectors, that the search looked in: `<graph>.<policy>.<output>`.
 */
export function asSql(params: SearchParams, index: string | undefined): string | undefined {
  const { q, image, like, region, regions, has = [], not = [] } = params;
  if (image !== undefined || region !== undefined || regions === true || has.length + not.length > 0) return undefined;
  if (q !== undefined && like !== undefined) return undefined;
  const where = conditionSql([
    ...conditionsOf(params),
    ...(like === undefined ? [] : [{ mode: 'without', sql: `c.content_id <> ${literal(like)}` } as const]),
  ]);
  const filter = where === undefined ? '' : `\nwhere ${where}`;
  if (q === undefined && like === undefined) {
    return `select c.content_id, c.name\nfrom content c${filter}\norder by c.created_at desc\nlimit ${LIMIT}`;
  }
  if (index === undefined) return undefined;
  const dot = index.lastIndexOf('.');
  const [table, column] = [index.slice(0, dot), index.slice(dot + 1)].map((name) => `"${name.replaceAll('"', '""')}"`);
  const wanted =
    q === undefined
      ? `(select ${column} from ${table} where content_id = ${literal(like ?? '')} limit 1)`
      : `embed(${literal(index)}, ${literal(q)})`;
  return `select c.content_id, c.name, similarity(e.${column}, ${wanted}) as similarity
from ${table} e join content c using (content_id)${filter}
order by similarity desc
limit ${LIMIT}`;
}
