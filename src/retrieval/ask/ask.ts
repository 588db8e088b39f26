/**
 * A question in words, step by step: a language model writes one SELECT, the door runs it, the model says what the rows mean.
 * A statement that does not run is repaired once. What the model writes is run by the door only, as any user's SQL; what it
 * says of the rows is shown and never run.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import {
  FoveaError,
  LimitError,
  NotConfiguredError,
  SqlError,
  TimeoutError,
  UnansweredError,
  type AskedContent,
  type AskRequest,
  type AskStep,
  type RefusedSql,
  type SqlRequest,
  type SqlResult,
  type TableDescription,
} from '../../contract/index.ts';
import { plainText, withoutThoughts } from '../../chat/index.ts';
import type { LanguageModel } from '../../chat/index.ts';
import { exampleStatements, exampleValuesStatement } from '../../store/index.ts';

import { extractSql } from './extract-sql.ts';
import { answerMessages, type ExampleValues, repairMessages, type SqlPrompt, sqlMessages } from './prompt.ts';

export interface AskDependencies {
  /** Undefined where none is configured. */
  readonly model: LanguageModel | undefined;
  readonly tables: (namespace: string) => Promise<readonly TableDescription[]>;
  /** The door. */
  readonly sql: (namespace: string, request: SqlRequest, signal: AbortSignal) => Promise<SqlResult>;
  /** Those that exist, in the order given. */
  readonly contents: (namespace: string, contentIds: readonly string[]) => Promise<readonly AskedContent[]>;
}

/** Contents that are shown with the rows. */
const MAX_CONTENTS = 50;
const MAX_ANSWER_CHARACTERS = 4000;
/** What the model says where it writes no statement. */
const MAX_WORDS = 500;
/** Example values are a help, not worth waiting for. */
const EXAMPLES_MS = 1000;
/** Longer values are what somebody wrote, not what something is called: a caption, text in a picture. */
const MAX_VALUE_CHARACTERS = 32;
const MAX_VALUE_WORDS = 4;

/**
 * Answers a question.
 *
 * @throws NotConfiguredError without a model; UnansweredError where it writes no statement that runs; UnavailableError,
 * TimeoutError or LimitError of its server before there are rows (afterwards the answer is null and `notes` say why).
 */
export async function* ask(
  dependencies: AskDependencies,
  namespace: string,
  { question, limit }: AskRequest,
  signal: AbortSignal,
): AsyncGenerator<AskStep> {
  const { model } = dependencies;
  const tables = await dependencies.tables(namespace);
  if (model === undefined) throw notConfigured(tables);
  yield { step: 'asked', model: model.name, finished: false };
  const examples = await exampleValues(dependencies, namespace, tables, signal);
  const prompt: SqlPrompt = { question, tables, examples, nonce: newNonce() };
  const refused: RefusedSql[] = [];
  for (;;) {
    const last = refused.at(-1);
    const said = await model.complete(last === undefined ? sqlMessages(prompt) : repairMessages(prompt, last), signal);
    const sql = extractSql(said);
    if (sql === undefined) throw withoutStatement(model, said, refused);
    yield { step: 'sql', sql, finished: false };
    signal.throwIfAborted();
    const outcome = await tryStatement(dependencies, namespace, { query: sql, limit }, signal);
    if ('result' in outcome) {
      const contents = await dependencies.contents(namespace, contentIds(outcome.result));
      yield { step: 'rows', result: outcome.result, contents: [...contents], finished: false };
      yield await putIntoWords(model, { question, sql, result: outcome.result }, signal);
      return;
    }
    refused.push({ sql, ...outcome });
    yield { step: 'refused', sql, ...outcome, finished: false };
    if (refused.length > 1) throw gaveUp(model, refused);
  }
}

function notConfigured(tables: readonly TableDescription[]): NotConfiguredError {
  return new NotConfiguredError(
    tables.map(({ ddl }) => ddl),
    exampleStatements(tables),
  );
}

/** New for each conversation. */
function newNonce(): string {
  return randomUUID().replaceAll('-', '');
}

/** Runs a statement; what its text is to blame for is an outcome. */
async function tryStatement(
  { sql }: AskDependencies,
  namespace: string,
  request: SqlRequest,
  signal: AbortSignal,
): Promise<{ readonly result: SqlResult } | { readonly code: string; readonly message: string }> {
  try {
    return { result: await sql(namespace, request, signal) };
  } catch (error) {
    const isToBlame = error instanceof SqlError || error instanceof TimeoutError || error instanceof LimitError;
    if (isToBlame) return { code: error.code, message: error.message };
    throw error;
  }
}

/** Short values of columns, so that conditions name what is there; none where the database takes too long. */
async function exampleValues(
  { sql }: AskDependencies,
  namespace: string,
  tables: readonly TableDescription[],
  signal: AbortSignal,
): Promise<ExampleValues> {
  try {
    const { rows } = await sql(namespace, { query: exampleValuesStatement(tables), timeoutMs: EXAMPLES_MS }, signal);
    const found = rows.flatMap(({ table_name: table, column_name: column, examples }) => {
      const values = Array.isArray(examples) ? examples.filter((value) => typeof value === 'string') : [];
      return values.length > 0 && values.every(isName) ? [[`${String(table)}.${String(column)}`, values] as const] : [];
    });
    return Object.fromEntries(found);
  } catch (error) {
    if (error instanceof FoveaError) return {};
    throw error;
  }
}

/** Whether a value is what something is called, as `dog` or `Canon EOS 5D`. */
function isName(value: string): boolean {
  return value.length <= MAX_VALUE_CHARACTERS && value.split(/\s+/).length <= MAX_VALUE_WORDS;
}

/** Ids in the columns that hold such, each once. */
function contentIds({ columns, rows }: SqlResult): string[] {
  const names = columns.filter(({ type }) => type === 'uuid').map(({ name }) => name);
  const ids = rows.flatMap((row) => names.map((name) => row[name]).filter((id) => typeof id === 'string'));
  return [...new Set(ids)].slice(0, MAX_CONTENTS);
}

/** The rows are the result: a model that fails over them takes nothing away. */
async function putIntoWords(
  model: LanguageModel,
  { question, sql, result }: { readonly question: string; readonly sql: string; readonly result: SqlResult },
  signal: AbortSignal,
): Promise<AskStep> {
  try {
    const said = withoutThoughts(await model.complete(answerMessages(question, sql, result, newNonce()), signal));
    return {
      step: 'answer',
      answer: said === '' ? null : plainText(said, MAX_ANSWER_CHARACTERS),
      notes: [],
      finished: true,
    };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof FoveaError)) throw error;
    return {
      step: 'answer',
      answer: null,
      notes: [`The rows are not put into words: ${error.message}`],
      finished: true,
    };
  }
}

function withoutStatement(model: LanguageModel, said: string, refused: readonly RefusedSql[]): UnansweredError {
  const words = plainText(withoutThoughts(said), MAX_WORDS);
  return new UnansweredError(
    `Cannot answer this question: the language model "${model.name}" wrote no SQL${words === '' ? '' : `, but: ${words}`}`,
    refused,
  );
}

function gaveUp(model: LanguageModel, refused: readonly RefusedSql[]): UnansweredError {
  const reason = refused.at(-1)?.message ?? '';
  return new UnansweredError(
    `Cannot answer this question: the SQL that the language model "${model.name}" wrote does not run, nor does its correction (${reason})`,
    refused,
  );
}
