/**
 * The gate of the SQL door: lets one SELECT over the namespace's views through, and refuses everything else with a reason.
 * Pure: it asks no database, and it is the whole border on PGlite (a role alone can be escaped by one SELECT).
 *
 * @module
 */
import { SqlError } from '../../contract/index.ts';
import { inspect, nodeWords, type Findings, type Scope } from './inspect.ts';
import { asStruct, asStructs, parseOne, tagged, type ParsedStatement, type Refusal } from './parse.ts';
import { editText, type EditedText } from './source-text.ts';

/** Tools that know PostgreSQL write `public.content`. */
const SCHEMA_ALIASES: readonly string[] = ['public'];

export interface GateOptions {
  /** Schema of the namespace, e.g. `ns_default`. */
  readonly schema: string;
  /** Names of its views as the database has them. */
  readonly views: readonly string[];
  /** Names that the schema may be called by instead. Default `public`. */
  readonly schemaAliases?: readonly string[];
}

/** A statement that may be run. */
export interface GatedStatement {
  /** The statement without its semicolon; views carry their schema. May end in a comment: put a line break behind it. */
  readonly text: string;
  /** Views that it reads. */
  readonly tables: readonly string[];
  /** How many parameters it takes: the largest n of `$n`. */
  readonly parameters: number;
  /** Those of them that take an array as JSON text, e.g. in `$1::vector`. */
  readonly jsonParameters: ReadonlySet<number>;
  /** Offset in the text that was given of an offset in `text`; both in UTF-16 units. */
  original(offset: number): number;
}

/**
 * Checks one statement of a user.
 *
 * @throws SqlError with the reason, its position (UTF-16 units) where there is one, and what was probably meant.
 */
export async function gateStatement(query: string, options: GateOptions): Promise<GatedStatement> {
  const refuse: Refusal = (reason, position) => new SqlError(`Cannot run this SQL: ${reason}`, { position });
  const statement = await parseOne(query, refuse);
  if (statement.tag !== 'SelectStmt') {
    throw refuse(`${nodeWords(statement.tag)} is not allowed, only SELECT is`, statement.start);
  }
  const findings = inspect(query, statement.node, toScope(options), refuse);
  return toGated(query, statement, findings);
}

const CONDITION_PREFIX = 'select ';

/**
 * Checks a condition over the view `content`, whose alias is `c`, e.g. `width > 1000 and c.name like 'IMG%'`. It may
 * hold sub-selects over all views, but no parameters.
 *
 * @param options `columns`: those of `content`, to refuse others here and not in the database.
 * @returns SQL text of exactly one expression. May end in a comment: put it in parentheses, the closing one on its own line.
 * @throws SqlError as `gateStatement`.
 */
export async function gateCondition(
  where: string,
  options: GateOptions & { readonly columns?: readonly string[] },
): Promise<string> {
  // The whole text must be what may stand between SELECT and its end: one expression. So no parenthesis can be closed
  // that it didn't open, and no clause, second expression or statement can follow.
  const query = `${CONDITION_PREFIX}${where}`;
  const refuse: Refusal = (reason, position) => {
    const inside =
      position === undefined ? undefined : Math.min(Math.max(0, position - CONDITION_PREFIX.length), where.length);
    return new SqlError(`Cannot filter by this condition: ${reason}`, { position: inside });
  };
  const notOne = () => refuse(`it must be one condition such as width > 1000 and name like 'IMG%'`);
  if (where.trim() === '') throw notOne();
  const statement = await parseOne(query, refuse);
  const { end, node } = statement;
  if (statement.tag !== 'SelectStmt' || !isOneExpression(node)) throw notOne();
  const findings = inspect(query, node, { ...toScope(options), columns: options.columns }, refuse);
  if (findings.parameters > 0) throw refuse('it takes no parameters, write the values');
  return editText(query, findings.edits, CONDITION_PREFIX.length, end).text;
}

function toScope({ schema, views, schemaAliases = SCHEMA_ALIASES }: GateOptions): Scope {
  return { schema, views, schemaAliases };
}

function toGated(query: string, { start, end }: ParsedStatement, findings: Findings): GatedStatement {
  const edited: EditedText = editText(query, findings.edits, start, end);
  return {
    text: edited.text,
    tables: [...findings.tables],
    parameters: findings.parameters,
    jsonParameters: findings.jsonParameters,
    original: (offset) => edited.original(offset),
  };
}

/** Whether a SELECT has one target, which is an expression without a name, and no other clause. */
function isOneExpression(select: Readonly<Record<string, unknown>>): boolean {
  const { targetList, limitOption: _limit, op, ...clauses } = select;
  const targets = asStructs(targetList);
  const target = tagged(targets[0]);
  if (targets.length !== 1 || target?.tag !== 'ResTarget' || op !== 'SETOP_NONE') return false;
  const { val, name, indirection } = target.node;
  const column = tagged(val);
  const isStar =
    column?.tag === 'ColumnRef' &&
    asStructs(column.node['fields']).some((field) => asStruct(field)?.['A_Star'] !== undefined);
  return (
    Object.keys(clauses).length === 0 && val !== undefined && name === undefined && indirection === undefined && !isStar
  );
}
