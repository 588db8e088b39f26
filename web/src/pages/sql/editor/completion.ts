/**
 * What can be completed while SQL is typed: tables and columns of this library, its indexes in `embed()`, functions, and
 * the key words of a SELECT.
 *
 * @module
 */
import { type Completion, type CompletionSource, ifNotIn, snippetCompletion } from '@codemirror/autocomplete';
import { schemaCompletionSource, type SQLNamespace } from '@codemirror/lang-sql';
import type { Extension } from '@codemirror/state';
import { texts } from '../../../texts.ts';
import { identifier } from '../../../state/sql-names.ts';
import { dialect, KEYWORDS } from './dialect.ts';
import { FUNCTIONS } from './functions.ts';

export interface Schema {
  readonly tables: readonly {
    readonly name: string;
    readonly columns: readonly {
      readonly name: string;
      readonly type: string;
      readonly unit?: string | undefined;
      readonly description?: string | undefined;
    }[];
  }[];
  /** Names of indexes that take words. */
  readonly indexes: readonly string[];
}

/** Places where nothing is completed but what the quotes are about. */
const QUIET = ['QuotedIdentifier', 'String', 'LineComment', 'BlockComment', '.'];

/** Completion of SQL over `schema`, for the editor. */
export function completionOf(schema: Schema): Extension {
  const always = [...vectorCompletions(schema.indexes), ...functionCompletions(), ...keywords()];
  const sources: CompletionSource[] = [
    schemaCompletionSource({ dialect, schema: namespaceOf(schema) }),
    ifNotIn(QUIET, (context) => {
      const word = context.matchBefore(/\w+/);
      if (word === null && !context.explicit) return null;
      const options = [...columnsOf(schema, context.state.doc.toString()), ...always];
      return { from: word?.from ?? context.pos, options, validFor: /^\w*$/ };
    }),
  ];
  return sources.map((autocomplete) => dialect.language.data.of({ autocomplete }));
}

/** Tables and their columns as the SQL package wants them; a dot in a name is no separator. */
export function namespaceOf({ tables }: Schema): SQLNamespace {
  return Object.fromEntries(
    tables.map(({ name, columns }) => [
      name.replaceAll('.', String.raw`\.`),
      {
        self: { label: name, apply: identifier(name), type: 'table', boost: 2 },
        children: columns.map((column) => columnCompletion(column)),
      },
    ]),
  );
}

/** Columns of the tables that the text names; of all of them where it names none. */
export function columnsOf({ tables }: Schema, text: string): Completion[] {
  const words = new Set(text.match(/[\w.-]+/g) ?? []);
  const named = tables.filter(({ name }) => words.has(name));
  const found = new Map<string, Completion>();
  for (const { columns } of named.length > 0 ? named : tables) {
    for (const column of columns) if (!found.has(column.name)) found.set(column.name, columnCompletion(column, 1));
  }
  return [...found.values()];
}

function columnCompletion({ name, type, unit, description }: Schema['tables'][number]['columns'][number], boost = 0) {
  const detail = unit === undefined ? type : `${type}, ${unit}`;
  const info = description === undefined ? {} : { info: description };
  return { label: name, apply: identifier(name), type: 'column', detail, boost, ...info } satisfies Completion;
}

function vectorCompletions(indexes: readonly string[]): Completion[] {
  return [
    ...indexes.map((name) =>
      snippetCompletion(`embed('${name}', '\${words}')`, {
        label: `embed('${name}', …)`,
        type: 'function',
        info: texts.sql.complete.embed,
      }),
    ),
    snippetCompletion('similarity(${a}, ${b})', {
      label: 'similarity(a, b)',
      type: 'function',
      info: texts.sql.complete.similarity,
    }),
  ];
}

function functionCompletions(): Completion[] {
  return FUNCTIONS.map(({ name, arguments: given, gives }) =>
    // What stands in the parentheses is chosen, so that typing replaces it.
    snippetCompletion(given === '' ? `${name}()` : `${name}(\${${given.replaceAll(/[\\{}]/g, '')}})`, {
      label: `${name}(${given})`,
      type: 'function',
      info: gives,
    }),
  );
}

function keywords(): Completion[] {
  return KEYWORDS.split(' ').map((label) => ({ label, type: 'keyword', boost: -1 }));
}
