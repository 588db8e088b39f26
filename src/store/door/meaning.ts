/**
 * SQL with meaning: two functions that users may call and that no database has. They are written into the statement as
 * plain SQL before the gate looks at it, so that what the gate checks is what runs:
 *
 *     embed('photos.clip.embedding', 'a red car')     ($1::halfvec(512))          a vector, made before the statement runs
 *     similarity(a, b)                                (1 - ((a) <=> (b)))         cosine
 *     order by similarity(a, b) desc                  order by ((a) <=> (b)) asc  the only form that an HNSW index serves
 *
 * The last holds for a name or number of a column too (`select …, similarity(a, b) as s … order by s desc`). Vectors that
 * are NULL then come last and not first.
 *
 * @module
 */
import { didYouMean } from '../../contract/index.ts';
import { asStruct, asStructs, parseOne, tagged, words, type Refusal, type Struct, type Word } from './parse.ts';
import { byteOffsets, editText, type Edit } from './source-text.ts';

/** Functions that are written as other SQL. */
export const MEANING_FUNCTIONS: readonly string[] = ['embed', 'similarity'];

/** Texts that one statement may have made vectors of: each is some 20 ms of a model. */
export const MAX_EMBEDS = 16;

/** Longest text, in UTF-16 units: that of a search. */
export const MAX_EMBED_TEXT = 2000;

/** An index whose vectors a statement may compare with. */
export interface SqlIndex {
  /** `<graph>.<policy>.<output>`. */
  readonly name: string;
  /** Type of its vectors, e.g. `halfvec(512)`. */
  readonly type: string;
}

/** A vector that must be made before the statement runs. */
export interface EmbedCall {
  readonly index: string;
  /** The text, or the number of the parameter that is it. */
  readonly text: string | number;
  /** Number of the parameter that takes the vector. */
  readonly parameter: number;
  /** Where the call stands in the statement as it was written, in UTF-16 units. */
  readonly position: number;
}

/** A statement in which nothing is left of the two functions. */
export interface Meaning {
  readonly text: string;
  readonly embeds: readonly EmbedCall[];
  /** How many parameters it took as it was written; undefined where nothing was rewritten. */
  readonly parameters: number | undefined;
  /** Offset in the text as it was written of an offset in `text`; both in UTF-16 units. */
  original(offset: number): number;
}

/**
 * Rewrites the calls of one statement. Whatever else is in it is left to the gate.
 *
 * @throws what `refuse` makes, for a call that can't be rewritten and for a text that can't be parsed.
 */
export async function rewriteMeaning(query: string, indexes: readonly SqlIndex[], refuse: Refusal): Promise<Meaning> {
  const same: Meaning = { text: query, embeds: [], parameters: undefined, original: (offset) => offset };
  // A name that is written otherwise (U&"\0065mbed") is none that the gate knows.
  if (!/embed|similarity/i.test(query)) return same;
  const { tag, node } = await parseOne(query, refuse);
  if (tag !== 'SelectStmt') return same;
  const found = findCalls(node);
  if (found.calls.length === 0) return same;
  const rewriter = new Rewriter(query, indexes, refuse, found);
  const { text, original } = editText(query, rewriter.edits(), 0, query.length);
  return { text, embeds: rewriter.embeds, parameters: Math.max(0, ...found.parameters), original };
}

/** The calls of a statement, and what stands around them. */
interface Found {
  readonly calls: readonly Struct[];
  /** Calls that are a column without a name, which is then called like the function. */
  readonly columns: ReadonlySet<Struct>;
  /** Functions in the place of tables. */
  readonly tables: ReadonlySet<unknown>;
  /** Sorts by a falling similarity: what stands in ORDER BY, and the call that it means. */
  readonly sorts: ReadonlyMap<Struct, Struct>;
  /** Numbers of parameters, as often as they stand in the statement. */
  readonly parameters: readonly number[];
}

/** Looks at the whole tree without recursion: how deep it is the gate tells, later. */
function findCalls(select: Struct): Found {
  const calls: Struct[] = [];
  const columns = new Set<Struct>();
  const tables = new Set<unknown>();
  const sorts = new Map<Struct, Struct>();
  const parameters: number[] = [];
  const open: unknown[] = [select];
  while (open.length > 0) {
    const value = open.pop();
    if (Array.isArray(value)) {
      open.push(...(value as unknown[]).toReversed());
      continue;
    }
    const struct = asStruct(value);
    if (struct === undefined) continue;
    if ('sortClause' in struct) for (const [sort, call] of fallingSorts(struct)) sorts.set(sort, call);
    const { ResTarget: target, FuncCall: call, RangeFunction: table, ParamRef: parameter } = struct;
    if (calledName(call) !== undefined) calls.push(call as Struct);
    const column = asStruct(target);
    const shown = tagged(column?.['val']);
    if (shown?.tag === 'FuncCall' && column?.['name'] === undefined) columns.add(shown.node);
    for (const item of asStructs(asStruct(table)?.['functions'])) {
      tables.add(asStruct(asStructs(asStruct(item['List'])?.['items'])[0])?.['FuncCall']);
    }
    if (parameter !== undefined) parameters.push(Number(asStruct(parameter)?.['number'] ?? 0));
    open.push(...Object.values(struct).toReversed());
  }
  return { calls, columns, tables, sorts, parameters };
}

