/**
 * The rows of other tables by which a condition let a content through: of each sub-select that reads one view for the content,
 * the same sub-select with a list of its own.
 *
 *     content_id in (select content_id from photos where object_name = 'dog')
 *     exists (select 1 from photos p where p.content_id = c.content_id and p.score > 0.5)
 *
 * Such a sub-select stands alone or is joined to others by AND and OR. Of one below NOT no row met anything, and of one that groups,
 * joins or counts none by itself did: these are left out.
 *
 * @module
 */
import { SqlError } from '../../contract/index.ts';
import type { TableDescription } from '../../contract/index.ts';
import { identifier, literal } from '../database.ts';
import { asStruct, asStructs, parseOne, tagged, words, type Struct, type Word } from './parse.ts';
import { byteOffsets } from './source-text.ts';

/** The rows that met a part of a condition. */
export interface ConditionRows {
  /** The view that has them. */
  readonly table: string;
  /**
   * A SELECT for FROM LATERAL behind `content c`: `content_id`, `ord`, `shown` (JSON of the columns that the part names) and
   * `region` (JSON of the row's box, or null). May end in a comment.
   */
  readonly select: string;
}

/** The clauses of a SELECT whose rows are rows of its table; DISTINCT and ORDER BY lose none. */
const PLAIN_CLAUSES = new Set(['targetList', 'fromClause', 'whereClause', 'distinctClause', 'sortClause']);
const CORNERS = ['x1', 'y1', 'x2', 'y2'] as const;
/** Shown of a row; JSON is made of 50 at most. */
const MAX_COLUMNS = 20;

const PREFIX = 'select ';

/**
 * @param where A condition that the gate has let through, as it returned it.
 * @param views Those of the namespace.
 */
export async function conditionRows(where: string, views: readonly TableDescription[]): Promise<ConditionRows[]> {
  const text = `${PREFIX}${where}`;
  const refuse = (reason: string): SqlError => new SqlError(`Cannot read this condition: ${reason}`);
  // The vectors that were written into it are longer than what users may write.
  const { node } = await parseOne(text, refuse, Number.POSITIVE_INFINITY);
  const source: Source = { text, words: words(text).filter(({ isComment }) => !isComment), offset: byteOffsets(text) };
  return subLinks(asStruct(asStruct(asStructs(node['targetList'])[0])?.['ResTarget'])?.['val']).flatMap(
    (link) => rowsOf(link, source, views) ?? [],
  );
}

interface Source {
  readonly text: string;
  readonly words: readonly Word[];
  /** From bytes to UTF-16 units. */
  readonly offset: (byte: number) => number;
}

/** The sub-selects that a condition is made of by AND and OR. */
function subLinks(expression: unknown): Struct[] {
  const found = tagged(expression);
  if (found?.tag === 'SubLink') return [found.node];
  if (found?.tag !== 'BoolExpr' || found.node['boolop'] === 'NOT_EXPR') return [];
  return asStructs(found.node['args']).flatMap(subLinks);
}

function rowsOf(link: Struct, source: Source, views: readonly TableDescription[]): ConditionRows | undefined {
  const select = tagged(link['subselect'])?.node;
  if (select === undefined || !choosesContents(link, select)) return undefined;
  const relation = onlyRelation(select);
  const view = views.find(({ name }) => name === relation?.['relname']);
  if (relation === undefined || view === undefined) return undefined;
  const names = new Set(view.columns.map(({ name }) => name));
  const from = fromOf(link, relation, source);
  if (from === undefined || !['content_id', 'ord'].every((name) => names.has(name))) return undefined;
  const alias = String(asStruct(relation['alias'])?.['aliasname'] ?? relation['relname']);
  const column = (name: string): string => `${identifier(alias)}.${identifier(name)}`;
  const shown = namedColumns(select['whereClause'], alias)
    .filter((name) => view.columns.some((one) => one.name === name && !/^(halfvec|vector)\b/.test(one.type)))
    .filter((name) => name !== 'content_id')
    .slice(0, MAX_COLUMNS);
  const [x1, y1, x2, y2] = CORNERS.map(column);
  const region = CORNERS.every((name) => names.has(name))
    ? `case when num_nulls(${x1}, ${y1}, ${x2}, ${y2}) = 0 then jsonb_build_object('xmin', ${x1}, 'ymin', ${y1}, 'xmax', ${x2}, 'ymax', ${y2}) end`
    : 'null::jsonb';
  const pairs = shown.map((name) => `${literal(name)}, ${column(name)}`).join(', ');
  return {
    table: view.name,
    select: `select ${column('content_id')}, ${column('ord')}, jsonb_build_object(${pairs}) as shown, ${region} as region ${from}`,
  };
}

