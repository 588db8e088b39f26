/**
 * Walks a SELECT's syntax tree and refuses whatever the allow-lists (`allowed.ts`) don't name. Structure that is not
 * understood is refused too.
 *
 * Names of relations: one without a schema is a CTE in scope or a view of the namespace. Views are written into the
 * statement with their schema (`edits`), so that `pg_catalog`, which PostgreSQL searches first, never answers for them.
 *
 * @module
 */
import { didYouMean } from '../../contract/index.ts';
import { identifier } from '../database.ts';
import {
  CONFIGURED_FUNCTIONS,
  FUNCTIONS,
  JSON_TYPES,
  KEYWORD_EXPRESSIONS,
  LIBRARY_SCHEMAS,
  MAX_SIZED,
  MAX_TYPE_MODIFIER,
  NAMING_FUNCTIONS,
  NODES,
  NODE_WORDS,
  OPERATORS,
  OPERATOR_EXPRESSIONS,
  SAMPLE_METHODS,
  SIZED_FUNCTIONS,
  TYPES,
  UNTAGGED,
  VALUE_KEYWORDS,
  VECTOR_OPERATORS,
} from './allowed.ts';
import { MEANING_FUNCTIONS } from './meaning.ts';
import { asStruct, asStructs, tagged, wordEnds, type Refusal, type Struct } from './parse.ts';
import { byteOffsets, type Edit } from './source-text.ts';

const MAX_NODES = 5_000;
/** A name that no schema is part of. */
const PLAIN_NAME = /^[a-z_]+$/;
/** Levels of the tree: far below what exhausts the database's stack. */
const MAX_DEPTH = 400;

/** What a statement may read. */
export interface Scope {
  /** Schema of the views. */
  readonly schema: string;
  /** Names that the schema may be called by instead, e.g. `public`. */
  readonly schemaAliases: readonly string[];
  /** Names as the database has them, without quotes. */
  readonly views: readonly string[];
  /** Columns that may be named outside sub-selects; undefined lets the database judge. */
  readonly columns?: readonly string[] | undefined;
  /** Views that have a column of a name, to tell where one is that `columns` has not. */
  readonly tablesOf?: ((column: string) => readonly string[]) | undefined;
}

/** What a statement is made of. */
export interface Findings {
  /** Views that it reads. */
  readonly tables: ReadonlySet<string>;
  /** Largest n of `$n`. */
  readonly parameters: number;
  /** Where they stand, in UTF-16 units. */
  readonly parameterPlaces: readonly { readonly number: number; readonly offset: number }[];
  /** Parameters that take an array as JSON text: those cast to, or compared with, vectors and jsonb. */
  readonly jsonParameters: ReadonlySet<number>;
  /** Give every view its schema. */
  readonly edits: readonly Edit[];
}

/** Where in the tree a node is. */
interface Place {
  /** CTEs in scope. */
  readonly ctes: ReadonlySet<string>;
  readonly depth: number;
  /** Number of SELECTs around it. */
  readonly selects: number;
}

/**
 * Looks at every node below `select`.
 *
 * @param text What the tree was parsed from.
 * @throws what `refuse` makes.
 */
export function inspect(text: string, select: Struct, scope: Scope, refuse: Refusal): Findings {
  const inspector = new Inspector(text, scope, refuse);
  inspector.visit('SelectStmt', select, { ctes: new Set(), depth: 0, selects: 0 });
  return inspector;
}

class Inspector implements Findings {
  readonly tables = new Set<string>();
  readonly jsonParameters = new Set<number>();
  readonly parameterPlaces: { number: number; offset: number }[] = [];
  readonly edits: Edit[] = [];
  parameters = 0;
  readonly #text: string;
  readonly #scope: Scope;
  readonly #refuse: Refusal;
  readonly #offset: (byte: number) => number;
  #words: ReadonlyMap<number, number> | undefined;
  /** Calls of `NAMING_FUNCTIONS` that are cast to text. */
  readonly #castToText = new WeakSet<Struct>();
  #nodes = 0;

  constructor(text: string, scope: Scope, refuse: Refusal) {
    this.#text = text;
    this.#scope = scope;
    this.#refuse = refuse;
    this.#offset = byteOffsets(text);
  }