/** Name of one of our functions, where `call` is a call of it; a schema does not change that. */
function calledName(call: unknown): string | undefined {
  const names = asStructs(asStruct(call)?.['funcname']);
  const name = asStruct(names.at(-1)?.['String'])?.['sval'];
  return typeof name === 'string' && MEANING_FUNCTIONS.includes(name) ? name : undefined;
}

/**
 * Sorts of a SELECT by a falling similarity. Those that must be written as a column is (DISTINCT, GROUP BY, UNION) are
 * left as they are.
 */
function fallingSorts(select: Struct): [Struct, Struct][] {
  if (select['op'] !== 'SETOP_NONE' || 'distinctClause' in select || 'groupClause' in select) return [];
  const targets = asStructs(select['targetList']).map((item) => asStruct(item['ResTarget']));
  return asStructs(select['sortClause']).flatMap((item): [Struct, Struct][] => {
    const sort = asStruct(item['SortBy']);
    const by = tagged(sort?.['node']);
    if (by === undefined || sort?.['sortby_dir'] !== 'SORTBY_DESC') return [];
    if (by.tag === 'FuncCall') return calledName(by.node) === 'similarity' ? [[by.node, by.node]] : [];
    const call = asStruct(asStruct(columnMeant(by, targets)?.['val'])?.['FuncCall']);
    return call !== undefined && calledName(call) === 'similarity' && hasPlainArguments(call) ? [[by.node, call]] : [];
  });
}

/** The column of a SELECT that ORDER BY names, or numbers. */
function columnMeant(
  { tag, node }: { readonly tag: string; readonly node: Struct },
  targets: readonly (Struct | undefined)[],
): Struct | undefined {
  if (tag === 'ColumnRef') {
    const [field, second] = asStructs(node['fields']);
    const name = asStruct(field?.['String'])?.['sval'];
    return second === undefined ? targets.find((target) => columnName(target) === name) : undefined;
  }
  const number = Number(asStruct(node['ival'])?.['ival'] ?? 0);
  const before = targets.slice(0, number);
  return tag === 'A_Const' && !before.some((target) => isStar(target)) ? before[number - 1] : undefined;
}

/** What a column that is a call of ours, or has a name, is called. */
function columnName(target: Struct | undefined): unknown {
  return target?.['name'] ?? calledName(asStruct(target?.['val'])?.['FuncCall']);
}

/** Whether a column is several: `*`, `c.*`, `(c).*`. */
function isStar(target: Struct | undefined): boolean {
  const node = tagged(target?.['val'])?.node;
  const last = asStructs(node?.['fields'] ?? node?.['indirection']).at(-1);
  return last !== undefined && 'A_Star' in last;
}

/** Whether a call's arguments may be written twice: nothing is evaluated, and a text can't grow beyond twice its length. */
function hasPlainArguments(call: Struct): boolean {
  return asStructs(call['args']).every((argument) => {
    const { tag, node } = withoutCast(argument) ?? { tag: '', node: {} };
    return ['ColumnRef', 'A_Const', 'ParamRef'].includes(tag) || (tag === 'FuncCall' && calledName(node) === 'embed');
  });
}

function withoutCast(value: unknown): { readonly tag: string; readonly node: Struct } | undefined {
  const struct = tagged(value);
  return struct?.tag === 'TypeCast' ? tagged(struct.node['arg']) : struct;
}

/** Where a call's parts lie, in UTF-16 units. */
interface CallText {
  readonly start: number;
  /** The opening parenthesis, the commas of this call, the closing one. */
  readonly signs: readonly { readonly start: number; readonly end: number }[];
}

/** What a call may have beside its arguments. */
const PLAIN_FIELDS: ReadonlySet<string> = new Set(['funcname', 'args', 'funcformat', 'location']);

