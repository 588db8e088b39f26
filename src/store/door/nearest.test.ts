import { beforeAll, expect, test } from 'vitest';
import { describeEachDatabase } from '../../../test/databases.ts';
import { InvalidInputError, SqlError, type SqlResult } from '../../contract/index.ts';
import { identifier, type Database, type Queryable } from '../database.ts';
import { ensureReader } from '../reader.ts';
import { runUserSql, type UserSql } from './door.ts';
import { hardenSql } from './harden.ts';

const reader = { role: 'fovea_reader_nearest', schema: 'ns_near' };
const INDEX = 'photos.clip.embedding';
const ROWS = 60;

/** Directions over half a circle, so far from each other that half floats tell them apart; `rare` are the last three. */
async function prepare(database: Database): Promise<void> {
  await database.execute(`
    create schema fovea; create table fovea.setting (key text primary key, value jsonb not null);
    create schema ns_near;
    create table ns_near._vectors (content_id integer primary key, even boolean, rare boolean, embedding ${database.dialect.vectorType(2)});
    insert into ns_near._vectors
      select n, n % 2 = 0, n >= ${ROWS - 3}, ('[' || cos(n * pi() / ${ROWS}) || ',' || sin(n * pi() / ${ROWS}) || ']')::${database.dialect.vectorType(2)}
        from generate_series(0, ${ROWS - 1}) n;
    create index nearest on ns_near._vectors using hnsw (embedding ${database.dialect.vectorOps});
    create view ns_near."photos.clip" as select * from ns_near._vectors;
    analyze ns_near._vectors`);
  await database.transaction((tx) => ensureReader(tx, reader));
  const role = identifier(database.dialect.role(reader.role));
  await database.execute(`grant select on ns_near."photos.clip" to ${role}; ${hardenSql()}`);
}