  visit(tag: string, node: Struct, place: Place): void {
    this.#nodes += 1;
    if (this.#nodes > MAX_NODES) throw this.#refuse(`it has more than ${MAX_NODES} parts; split it`);
    if (place.depth > MAX_DEPTH) throw this.#refuse('it is nested too deeply', this.#position(node));
    if (!NODES.has(tag)) throw this.#refuse(`${nodeWords(tag)} is not allowed, only reading is`, this.#position(node));
    if (tag === 'SelectStmt') {
      this.#select(node, place);
      return;
    }
    this.#check(tag, node, place);
    this.#children(node, place, SKIPPED.get(tag));
  }

  /** Rules of single kinds of nodes. */
  #check(tag: string, node: Struct, place: Place): void {
    switch (tag) {
      case 'RangeVar':
        return this.#relation(node, place);
      case 'ColumnRef':
        return this.#column(node, place);
      case 'FuncCall':
        return this.#function(node);
      case 'TypeName':
        return this.#type(node);
      case 'TypeCast':
        return this.#cast(node);
      case 'A_Expr':
        return this.#expression(node);
      case 'SubLink':
        return this.#operator(node['operName'], node);
      case 'SortBy':
        return this.#operator(node['useOp'], node);
      case 'CollateClause':
        return void this.#libraryName('collation', node['collname'], node);
      case 'RangeTableSample':
        return this.#member(
          'sampling method',
          SAMPLE_METHODS,
          this.#libraryName('sampling method', node['method'], node),
          node,
        );
      case 'SQLValueFunction':
        return this.#valueKeyword(node);
      case 'ParamRef':
        return this.#parameter(node);
      default:
    }
  }

  #select(node: Struct, place: Place): void {
    if ('intoClause' in node) throw this.#refuse(`${nodeWords('IntoClause')} is not allowed, only reading is`);
    const inner = { ctes: this.#with(node, place), depth: place.depth + 1, selects: place.selects + 1 };
    this.#children(node, inner, ['withClause'], place.selects + 1);
  }

  /** Visits the CTEs of a SELECT, and tells which names its body sees. */
  #with(select: Struct, place: Place): ReadonlySet<string> {
    const clause = asStruct(select['withClause']);
    if (clause === undefined) return place.ctes;
    const expressions = asStructs(clause['ctes']).map((item) => {
      const cte = tagged(item);
      if (cte?.tag !== 'CommonTableExpr') throw this.#refuse('its WITH is not understood');
      return { name: String(cte.node['ctename']), node: cte.node };
    });
    const seen = new Set(place.ctes);
    if (clause['recursive'] === true) for (const { name } of expressions) seen.add(name);
    for (const { name, node } of expressions) {
      const at = this.#position(node);
      if (name.startsWith('pg_'))
        throw this.#refuse(`a WITH query can't be called "${name}": names that start with pg_ are the database's`, at);
      // Each use is then a copy, also within copies: sixty short queries fill the memory while they are planned.
      if (node['ctematerialized'] === 'CTEMaterializeNever') throw this.#refuse('NOT MATERIALIZED is not allowed', at);
      const query = tagged(node['ctequery']);
      if (query?.tag !== 'SelectStmt')
        throw this.#refuse(`the WITH query "${name}" is ${nodeWords(query?.tag ?? '')}, only SELECT is allowed`, at);
      this.visit('CommonTableExpr', node, { ...place, ctes: new Set(seen), depth: place.depth + 1 });
      seen.add(name);
    }
    return seen;
  }

  #relation(node: Struct, place: Place): void {
    const at = this.#position(node);
    const name = String(node['relname']);
    const schema = node['schemaname'];
    const { schema: own, schemaAliases, views } = this.#scope;
    if ('catalogname' in node)
      throw this.#refuse(`table "${String(node['catalogname'])}.${String(schema)}.${name}" is in another database`, at);
    if (schema === undefined && place.ctes.has(name)) return;
    if (schema !== undefined && schema !== own && !schemaAliases.includes(String(schema))) {
      const dotted = `${String(schema)}.${name}`;
      const hint = views.includes(dotted)
        ? `names with dots need quotes: ${identifier(dotted)}`
        : `write the table's name alone${this.#suggestTable(name)}`;
      throw this.#refuse(`schema "${String(schema)}" is not open to queries, ${hint}`, at);
    }
    if (!views.includes(name)) throw this.#refuse(`table "${name}" does not exist${this.#suggestTable(name)}`, at);
    this.tables.add(name);
    if (schema === undefined) this.edits.push({ offset: at ?? 0, length: 0, replacement: `${identifier(own)}.` });
    else this.#renameSchema(schema, node);
  }

  /** Writes the schema's own name where an alias stood. */
  #renameSchema(schema: unknown, node: Struct): void {
    if (schema === this.#scope.schema || !this.#scope.schemaAliases.includes(String(schema))) return;
    const startByte = Number(node['location'] ?? 0);
    this.#words ??= wordEnds(this.#text);
    const start = this.#offset(startByte);
    const length = this.#offset(this.#words.get(startByte) ?? startByte) - start;
    this.edits.push({ offset: start, length, replacement: identifier(this.#scope.schema) });
  }

  #suggestTable(name: string): string {
    const { views } = this.#scope;
    const first = views.find((view) => view !== name && view.toLowerCase() === name.toLowerCase());
    if (first !== undefined) return `; names with capitals need quotes: ${identifier(first)}`;
    const near = didYouMean(name, views);
    if (near !== '') return near;
    return views.length === 0
      ? '; there are no tables yet'
      : `; there are ${views
          .slice(0, 20)
          .map((view) => `"${view}"`)
          .join(', ')}`;
  }

  #column(node: Struct, place: Place): void {
    const fields = asStructs(node['fields']);
    const names = fields
      .map((field) => tagged(field))
      .map((field) => (field?.tag === 'String' ? String(field.node['sval'] ?? '') : undefined));
    if (names.length > 3)
      throw this.#refuse('a column has at most three names: schema.table.column', this.#position(node));
    if (names.length === 3) this.#renameSchema(names[0], node);
    const { columns, tablesOf } = this.#scope;
    if (columns === undefined || place.selects > 1) return;
    const column = names.at(-1);
    if (column === undefined || columns.includes(column)) return;
    const table = tablesOf?.(column)[0];
    const hint =
      table === undefined
        ? didYouMean(column, columns)
        : `; it is one of ${identifier(table)}: write content_id in (select content_id from ${identifier(table)} where ${identifier(column)} …)`;
    throw this.#refuse(
      `column "${column}" does not exist${table === undefined ? '' : ' in "content"'}${hint}`,
      this.#position(node),
    );
  }

  #function(node: Struct): void {
    const name = this.#libraryName('function', node['funcname'], node);
    this.#member('function', FUNCTIONS, name, node);
    if (NAMING_FUNCTIONS.has(name) && !this.#castToText.has(node)) {
      throw this.#refuse(`the result of "${name}" must be cast to text: ${name}(…)::text`, this.#position(node));
    }
    this.#configuration(name, node);
    const sized = SIZED_FUNCTIONS.get(name);
    const size = sized === undefined ? undefined : tagged(asStructs(node['args'])[sized]);
    if (sized === undefined || size === undefined) return;
    const value = asStruct(size.node['ival']);
    if (size.tag !== 'A_Const' || value === undefined || Number(value['ival'] ?? 0) > MAX_SIZED) {
      throw this.#refuse(
        `the length that "${name}" is asked for must be a plain number up to ${MAX_SIZED}`,
        this.#position(node),
      );
    }
  }

  #configuration(name: string, node: Struct): void {
    const needed = CONFIGURED_FUNCTIONS.get(name);
    const args = asStructs(node['args']);
    if (needed === undefined || args.length < needed) return;
    const first = tagged(args[0]);
    const isText = name === 'ts_headline' && first?.tag !== 'A_Const' && first?.tag !== 'ParamRef';
    const literal = asStruct(first?.node['sval'])?.['sval'];
    if (isText || (typeof literal === 'string' && PLAIN_NAME.test(literal))) return;
    throw this.#refuse(
      `the configuration that "${name}" is asked for must be a plain name such as 'english'${name === 'ts_headline' ? '; a text in its place must be cast, e.g. $1::text' : ''}`,
      this.#position(node),
    );
  }

  #type(node: Struct): void {
    if (node['setof'] === true || node['pct_type'] === true)
      throw this.#refuse('SETOF and %TYPE are not allowed', this.#position(node));
    this.#member('type', TYPES, this.#libraryName('type', node['names'], node), node);
    for (const modifier of asStructs(node['typmods'])) {
      const constant = tagged(modifier);
      const value = asStruct(constant?.node['ival']);
      if (constant?.tag !== 'A_Const' || value === undefined || Number(value['ival'] ?? 0) > MAX_TYPE_MODIFIER) {
        throw this.#refuse(`a type's length must be a plain number up to ${MAX_TYPE_MODIFIER}`, this.#position(node));
      }
    }
  }

  #cast(node: Struct): void {
    const type = asStruct(node['typeName']);
    const name = tagged(asStructs(type?.['names']).at(-1))?.node['sval'];
    const argument = tagged(node['arg']);
    if (argument?.tag === 'FuncCall' && name === 'text' && type?.['arrayBounds'] === undefined) {
      this.#castToText.add(argument.node);
    }
    if (type?.['arrayBounds'] === undefined && JSON_TYPES.has(String(name))) this.#jsonParameter(node['arg']);
  }

  #expression(node: Struct): void {
    const kind = String(node['kind']);
    if (KEYWORD_EXPRESSIONS.has(kind)) return;
    if (!OPERATOR_EXPRESSIONS.has(kind))
      throw this.#refuse('it holds an expression that is not understood', this.#position(node));
    this.#operator(node['name'], node);
    if (VECTOR_OPERATORS.has(String(tagged(asStructs(node['name']).at(-1))?.node['sval']))) {
      this.#jsonParameter(node['lexpr']);
      this.#jsonParameter(node['rexpr']);
    }
  }

  #operator(names: unknown, node: Struct): void {
    if (names !== undefined) this.#member('operator', OPERATORS, this.#libraryName('operator', names, node), node);
  }

  #valueKeyword(node: Struct): void {
    if (VALUE_KEYWORDS.has(String(node['op']))) return;
    const word = String(node['op']).replace('SVFOP_', '').toLowerCase();
    throw this.#refuse(`${word} is not allowed, it tells about the server`, this.#position(node));
  }

  #parameter(node: Struct): void {
    const number = Number(node['number'] ?? 0);
    if (number < 1) throw this.#refuse('parameters count from $1', this.#position(node));
    this.parameters = Math.max(this.parameters, number);
    this.parameterPlaces.push({ number, offset: this.#position(node) ?? 0 });
  }

  #jsonParameter(operand: unknown): void {
    const parameter = tagged(operand);
    if (parameter?.tag === 'ParamRef') this.jsonParameters.add(Number(parameter.node['number'] ?? 0));
  }

  /** Last part of a name, whose schema, where there is one, must be a library's. */
  #libraryName(what: string, value: unknown, node: Struct): string {
    const names = asStructs(value).map((item) => String(tagged(item)?.node['sval'] ?? ''));
    const name = names.at(-1) ?? '';
    const schema = names.length > 1 ? names.slice(0, -1).join('.') : undefined;
    if (schema !== undefined && !LIBRARY_SCHEMAS.has(schema)) {
      throw this.#refuse(
        `${what} "${schema}.${name}" is not allowed: schema "${schema}" is not open to queries`,
        this.#position(node),
      );
    }
    return name;
  }

  #member(what: string, known: ReadonlySet<string>, name: string, node: Struct): void {
    if (known.has(name)) return;
    const also = what === 'function' ? MEANING_FUNCTIONS : [];
    const suggestion = what === 'operator' ? '' : didYouMean(name, [...known, ...also]);
    throw this.#refuse(`${what} "${name}" is not allowed${suggestion}`, this.#position(node));
  }

  #children(node: Struct, place: Place, skipped: readonly string[] = [], selects: number = place.selects): void {
    const below = { ...place, depth: place.depth + 1, selects };
    for (const [field, value] of Object.entries(node)) {
      if (!skipped.includes(field)) this.#child(field, value, below);
    }
  }

  #child(field: string, value: unknown, place: Place): void {
    if (Array.isArray(value)) {
      for (const item of value) this.#child(field, item, place);
      return;
    }
    const struct = asStruct(value);
    if (struct === undefined || Object.keys(struct).length === 0) return;
    const untagged = UNTAGGED.get(field);
    const known = tagged(struct) ?? (untagged === undefined ? undefined : { tag: untagged, node: struct });
    if (known === undefined) {
      throw this.#refuse(`it holds syntax that is not understood (${field})`, this.#position(struct));
    }
    this.visit(known.tag, known.node, place);
  }

  #position(node: Struct): number | undefined {
    const location = node['location'];
    return typeof location === 'number' && location >= 0 ? this.#offset(location) : undefined;
  }
}

/** Fields that hold no nodes to look at: values of constants, and names that were checked as a whole. */
const SKIPPED: ReadonlyMap<string, readonly string[]> = new Map([
  ['A_Const', ['ival', 'fval', 'boolval', 'sval', 'bsval']],
  ['A_Expr', ['name']],
  ['FuncCall', ['funcname']],
  ['TypeName', ['names', 'typmods']],
]);

/** `CreateTableAsStmt` → `CREATE TABLE AS`; nodes without a word of their own by the parser's name. */
export function nodeWords(tag: string): string {
  const spaced = tag.replace(/Stmt$/, '').replaceAll(/([a-z])([A-Z])/g, '$1 $2');
  return NODE_WORDS.get(tag) ?? (tag.endsWith('Stmt') ? spaced.toUpperCase() : `"${spaced}"`);
}