class Rewriter {
  readonly embeds: EmbedCall[] = [];
  readonly #query: string;
  readonly #indexes: readonly SqlIndex[];
  readonly #refuse: Refusal;
  readonly #found: Found;
  readonly #words: readonly Word[];
  readonly #offset: (byte: number) => number;
  /** Numbers of parameters that stand in no other place than in calls of `embed`: vectors take them. */
  readonly #free: number[];
  #last: number;

  constructor(query: string, indexes: readonly SqlIndex[], refuse: Refusal, found: Found) {
    this.#query = query;
    this.#indexes = indexes;
    this.#refuse = refuse;
    this.#found = found;
    this.#words = words(query);
    this.#offset = byteOffsets(query);
    const { calls, parameters } = found;
    const inCalls = calls.filter((call) => calledName(call) === 'embed').map((call) => parameterOf(call));
    this.#free = [...new Set(inCalls)].filter(
      (number) =>
        number !== undefined &&
        parameters.filter((one) => one === number).length === inCalls.filter((one) => one === number).length,
    ) as number[];
    this.#last = Math.max(0, ...parameters);
  }

  edits(): Edit[] {
    const { calls, columns, sorts } = this.#found;
    const edits = calls.flatMap((call) => {
      this.#check(call);
      const text = this.#callText(call);
      const named = columns.has(call) ? ` as ${calledName(call) ?? ''}` : '';
      return calledName(call) === 'embed'
        ? [this.#embed(call, text, named)]
        : this.#similarity(text, this.#falls(call) ? DISTANCE : COSINE, named);
    });
    return [...edits, ...[...sorts].flatMap(([sort, call]) => this.#sort(sort, call))];
  }

  #check(call: Struct): void {
    const name = calledName(call) ?? '';
    const position = this.#position(call);
    const fault = (reason: string) => this.#refuse(`${name}() ${reason}`, position);
    if (asStructs(call['funcname']).length > 1) throw fault('is written without a schema');
    if (this.#found.tables.has(call)) throw fault(`is a value and no table: select ${name}(…)`);
    const args = asStructs(call['args']);
    const isPlain = Object.keys(call).every((field) => PLAIN_FIELDS.has(field));
    if (args.length === 2 && isPlain && !args.some((argument) => 'NamedArgExpr' in argument)) return;
    throw fault(
      name === 'embed'
        ? `takes the name of an index and a text, e.g. embed('${this.#indexes[0]?.name ?? 'photos.clip.embedding'}', 'a red car')`
        : 'takes two vectors and nothing else, e.g. similarity(a.embedding, b.embedding)',
    );
  }

  /** One vector for the same text and index, however often it stands there. */
  #embed(call: Struct, { start, signs }: CallText, named: string): Edit {
    const index = this.#index(call);
    const text = this.#text(call);
    let known = this.embeds.find((one) => one.index === index.name && one.text === text);
    if (known === undefined) {
      if (this.embeds.length === MAX_EMBEDS)
        throw this.#refuse(`it makes more than ${MAX_EMBEDS} vectors with embed(); ask for fewer at a time`, start);
      const at = typeof text === 'number' ? this.#free.indexOf(text) : -1;
      const parameter = at < 0 ? (this.#last += 1) : text;
      if (at >= 0) this.#free.splice(at, 1);
      known = { index: index.name, text, parameter: Number(parameter), position: start };
      this.embeds.push(known);
    }
    const length = (signs.at(-1)?.end ?? start) - start;
    return { offset: start, length, replacement: `($${known.parameter}::${index.type})${named}` };
  }

  #index(call: Struct): SqlIndex {
    const [first] = asStructs(call['args']);
    const position = this.#position(tagged(first)?.node ?? {}) ?? this.#position(call);
    const name = asStruct(tagged(first)?.node['sval'])?.['sval'];
    if (tagged(first)?.tag !== 'A_Const' || typeof name !== 'string')
      throw this.#refuse("the index of embed() is written as a text, e.g. 'photos.clip.embedding'", position);
    const index = this.#indexes.find((one) => one.name === name);
    if (index !== undefined) return index;
    const names = this.#indexes.map((one) => one.name);
    const hint = didYouMean(name, names);
    const known = names.length === 0 ? 'there are none yet' : `there are ${names.map((one) => `"${one}"`).join(', ')}`;
    throw this.#refuse(`index "${name}" does not exist${hint === '' ? `; ${known}` : hint}`, position);
  }

  #text(call: Struct): string | number {
    const number = parameterOf(call);
    if (number !== undefined) return number;
    const argument = withoutCast(asStructs(call['args'])[1]);
    const constant = argument?.tag === 'A_Const' ? asStruct(argument.node['sval']) : undefined;
    const position = this.#position(argument?.node ?? {}) ?? this.#position(call);
    if (constant === undefined)
      throw this.#refuse(
        "embed() takes a text or a parameter such as $1, nothing from the database: its vector is made before the statement runs; to compare with a picture's, join the index's table",
        position,
      );
    const text = constant['sval'];
    const fault = embedTextFault(text);
    if (fault !== undefined) throw this.#refuse(`the text of embed() ${fault}`, position);
    return String(text);
  }

  #similarity(
    { start, signs }: CallText,
    [open, between, close]: readonly [string, string, string],
    named: string,
  ): Edit[] {
    const [first, comma, last] = signs;
    if (first === undefined || comma === undefined || last === undefined) return [];
    return [
      { offset: start, length: first.end - start, replacement: open },
      { offset: comma.start, length: comma.end - comma.start, replacement: between },
      { offset: last.start, length: last.end - last.start, replacement: `${close}${named}` },
    ];
  }

  /** Whether a call is what its SELECT is sorted by. */
  #falls(call: Struct): boolean {
    return this.#found.sorts.get(call) === call && this.#falling(call) !== undefined;
  }

  /** `desc` becomes `asc`; a column's name or number the distance that it is. */
  #sort(sort: Struct, call: Struct): Edit[] {
    const falling = this.#falling(sort);
    if (falling === undefined) return [];
    const { start, end } = falling;
    const direction: Edit = { offset: start, length: end - start, replacement: 'asc' };
    if (sort === call) return [direction];
    const name = this.#words.find((word) => word.start === Number(sort['location'] ?? -1));
    if (name === undefined) return [];
    const offset = this.#offset(name.start);
    return [direction, { offset, length: this.#offset(name.end) - offset, replacement: this.#distanceText(call) }];
  }

  /** A call with plain arguments as a distance, to be written in another place. */
  #distanceText(call: Struct): string {
    const { start, signs } = this.#callText(call);
    const inner = asStructs(call['args']).flatMap((argument) => {
      const { tag, node } = withoutCast(argument) ?? { tag: '', node: {} };
      return tag === 'FuncCall' ? [this.#embed(node, this.#callText(node), '')] : [];
    });
    const end = signs.at(-1)?.end ?? start;
    return editText(this.#query, [...inner, ...this.#similarity({ start, signs }, DISTANCE, '')], start, end).text;
  }

  /** The word DESC behind what is sorted by, which may stand in parentheses. */
  #falling(sort: Struct): { readonly start: number; readonly end: number } | undefined {
    const at = this.#words.findIndex((word) => word.start === Number(sort['location'] ?? -1));
    const { signs } = sort['funcname'] === undefined ? { signs: [] } : this.#callText(sort);
    const from = signs.at(-1)?.end ?? this.#offset(this.#words[at]?.end ?? 0);
    const next = this.#words.find((word) => this.#offset(word.start) >= from && word.text !== ')' && !word.isComment);
    return next?.text.toLowerCase() === 'desc'
      ? { start: this.#offset(next.start), end: this.#offset(next.end) }
      : undefined;
  }

  #callText(call: Struct): CallText {
    const byte = Number(call['location'] ?? 0);
    const signs: { start: number; end: number }[] = [];
    let depth = 0;
    for (const { start, end, text } of this.#words.slice(this.#words.findIndex((word) => word.start === byte))) {
      if (text === ')' || text === ']') depth -= 1;
      if ((text === '(' && depth === 0) || (text === ',' && depth === 1) || (text === ')' && depth === 0))
        signs.push({ start: this.#offset(start), end: this.#offset(end) });
      if (text === '(' || text === '[') depth += 1;
      if (text === ')' && depth === 0) break;
    }
    return { start: this.#offset(byte), signs };
  }

  #position(node: Struct): number | undefined {
    const location = node['location'];
    return typeof location === 'number' ? this.#offset(location) : undefined;
  }
}

type Form = readonly [open: string, between: string, close: string];
const COSINE: Form = ['(1 - ((', ') <=> (', ')))'];
const DISTANCE: Form = ['((', ') <=> (', '))'];

/** Number of the parameter that is the text of a call of `embed`. */
function parameterOf(call: Struct): number | undefined {
  const argument = withoutCast(asStructs(call['args'])[1]);
  return argument?.tag === 'ParamRef' ? Number(argument.node['number'] ?? 0) : undefined;
}

/** Why a value is no text to make a vector of; undefined where it is one. */
export function embedTextFault(text: unknown): string | undefined {
  if (text === undefined || text === '') return 'is empty';
  if (typeof text !== 'string') return 'is no text';
  if (text.trim() === '') return 'is blank';
  return text.length > MAX_EMBED_TEXT ? `has ${text.length} characters and ${MAX_EMBED_TEXT} are allowed` : undefined;
}
