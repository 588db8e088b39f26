/**
 * The gate of the SQL door: lets one SELECT over the namespace's views through, and refuses everything else with a reason.
 * Pure: it asks no database, and it is the whole border on PGlite (a role alone can be escaped by one SELECT).
 *
 * @module
 */
import { SqlError } from '../../contract/index.ts';
import { literal } from '../database.ts';
import { VECTOR_OPERATORS } from './allowed.ts';
import { inspect, nodeWords, type Findings, type Scope } from './inspect.ts';
import { rewriteMeaning, type EmbedCall, type Meaning, type SqlIndex } from './meaning.ts';
import { asStruct, asStructs, parseOne, tagged, type ParsedStatement, type Refusal, type Struct } from './parse.ts';
import { editText, type Edit } from './source-text.ts';

/** Tools that know PostgreSQL write `public.content`. */
const SCHEMA_ALIASES: readonly string[] = ['public'];

export interface GateOptions {
  /** Schema of the namespace, e.g. `ns_default`. */
  readonly schema: string;
  /** Names of its views as the database has them. */
  readonly views: readonly string[];
  /** Names that the schema may be called by instead. Default `public`. */
  readonly schemaAliases?: readonly string[];
  /** Those that `embed()` may name. Default none. */
  readonly indexes?: readonly SqlIndex[];
}

/** A statement that may be run. */
export interface GatedStatement {
  /** The statement without its semicolon; views carry their schema. May end in a comment: put a line break behind it. */
  readonly text: string;
  /** Views that it reads. */
  readonly tables: readonly string[];
  /** How many parameters its user must give: the largest n of `$n`. */
  readonly parameters: number;
  /** Vectors that it needs as further parameters, or in the place of those that are texts for `embed()`. */
  readonly embeds: readonly EmbedCall[];
  /** Those of them that take an array as JSON text, e.g. in `$1::vector`. */
  readonly jsonParameters: ReadonlySet<number>;
  /** Present where it is sorted by a distance, which an HNSW index may serve. */
  readonly nearest: Nearest | undefined;
  /** Offset in the text that was given of an offset in `text`; both in UTF-16 units. */
  original(offset: number): number;
}

/** How many rows a statement asks for that is sorted by a distance. */
export interface Nearest {
  /** Its LIMIT: a number, or the number of the parameter that has it. Undefined where it has none, or another one. */
  readonly limit: number | { readonly parameter: number } | undefined;
}

/** A condition that may be part of a statement. */
export interface GatedCondition {
  /** Vectors that it needs. */
  readonly embeds: readonly EmbedCall[];
  /**
   * SQL text of exactly one expression. May end in a comment: put it in parentheses, the closing one on its own line.
   *
   * @param vectors A literal for each of `embeds`, e.g. `'[0.6,0.8]'`; they are cast where they stand.
   */
  text(vectors: readonly string[]): string;
}

/**
 * Checks one statement of a user. Calls of `embed` and `similarity` are written as plain SQL first (`meaning.ts`), and the
 * whole of what comes of that is parsed and checked: nothing but the schemas of views is written into it afterwards.
 *
 * @throws SqlError with the reason, its position (UTF-16 units) where there is one, and what was probably meant.
 */
export async function gateStatement(query: string, options: GateOptions): Promise<GatedStatement> {
  const refuseWritten: Refusal = (reason, position) => new SqlError(`Cannot run this SQL: ${reason}`, { position });
  const meaning = await rewriteMeaning(query, options.indexes ?? [], refuseWritten);
  const refuse = refusalOf(meaning, refuseWritten);
  const statement = await parseOne(meaning.text, refuse);
  if (statement.tag !== 'SelectStmt') {
    throw refuse(`${nodeWords(statement.tag)} is not allowed, only SELECT is`, statement.start);
  }
  const findings = inspect(meaning.text, statement.node, toScope(options), refuse);
  return toGated(meaning, statement, findings);
}

/** Refuses what was rewritten with positions in what was written. */
function refusalOf(meaning: Meaning, refuse: Refusal): Refusal {
  return (reason, position) => refuse(reason, position === undefined ? undefined : meaning.original(position));
}

