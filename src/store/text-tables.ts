/**
 * The tables of texts: what contents are found by words by. A policy version whose output has columns with a language has
 * one beside its own table, and the contents have one for their names and labels:
 *
 *     ns_<namespace>._text_p<id>_v<version>(content_id, root_id, <column> tsvector, …; PK (content_id))
 *     ns_<namespace>._text_content(content_id, root_id, name tsvector, labels tsvector; PK (content_id))
 *
 * One document a content and column: all its rows' texts together, so that a list of lines is one. They are made of what
 * other tables hold: a backup leaves them out, since databases of different versions stem differently.
 *
 * @module
 */
import type { ColumnValue, FeatureRow, Labels, OutputSpec } from '../contract/index.ts';
import { identifier } from './database.ts';
import type { Queryable, SqlValue } from './database.ts';
import { policyTable, qualified } from './names.ts';
import { policiesOf, versionOf } from './policy-rows.ts';
import type { PolicyRecord, PolicyVersion } from './records.ts';
import { dictionaryOf, documentTerms, labelText, nameText } from './text-terms.ts';

/** Names of tables that are made of what others hold begin so; no other table's name does. */
export const TEXT_TABLES = '_text';

/** The columns of `_text_content`; their words are not stemmed, since nobody knows their language. */
export const CONTENT_FIELDS = ['name', 'labels'] as const;

/** Columns of an output that are searched by words, with their languages. */
export function textFields(output: OutputSpec): { readonly name: string; readonly language: string }[] {
  return Object.entries(output.columns).flatMap(([name, { language }]) =>
    language === undefined ? [] : [{ name, language }],
  );
}

/** The table of a policy version's texts; of contents' names and labels where the policy is {@link CONTENT_TEXTS}. */
export function textTable(namespace: string, { policyId, version }: PolicyVersion): string {
  return qualified(namespace, policyId === 0 ? `${TEXT_TABLES}_content` : `${TEXT_TABLES}_p${policyId}_v${version}`);
}

/** Stands for the contents themselves where a policy version is asked for. */
export const CONTENT_TEXTS: PolicyVersion = { policyId: 0, version: 0 };

/** Makes the table where the output has texts. GIN takes entries at once: a list of pending ones is read by every search. */
export async function createTextTable(
  tx: Queryable,
  namespace: string,
  version: PolicyVersion,
  output: OutputSpec,
): Promise<void> {
  const fields = textFields(output);
  if (fields.length === 0) return;
  const table = textTable(namespace, version);
  const name = `${TEXT_TABLES}_p${version.policyId}_v${version.version}`;
  await tx.execute(
    [
      `create table ${table} (content_id uuid primary key, root_id uuid not null, ${fields.map((field) => `${identifier(field.name)} tsvector`).join(', ')})`,
      `alter table ${table} add constraint ${identifier(`${name}_content`)}
         foreign key (content_id) references ${qualified(namespace, '_content')} (content_id) on delete cascade`,
      ...fields.map(
        (field, index) =>
          `create index ${identifier(`${name}_${index + 1}`)} on ${table} using gin (${identifier(field.name)}) with (fastupdate = off)`,
      ),
    ].join(';\n'),
  );
}

/** Drops the table, which need not exist, and what was counted of it. */
export async function dropTextTable(tx: Queryable, namespace: string, version: PolicyVersion): Promise<void> {
  await tx.execute(`drop table if exists ${textTable(namespace, version)}`);
  for (const table of ['_text_index', '_text_term'])
    await tx.query(`delete from ${qualified(namespace, table)} where policy_id = $1 and version = $2`, [
      version.policyId,
      version.version,
    ]);
}

/** Replaces the texts of these contents by those of their rows. */
export async function writeTexts(
  tx: Queryable,
  namespace: string,
  policy: PolicyRecord,
  results: readonly { readonly contentId: string; readonly rows: readonly FeatureRow[] }[],
): Promise<void> {
  const fields = textFields(policy.output);
  if (fields.length === 0) return;
  const documents = results.map(({ contentId, rows }) => ({
    contentId,
    texts: fields.map(({ name }) => rows.flatMap((row) => textsOf(row.columns[name])).join('\n')),
  }));
  await writeDocuments(tx, namespace, versionOf(policy), fields, documents);
}

/**
 * Makes the texts of contents anew from their names and labels; call it in the transaction that changed them. What was made
 * of a content has none: its name and labels are its root's.
 */
export async function writeContentTexts(
  tx: Queryable,
  namespace: string,
  contentIds: readonly string[],
): Promise<void> {
  if (contentIds.length === 0) return;
  const { rows } = await tx.query<{ content_id: string; name: string; labels: Labels }>(
    `select content_id, name, labels from ${qualified(namespace, '_content')}
      where content_id = any ($1::uuid[]) and parent_id is null`,
    [contentIds],
  );
  const documents = rows.map(({ content_id: contentId, name, labels }) => ({
    contentId,
    texts: [nameText(name), labelText(labels)],
  }));
  await writeDocuments(tx, namespace, CONTENT_TEXTS, CONTENT_TEXT_FIELDS, documents);
}

