/**
 * Filters as SQL: labels that a search asks for, conditions of a policy, mime patterns. They speak of a relation with
 * the alias `c` that has the columns `labels`, `mime_type` and `root_id`.
 *
 * @module
 */
import { InvalidInputError } from '../contract/index.ts';
import type { LabelFilter } from '../contract/index.ts';
import type { SqlValue } from './database.ts';
import type { PolicyVersion, SqlCondition, TextCondition } from './records.ts';
import { storableJson, storableText } from './storable.ts';

/** Collects the values of one statement: `parameters.add(value)` returns `$n`. */
export class Parameters {
  readonly values: SqlValue[] = [];

  add(value: SqlValue): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}

/** All parts of a search's condition, joined by AND; `true` where there is none. */
export function conditionSql(condition: SqlCondition | undefined, parameters: Parameters): string {
  const parts = (condition?.labels ?? []).map(({ key, value }) => labelSql(key, value, parameters));
  parts.push(...(condition?.filter ?? []).map((filter) => filterSql(filter, parameters)));
  if (condition?.rootId !== undefined) parts.push(`c.root_id = ${parameters.add(condition.rootId)}::uuid`);
  parts.push(...(condition?.withText ?? []).map((wanted) => withTextSql(wanted, parameters)));
  parts.push(...(condition?.withoutText ?? []).flat().map((excluded) => withoutTextSql(excluded, parameters)));
  // On lines of its own, so that a comment at its end can't swallow the parenthesis.
  if (condition?.where !== undefined) parts.push(`(\n${condition.where}\n)`);
  return parts.length === 0 ? 'true' : parts.join(' and ');
}

/** One set of roots, so that each text is looked up once and not once a content. */
function withTextSql(wanted: TextCondition, parameters: Parameters, of: 'root_id' | 'content_id' = 'root_id'): string {
  if (wanted.length === 0) return 'false';
  const those = wanted.map(
    ({ table, column, query }) =>
      `select x.${of} from ${table} x where x.${column} @@ ${parameters.add(query)}::tsquery`,
  );
  return `c.${of} in (${those.join(' union all ')})`;
}

/** Frames that a condition speaks of: all that pass it, but where it asks for texts, those that have one of them. */
export function momentSql(condition: SqlCondition, parameters: Parameters): string {
  const texts = (condition.withText ?? []).map((wanted) => withTextSql(wanted, parameters, 'content_id'));
  return `c.parent_id is not null${texts.length === 0 ? '' : ` and (${texts.join(' or ')})`}`;
}

function withoutTextSql({ table, column, query }: TextCondition[number], parameters: Parameters): string {
  return `not exists (select 1 from ${table} x where x.root_id = c.root_id and x.${column} @@ ${parameters.add(query)}::tsquery)`;
}

/** `key=value` of a request, with the value as typed: `5` matches the label values "5" and 5. */
export function labelSql(key: string, value: string, parameters: Parameters): string {
  const contains = labelReadings(value).map((reading) => {
    return `c.labels @> ${parameters.add(storableJson({ [key]: reading }))}::jsonb`;
  });
  return `(${contains.join(' or ')})`;
}

/** Splits `key=value` at the first `=`. */
export function parseLabel(text: string): { key: string; value: string } {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidInputError(`Cannot read label "${text}": write it as key=value, e.g. trip=rome`);
  return { key: text.slice(0, at), value: text.slice(at + 1) };
}

function labelReadings(text: string): (string | number | boolean)[] {
  if (text === 'true' || text === 'false') return [text, text === 'true'];
  const isNumber = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) && Number.isFinite(Number(text));
  return isNumber ? [text, Number(text)] : [text];
}

/** One condition of a policy. Values of different types never match, nor does a label that is missing (`graph/filter.ts`). */
export function filterSql({ key, op, value }: LabelFilter, parameters: Parameters): string {
  if (value === null) return 'false';
  const name = `${parameters.add(storableText(key))}::text`;
  const label = `c.labels ->> ${name}`;
  const operator = op === '!=' ? '<>' : op;
  const wanted = parameters.add(typeof value === 'string' ? storableText(value) : String(value));
  const compare =
    typeof value === 'string'
      ? `(${label}) collate "C" ${operator} ${wanted}::text`
      : typeof value === 'number'
        ? `(${label})::numeric ${operator} ${wanted}::numeric`
        : `(${label})::boolean ${operator} ${wanted}::boolean`;
  // CASE, because AND may be evaluated in any order and the cast would fail for a value of another type.
  return `case when jsonb_typeof(c.labels -> ${name}) = '${typeof value}' then ${compare} else false end`;
}

/** A SELECT of policy versions as pairs of id and version. */
export function versionsSql(versions: readonly PolicyVersion[], parameters: Parameters): string {
  const ids = parameters.add(versions.map(({ policyId }) => policyId));
  return `select * from unnest(${ids}::integer[], ${parameters.add(versions.map(({ version }) => version))}::integer[])`;
}

/** True where the mime type fits one of the patterns, whose parts may be `*`. */
export function mimeSql(patterns: readonly string[], parameters: Parameters): string {
  if (patterns.length === 0) return 'false';
  const likes = patterns.map((pattern) => {
    const like = pattern
      .toLowerCase()
      .replaceAll(/[\\%_]/g, String.raw`\$&`)
      .replaceAll('*', '%');
    return `c.mime_type like ${parameters.add(like)}`;
  });
  return `(${likes.join(' or ')})`;
}
