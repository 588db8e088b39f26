/**
 * Text → syntax tree, by PostgreSQL's own grammar (libpg-query, WASM; 20–30 µs a statement).
 *
 * The number of words is bounded before parsing: the parser writes its tree by recursion, and a chain of some 8,000
 * operators exhausts its stack.
 *
 * @module
 */
import { loadModule, parseSync, scanSync } from 'libpg-query';
import type { SqlError } from '../../contract/index.ts';
import { byteOffsets, offsetOfCodePoint } from './source-text.ts';

/** Longest statement, in bytes of UTF-8. */
export const MAX_STATEMENT_BYTES = 20_000;

/** Most words, numbers, texts and signs of a statement. */
export const MAX_TOKENS = 5_000;

/** An object of the syntax tree. */
export type Struct = Readonly<Record<string, unknown>>;

/** Makes the error of a refusal; `position` is a UTF-16 offset into the text. */
export type Refusal = (reason: string, position?: number) => SqlError;

/** One statement of a text. */
export interface ParsedStatement {
  /** Kind of the statement's node, e.g. `SelectStmt`. */
  readonly tag: string;
  readonly node: Struct;
  /** Where the statement starts and ends, without its semicolon, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

/** The object in `value`, or undefined. */
export function asStruct(value: unknown): Struct | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Struct) : undefined;
}

/** The objects in `value` where it is an array; else none. */
export function asStructs(value: unknown): Struct[] {
  if (!Array.isArray(value)) return [];
  return value.map((item: unknown) => asStruct(item)).filter((item) => item !== undefined);
}

/** The only key and value of an object that names its kind: `{ ColumnRef: {…} }`. */
export function tagged(value: unknown): { readonly tag: string; readonly node: Struct } | undefined {
  const struct = asStruct(value);
  const entries = struct === undefined ? [] : Object.entries(struct);
  const [entry] = entries;
  if (entry === undefined || entries.length !== 1 || !/^[A-Z]/.test(entry[0])) return undefined;
  const node = asStruct(entry[1]);
  return node === undefined ? undefined : { tag: entry[0], node };
}

/**
 * Parses a text that must hold exactly one statement.
 *
 * @param maxBytes Of the text; more than users may write for what was made of theirs.
 * @throws what `refuse` makes, with the position of the fault.
 */
export async function parseOne(
  text: string,
  refuse: Refusal,
  maxBytes: number = MAX_STATEMENT_BYTES,
): Promise<ParsedStatement> {
  await loadModule();
  checkText(text, refuse, maxBytes);
  const statements = asStructs(parseTree(text, refuse)?.['stmts']);
  const [statement, second] = statements;
  if (statement === undefined) throw refuse('it holds no statement');
  if (second !== undefined) {
    throw refuse('only one statement at a time is allowed', startOf(text, second));
  }
  const parsed = tagged(statement['stmt']);
  if (parsed === undefined) throw refuse('it holds no statement');
  const start = startOf(text, statement);
  const length = Number(statement['stmt_len'] ?? 0);
  const end = length === 0 ? text.length : byteOffsets(text)(Number(statement['stmt_location'] ?? 0) + length);
  return { ...parsed, start, end };
}

/** A word, sign or comment of a statement; offsets are bytes of UTF-8. */
export interface Word {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly isComment: boolean;
}

/** The words of a text that parses, in their order. */
export function words(text: string): Word[] {
  return scanSync(text).tokens.map(({ start, end, text: word, tokenName }) => ({
    start,
    end,
    text: word,
    isComment: tokenName.endsWith('COMMENT'),
  }));
}

/** Where the words of a text that parses start, and where each of them ends; in bytes of UTF-8. */
export function wordEnds(text: string): ReadonlyMap<number, number> {
  return new Map(scanSync(text).tokens.map(({ start, end }) => [start, end]));
}

/** Start of a statement's first word. */
function startOf(text: string, statement: Struct): number {
  const start = byteOffsets(text)(Number(statement['stmt_location'] ?? 0));
  return start + Math.max(0, text.slice(start).search(/\S/));
}

function checkText(text: string, refuse: Refusal, maxBytes: number): void {
  const bytes = Buffer.byteLength(text, 'utf8');
  if (bytes > maxBytes) {
    throw refuse(`it is ${bytes} bytes long and ${maxBytes} are allowed; pass long values as parameters`);
  }
  const nul = text.indexOf('\0');
  if (nul >= 0) throw refuse('it holds the character NUL', nul);
  const surrogate = text.search(/\p{Surrogate}/u);
  if (surrogate >= 0) throw refuse('it holds half a character (a lone surrogate)', surrogate);
  if (text.trim() === '') throw refuse('it is empty');
  const tokens = countTokens(text);
  if (tokens > MAX_TOKENS) {
    throw refuse(
      `it has ${tokens} words and signs and ${MAX_TOKENS} are allowed; pass long lists as one array parameter`,
    );
  }
}

/** 0 where the text can't be cut into words: then the parser stops there too, and says where. */
function countTokens(text: string): number {
  try {
    return scanSync(text).tokens.length;
  } catch {
    return 0;
  }
}

function parseTree(text: string, refuse: Refusal): Struct | undefined {
  try {
    return asStruct(parseSync(text));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof RangeError || message.startsWith('memory exhausted')) throw refuse('it is nested too deeply');
    const codePoint = asStruct(asStruct(error)?.['sqlDetails'])?.['cursorPosition'];
    throw refuse(message, typeof codePoint === 'number' ? offsetOfCodePoint(text, codePoint) : undefined);
  }
}