/** `_text_content` as it is written. */
const CONTENT_TEXT_FIELDS: readonly Field[] = CONTENT_FIELDS.map((name) => ({ name, language: 'und' }));

/** Contents, or rows, that are read at once. */
const PAGE = 1000;

/** Fills the tables of texts, which must be empty, from names, labels and what extractors wrote. */
export async function fillTexts(tx: Queryable, namespace: string): Promise<void> {
  for (let after = NO_ID; ;) {
    const { rows } = await tx.query<{ content_id: string }>(
      `select content_id from ${qualified(namespace, '_content')}
        where content_id > $1 and parent_id is null order by content_id limit ${PAGE}`,
      [after],
    );
    const last = rows.at(-1);
    if (last === undefined) break;
    after = last.content_id;
    await writeContentTexts(
      tx,
      namespace,
      rows.map(({ content_id: id }) => id),
    );
  }
  for (const policy of await policiesOf(tx, namespace)) await fillPolicyTexts(tx, namespace, policy);
}

const NO_ID = '00000000-0000-0000-0000-000000000000';

async function fillPolicyTexts(tx: Queryable, namespace: string, policy: PolicyRecord): Promise<void> {
  const fields = textFields(policy.output);
  if (fields.length === 0) return;
  const columns = fields.map(({ name }) => identifier(name)).join(', ');
  const table = policyTable(namespace, versionOf(policy));
  for (let after = NO_ID; ;) {
    // All rows of so many contents: a document needs them together.
    const { rows } = await tx.query<{ content_id: string } & Record<string, ColumnValue>>(
      `select content_id, ${columns} from ${table} where content_id in (
         select distinct content_id from ${table} where content_id > $1 order by content_id limit ${PAGE})
       order by content_id, ord`,
      [after],
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.content_id;
    const results = new Map<string, FeatureRow[]>();
    for (const { content_id: contentId, ...columnsOfRow } of rows)
      results.set(contentId, [...(results.get(contentId) ?? []), { columns: columnsOfRow, vectors: {} }]);
    await writeTexts(
      tx,
      namespace,
      policy,
      [...results].map(([contentId, own]) => ({ contentId, rows: own })),
    );
  }
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((text) => typeof text === 'string') : [];
}

interface Field {
  readonly name: string;
  readonly language: string;
}

interface Document {
  readonly contentId: string;
  /** One a field; an empty one is none. */
  readonly texts: readonly string[];
}

/** Contents a statement. */
const DOCUMENTS_PER_STATEMENT = 250;

async function writeDocuments(
  tx: Queryable,
  namespace: string,
  version: PolicyVersion,
  fields: readonly Field[],
  documents: readonly Document[],
): Promise<void> {
  const table = textTable(namespace, version);
  await tx.query(`delete from ${table} where content_id = any ($1::uuid[])`, [
    documents.map(({ contentId }) => contentId),
  ]);
  const filled = documents.filter(({ texts }) => texts.some((text) => text !== ''));
  const names = fields.map(({ name }) => identifier(name));
  const text = `insert into ${table} (content_id, root_id, ${names.join(', ')})
    select c.content_id, c.root_id, ${fields.map((field, index) => documentSql(field, index)).join(', ')}
      from unnest($1::uuid[], ${fields.map((_field, index) => `$${2 * index + 2}::text[], $${2 * index + 3}::text[]`).join(', ')})
             as t (content_id, ${fields.map((_field, index) => `w${index}, g${index}`).join(', ')})
      join ${qualified(namespace, '_content')} c on c.content_id = t.content_id`;
  for (let start = 0; start < filled.length; start += DOCUMENTS_PER_STATEMENT) {
    const chunk = filled.slice(start, start + DOCUMENTS_PER_STATEMENT);
    const values: SqlValue[] = [chunk.map(({ contentId }) => contentId)];
    for (const index of fields.keys()) {
      const terms = chunk.map(({ texts }) => documentTerms(texts[index] ?? ''));
      values.push(terms.map(({ words }) => words.join(' ')));
      values.push(terms.map(({ grams }) => grams.join(' ')));
    }
    await tx.query(text, values);
  }
}

/** Terms are joined by spaces, which none has. Null where there are none, so that documents can be counted. */
function documentSql({ language }: Field, index: number): string {
  const dictionary = dictionaryOf(language);
  const word = `unnest(string_to_array(t.w${index}, ' '))`;
  const words =
    dictionary === undefined
      ? `select ${word} as term`
      : `select unnest(coalesce(ts_lexize('${dictionary}', word), array[word])) as term from ${word} as word`;
  return `(select nullif(array_to_tsvector(coalesce(array_agg(term), '{}')), '') from
            (${words} union all select unnest(string_to_array(t.g${index}, ' '))) terms)`;
}