/** The database, but that `before` is run behind the door's settings, and what `explain` says of its statements is kept. */
function watched(database: Database, before: string, plans: string[]): Database {
  const watch = (tx: Queryable): Queryable => ({
    dialect: tx.dialect,
    execute: (text) => tx.execute(`${text}; ${before}`),
    async query(text, values, options) {
      const { rows } = await tx.query(`explain (costs off) ${text}`, values);
      plans.push(rows.map((row) => String(Object.values(row)[0])).join('\n'));
      return tx.query(text, values, options);
    },
  });
  return new Proxy(database, {
    get(target, name) {
      if (name === 'asReader') {
        const asReader: Database['asReader'] = (who, work) => target.asReader(who, (tx) => work(watch(tx)));
        return asReader;
      }
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** So few rows are read as fast without the index: with it only where reading them all is made dear. */
const DEAR = 'set local seq_page_cost = 100000';

describeEachDatabase('SQL with meaning', (open) => {
  let database: Database;
  const asked: string[] = [];
  beforeAll(async () => {
    database = await open();
    await prepare(database);
  });

  const embedder: NonNullable<UserSql['embedder']> = {
    indexes: [{ name: INDEX, dimension: 2 }],
    async embed(index, text) {
      asked.push(`${index} ${text}`);
      if (text === 'unknown') throw new InvalidInputError('Cannot search by words: extractor "x" does not encode them');
      return text === 'east' ? Float32Array.of(1, 0) : Float32Array.of(0, 1);
    },
  };
  const run = (query: string, options: Partial<UserSql> = {}, on: Database = database): Promise<SqlResult> =>
    runUserSql(on, { ...reader, views: ['photos.clip'], query, limit: 100, embedder, ...options });
  const ids = ({ rows }: SqlResult): unknown[] => rows.map((row) => row['content_id']);

  test('finds by words, in select, where and order by, and as a parameter', async () => {
    const { columns, rows } = await run(
      `select content_id, similarity(embedding, embed('${INDEX}', 'east')) from "photos.clip" e
        where similarity(e.embedding, embed('${INDEX}', $1)) > 0.9 order by embedding <=> embed('${INDEX}', 'east') limit $2`,
      { params: ['north', 2] },
    );
    expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'content_id integer',
      'similarity double precision',
    ]);
    const angle = Math.ceil((Math.asin(0.9) / Math.PI) * ROWS);
    expect(rows.map((row) => row['content_id'])).toEqual([angle, angle + 1]);
    expect(rows[0]?.['similarity']).toBeCloseTo(Math.cos((angle / ROWS) * Math.PI), 2);
  });

  test('asks for a text once, and for nothing where the statement is refused', async () => {
    asked.length = 0;
    await run(`select embed('${INDEX}', 'east') <=> embed('${INDEX}', 'east'), embed('${INDEX}', $1) is null`, {
      params: ['east'],
    });
    expect(asked).toEqual([`${INDEX} east`, `${INDEX} east`]);
    await expect(run(`select embed('${INDEX}', 'east') from pg_class`)).rejects.toBeInstanceOf(SqlError);
    expect(asked).toHaveLength(2);
  });

  test.each([
    [`select content_id from "photos.clip" order by embedding <=> embed('${INDEX}', 'east') limit 3`],
    [`select content_id from "photos.clip" order by similarity(embedding, embed('${INDEX}', $1)) desc limit 3`],
    [
      `select content_id, similarity(e.embedding, embed('${INDEX}', 'east')) as s from "photos.clip" e order by s desc limit 3`,
    ],
    [`select content_id from "photos.clip" order by embedding <=> embed('${INDEX}', 'east')`],
    [`select content_id from (select * from "photos.clip" order by embedding <=> embed('${INDEX}', 'east') limit 3) q`],
  ])('uses the index: %s', async (query) => {
    const plans: string[] = [];
    const params = query.includes('$1') ? ['east'] : [];
    const found = await run(query, { params, limit: 3 }, watched(database, DEAR, plans));
    expect(ids(found)).toEqual([0, 1, 2]);
    expect(plans).toHaveLength(1);
    expect(plans[0]).toContain('Index Scan using nearest');
  });

  test('finds all that a filter leaves, also where a scan of the index gives up', async () => {
    const plans: string[] = [];
    const GIVE_UP = `set local hnsw.iterative_scan = off; set local hnsw.ef_search = 40; ${DEAR}`;
    const query = `select content_id from "photos.clip" where rare order by embedding <=> embed('${INDEX}', 'east') limit $1`;
    const found = await run(query, { params: [10] }, watched(database, GIVE_UP, plans));
    expect(ids(found)).toEqual([ROWS - 3, ROWS - 2, ROWS - 1]);
    expect(plans.map((plan) => plan.includes('using nearest'))).toEqual([true, expect.anything(), false]);
    plans.length = 0;
    const enough = await run(query.replace('rare', 'even'), { params: [10] }, watched(database, GIVE_UP, plans));
    expect(ids(enough)).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
    expect(plans).toHaveLength(1);
  });

  test('tells what an index can not, and which parameter is no text', async () => {
    const query = `select 1 where embed('${INDEX}', $1) is null`;
    await expect(run(query, { params: ['unknown'] })).rejects.toMatchObject({
      code: 'sql',
      position: query.indexOf('embed'),
      message: expect.stringContaining('index "photos.clip.embedding" takes no words'),
    });
    for (const value of [7, null, '', ['a']]) {
      await expect(run(query, { params: [value] })).rejects.toThrow(
        /the value of \$1, the text of embed\(\), is (no text|empty)/,
      );
    }
    await expect(run(query)).rejects.toThrow('it has 1 parameters ($1, $2, …) and 0 values were given');
    await expect(run(query, { params: ['a'], embedder: undefined })).rejects.toThrow('there are none yet');
    await expect(run(`select embed('${INDEX}', 'east') <=> '[1,2,3]'`)).rejects.toThrow('different');
  });
});