const CONDITION_PREFIX = 'select ';

/**
 * Checks a condition over the view `content`, whose alias is `c`, e.g. `width > 1000 and c.name like 'IMG%'`. It may
 * hold sub-selects over all views, but no parameters.
 *
 * @param options `columns`: those of `content`, to refuse others here and not in the database; `tablesOf` tells the views
 *   that have a column of a name.
 * @throws SqlError as `gateStatement`.
 */
export async function gateCondition(
  where: string,
  options: GateOptions & Pick<Scope, 'columns' | 'tablesOf'>,
): Promise<GatedCondition> {
  // The whole text must be what may stand between SELECT and its end: one expression. So no parenthesis can be closed
  // that it didn't open, and no clause, second expression or statement can follow.
  const query = `${CONDITION_PREFIX}${where}`;
  const refuseWritten: Refusal = (reason, position) => {
    const inside =
      position === undefined ? undefined : Math.min(Math.max(0, position - CONDITION_PREFIX.length), where.length);
    return new SqlError(`Cannot filter by this condition: ${reason}`, { position: inside });
  };
  const notOne = () => refuseWritten(`it must be one condition such as width > 1000 and name like 'IMG%'`);
  if (where.trim() === '') throw notOne();
  const meaning = await rewriteMeaning(query, options.indexes ?? [], refuseWritten);
  const refuse = refusalOf(meaning, refuseWritten);
  const { tag, end, node } = await parseOne(meaning.text, refuse);
  if (tag !== 'SelectStmt' || !isOneExpression(node)) throw notOne();
  const findings = inspect(
    meaning.text,
    node,
    { ...toScope(options), columns: options.columns, tablesOf: options.tablesOf },
    refuse,
  );
  if ((meaning.parameters ?? findings.parameters) > 0) throw refuse('it takes no parameters, write the values');
  return {
    embeds: meaning.embeds.map((call) => ({ ...call, position: call.position - CONDITION_PREFIX.length })),
    text: (vectors) =>
      editText(meaning.text, [...findings.edits, ...literalEdits(findings, vectors)], CONDITION_PREFIX.length, end)
        .text,
  };
}

/** Puts literals in the place of parameters, which a condition can't have: it is part of others' statements. */
function literalEdits({ parameterPlaces }: Findings, vectors: readonly string[]): Edit[] {
  return parameterPlaces.map(({ number, offset }) => {
    const vector = vectors[number - 1];
    if (vector === undefined) throw new RangeError(`The condition needs a vector for $${number}`);
    return { offset, length: `$${number}`.length, replacement: literal(vector) };
  });
}

function toScope({ schema, views, schemaAliases = SCHEMA_ALIASES }: GateOptions): Scope {
  return { schema, views, schemaAliases };
}

function toGated(meaning: Meaning, { start, end, node }: ParsedStatement, findings: Findings): GatedStatement {
  const { text, original } = editText(meaning.text, findings.edits, start, end);
  return {
    text,
    tables: [...findings.tables],
    parameters: meaning.parameters ?? findings.parameters,
    embeds: meaning.embeds,
    jsonParameters: findings.jsonParameters,
    nearest: nearestOf(node),
    original: (offset) => meaning.original(original(offset)),
  };
}

function nearestOf(select: Struct): Nearest | undefined {
  const [sort] = asStructs(select['sortClause']);
  const by = tagged(asStruct(sort?.['SortBy'])?.['node']);
  const operator = asStruct(asStructs(by?.node['name']).at(-1)?.['String'])?.['sval'];
  if (by?.tag !== 'A_Expr' || !VECTOR_OPERATORS.has(String(operator))) return undefined;
  const limit = tagged(select['limitCount']);
  if (limit?.tag === 'ParamRef') return { limit: { parameter: Number(limit.node['number'] ?? 0) } };
  const count = asStruct(limit?.node['ival']);
  return { limit: limit?.tag === 'A_Const' && count !== undefined ? Number(count['ival'] ?? 0) : undefined };
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