/** EXISTS, or `content_id in (select content_id …)` and `= any (…)`; with nothing that makes other rows of the table's. */
function choosesContents(link: Struct, select: Struct): boolean {
  const { op, limitOption: _limit, ...clauses } = select;
  if (op !== 'SETOP_NONE' || !Object.keys(clauses).every((clause) => PLAIN_CLAUSES.has(clause))) return false;
  if (link['subLinkType'] === 'EXISTS_SUBLINK') return true;
  if (link['subLinkType'] !== 'ANY_SUBLINK') return false;
  const operator = tagged(asStructs(link['operName'])[0])?.node['sval'];
  const [target] = asStructs(select['targetList']);
  return (
    (operator === undefined || operator === '=') &&
    lastName(link['testexpr']) === 'content_id' &&
    lastName(asStruct(target?.['ResTarget'])?.['val']) === 'content_id'
  );
}

/** The one table of a FROM, without new names for its columns. */
function onlyRelation(select: Struct): Struct | undefined {
  const items = asStructs(select['fromClause']);
  const relation = tagged(items[0]);
  if (items.length !== 1 || relation?.tag !== 'RangeVar') return undefined;
  return asStruct(relation.node['alias'])?.['colnames'] === undefined ? relation.node : undefined;
}

/** From the word FROM to the end of a sub-select that begins with SELECT; its parenthesis is left out. */
function fromOf(link: Struct, relation: Struct, { text, words: all, offset }: Source): string | undefined {
  const start = Number(link['location'] ?? 0);
  const first = all.findIndex((word) => word.start >= start && word.text === '(');
  const select = all.findIndex((word, at) => at > first && word.text !== '(');
  const from = all.findLastIndex((word) => word.start < Number(relation['location'] ?? 0));
  if (first < 0 || all[select]?.text.toLowerCase() !== 'select' || all[from]?.text.toLowerCase() !== 'from')
    return undefined;
  let depth = 0;
  for (const word of all.slice(select)) {
    if (word.text === '(') depth += 1;
    if (word.text === ')') depth -= 1;
    if (depth < 0) return text.slice(offset(all[from]?.start ?? 0), offset(word.start));
  }
  return undefined;
}

/** Columns of `alias` that stand outside deeper sub-selects, in the order of the text, each once. */
function namedColumns(expression: unknown, alias: string): string[] {
  const names = new Set<string>();
  const collect = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(collect);
    const found = tagged(value);
    if (found?.tag === 'ColumnRef') {
      const parts = namesOf(found.node);
      const [qualifier, name] = parts.length > 1 ? parts.slice(-2) : [alias, parts[0]];
      if (qualifier === alias && name !== undefined) names.add(name);
      return;
    }
    for (const [key, below] of Object.entries(asStruct(value) ?? {})) {
      if (key !== 'subselect' && typeof below === 'object') collect(below);
    }
  };
  collect(expression);
  return [...names];
}

function lastName(expression: unknown): string | undefined {
  const found = tagged(expression);
  return found?.tag === 'ColumnRef' ? namesOf(found.node).at(-1) : undefined;
}

function namesOf(column: Struct): string[] {
  return asStructs(column['fields']).flatMap((field) => {
    const name = asStruct(field['String'])?.['sval'];
    return typeof name === 'string' ? [name] : [];
  });
}
