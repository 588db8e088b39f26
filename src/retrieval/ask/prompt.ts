/**
 * What a language model is told. Two conversations, which share no text but the question and the statement:
 *
 *     question, tables, example values → a statement          (its error → another statement, once)
 *     question, statement, rows        → an answer in words
 *
 * Rows, and with them captions, text in pictures and names, are in the second only: nothing that it says is run. Of the data,
 * the first sees short values of columns (`dog`, `Canon`), which the one that writes conditions needs.
 *
 * @module
 */
import { boundRows, type RefusedSql, type SqlResult, type TableDescription } from '../../contract/index.ts';
import type { ChatMessage } from '../../chat/index.ts';
import { dataBlock, dataRule } from './data-block.ts';

/** Values that a column holds, by `table.column`. */
export type ExampleValues = Readonly<Record<string, readonly string[]>>;

/** Characters of all tables; the names of the rest are told. A model on a laptop reads some ten thousand. */
const MAX_TABLE_CHARACTERS = 24_000;
/** What a model is shown of the rows. */
const ROW_BOUNDS = { maxCharacters: 16_000, maxCellCharacters: 400 };
const MAX_REASON_CHARACTERS = 1000;

export interface SqlPrompt {
  readonly question: string;
  readonly tables: readonly TableDescription[];
  readonly examples: ExampleValues;
  readonly nonce: string;
}

/** Asks for a statement. */
export function sqlMessages({ question, tables, examples, nonce }: SqlPrompt): ChatMessage[] {
  return [
    { role: 'system', content: `${SQL_RULES}\n\n${dataRule(nonce)}\n\n${describeTables(tables)}` },
    {
      role: 'user',
      content: `Values that some columns hold, not all of them:\n${dataBlock(examples, nonce)}\n\nQuestion: ${JSON.stringify(question)}`,
    },
  ];
}

/** Asks once more, behind a statement that did not run. The database's words may repeat what stands in the tables. */
export function repairMessages(prompt: SqlPrompt, { sql, message }: RefusedSql): ChatMessage[] {
  const reason = dataBlock({ error: cut(message, MAX_REASON_CHARACTERS) }, prompt.nonce);
  return [
    ...sqlMessages(prompt),
    { role: 'assistant', content: `\`\`\`sql\n${sql}\n\`\`\`` },
    {
      role: 'user',
      content: `That did not run. The reason:\n${reason}\n\nWrite one corrected SELECT for the same question.`,
    },
  ];
}

/** Asks what the rows say. */
export function answerMessages(question: string, sql: string, result: SqlResult, nonce: string): ChatMessage[] {
  const { rows, left } = boundRows(result.rows, ROW_BOUNDS);
  const more = left > 0 || result.truncated ? ' There are more than are shown: say so where it matters.' : '';
  return [
    { role: 'system', content: `${ANSWER_RULES}\n\n${dataRule(nonce)}` },
    {
      role: 'user',
      content: `Question: ${JSON.stringify(question)}\n\nThe statement that was run: ${JSON.stringify(sql)}\n\nIt gave ${result.rows.length} ${result.rows.length === 1 ? 'row' : 'rows'}, ${rows.length} of them here.${more}\n${dataBlock(rows, nonce)}`,
    },
  ];
}

const SQL_RULES = `You turn questions about a library of pictures into SQL for PostgreSQL. Answer with one SELECT in a \`\`\`sql block and nothing else.

- Use only the tables and columns below. Names with a dot, capitals or a dash stand in double quotes.
- One statement that reads. No parameters, no functions that tell about the server.
- Each row of "ingestion" is one thing found in one picture: count(*) counts things, count(distinct content_id) counts pictures.
- Where the question is about pictures, select content_id and name, one row a picture.
- Compare text without regard to case: ilike, or lower(…).
- A label is labels ->> 'key'. Don't select columns of type vector or halfvec; where a question is about what pictures look like, sort by one as its comment shows, with a limit.
- Where these tables can't answer the question, write one sentence that says why, and no SQL.`;

const ANSWER_RULES = `You put the result of a database query about a library of pictures into words. Answer the question in a few sentences, in the question's language, from the rows alone. Plain text: no Markdown, no links. Where the rows don't answer it, say so.`;

function describeTables(tables: readonly TableDescription[]): string {
  const texts: string[] = [];
  const untold: string[] = [];
  let room = MAX_TABLE_CHARACTERS;
  for (const { name, ddl } of tables) {
    room -= ddl.length;
    if (room > 0) texts.push(ddl);
    else untold.push(`"${name}"`);
  }
  const more = untold.length === 0 ? '' : `\n\nAnd without their columns here: ${cut(untold.join(', '), 2000)}`;
  return `The tables:\n\n${texts.join('\n\n')}${more}`;
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}
