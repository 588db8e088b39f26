/**
 * One table a policy version, with what its extractor declared:
 *
 *     ns_<namespace>._p<id>_v<version>(content_id, ord, <typed columns>, <vectors>; PK (content_id, ord))
 *
 * The foreign key comes as a statement of its own (rule S4), so that the table could be distributed in between (S9).
 *
 * @module
 */
import { InvalidInputError } from '../contract/index.ts';
import type { OutputSpec } from '../contract/index.ts';
import { sqlType } from './columns.ts';
import { identifier } from './database.ts';
import type { Queryable } from './database.ts';
import { policyTable, policyTableName, qualified } from './names.ts';
import type { PolicyVersion } from './records.ts';
import { createTextTable, dropTextTable } from './text-tables.ts';

/** Columns that every table has. */
const KEYS = ['content_id', 'ord'];

/** @throws InvalidInputError where the output names a column twice, or one that every table has. */
export async function createPolicyTable(
  tx: Queryable,
  namespace: string,
  version: PolicyVersion,
  output: OutputSpec,
): Promise<void> {
  const names = [...KEYS, ...Object.keys(output.columns), ...Object.keys(output.vectors)];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new InvalidInputError(
      `Cannot make a table for the extractor's output: column "${twice}" is there twice; rename the output`,
    );
  }
  const table = policyTable(namespace, version);
  const columns = Object.entries(output.columns).map(([name, { type }]) => `${identifier(name)} ${sqlType(type)}`);
  const vectors = Object.entries(output.vectors).map(
    ([name, { dimension }]) => `${identifier(name)} ${tx.dialect.vectorType(dimension)} not null`,
  );
  const storage = Object.keys(output.vectors).map((name) => tx.dialect.vectorStorage(table, identifier(name)));
  await tx.execute(
    [
      `create table ${table} (${['content_id uuid not null', 'ord integer not null', ...columns, ...vectors, 'primary key (content_id, ord)'].join(', ')})`,
      ...storage.filter((statement) => statement !== undefined),
      `alter table ${table} add constraint ${identifier(`${policyTableName(version)}_content`)}
         foreign key (content_id) references ${qualified(namespace, '_content')} (content_id) on delete cascade`,
    ].join(';\n'),
  );
  await createTextTable(tx, namespace, version, output);
}

/** Drops the table and that of its texts; views over it must be gone. */
export async function dropPolicyTable(tx: Queryable, namespace: string, version: PolicyVersion): Promise<void> {
  await dropTextTable(tx, namespace, version);
  await tx.execute(`drop table ${policyTable(namespace, version)}`);
}

/** True where the policy version has stored nothing yet. */
export async function isEmpty(tx: Queryable, namespace: string, version: PolicyVersion): Promise<boolean> {
  const { rows } = await tx.query(`select 1 from ${policyTable(namespace, version)} limit 1`);
  return rows.length === 0;
}
