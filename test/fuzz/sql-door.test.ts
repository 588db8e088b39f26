/**
 * Generated attacks on the SQL door, a few hundred of the 20,000 that `npm run soak -- sql` runs. A failure prints the seed
 * and the statement: `FOVEA_FUZZ_SEED=<seed>` repeats it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FoveaError } from '../../src/contract/index.ts';
import {
  ensureNamespace,
  gateStatement,
  migrate,
  namespaceSchema,
  readCondition,
  readerRole,
  runUserSql,
  viewNames,
  type Database,
  type TextEmbedder,
} from '../../src/store/index.ts';
import { describeEachDatabase } from '../databases.ts';
import { addContents, addPolicies, BOXES, boxRow, EMBEDDING, NAMESPACE, newPolicy, vectorRow } from '../store.ts';
import { writeFeatures } from '../../src/store/index.ts';
import { Random, seedOfRun } from './random.ts';
import { makeAttack, plainAttacks, type Attack } from './sql-statement.ts';
import {
  fingerprint,
  makeCanary,
  plantCanary,
  readWorld,
  removeCanary,
  writtenFiles,
  type World,
} from './sql-world.ts';

const COUNT = 800;
const SEED = seedOfRun(4);
const OTHER = 'vault';
const canary = makeCanary(String(100_000_000_000 + Math.floor(Math.random() * 899_999_999_999)));

/** Any text lies in the same direction. */
function embedderOf({ indexes }: World): TextEmbedder {
  return {
    indexes: indexes.map((name) => ({ name, dimension: 3 })),
    embed: async () => Float32Array.of(1, 0, 0),
  };
}

/** Relations that the plan of a statement reads. */
function relationsOf(plan: unknown): string[] {
  if (typeof plan !== 'object' || plan === null) return [];
  const { 'Relation Name': name, Schema: schema } = plan as Record<string, unknown>;
  return [
    ...(name === undefined ? [] : [`${String(schema)}.${String(name)}`]),
    ...Object.values(plan).flatMap(relationsOf),
  ];
}

describeEachDatabase(`the SQL door, attacked with seed ${SEED}`, (open) => {
  const folder = mkdtempSync(join(tmpdir(), 'fovea-fuzz-'));
  const place = { schema: namespaceSchema(NAMESPACE), other: namespaceSchema(OTHER), folder };
  let database: Database;
  let views: string[];
  let world: World;
  beforeAll(async () => {
    database = await open();
    await migrate(database);
    await ensureNamespace(database, NAMESPACE);
    await ensureNamespace(database, OTHER);
    const [first = '', second = ''] = await addContents(database, 'dog.jpg', 'beach.jpg', 'été 表.jpg');
    const [boxes, vectors] = await addPolicies(
      database,
      newPolicy('objects', BOXES),
      newPolicy('clip', EMBEDDING, { space: 'abc' }),
    );
    if (boxes === undefined || vectors === undefined) throw new Error('No policies');
    await database.transaction(async (tx) => {
      await writeFeatures(tx, NAMESPACE, boxes, [
        { contentId: first, rows: [boxRow('dog', 0.9), boxRow('person', 0.5, 7)] },
      ]);
      await writeFeatures(tx, NAMESPACE, vectors, [{ contentId: second, rows: [vectorRow(1, 2, 3)] }]);
    });
    await plantCanary(database, canary, place);
    views = await viewNames(database, NAMESPACE);
    world = await readWorld(database, canary, place, views);
  });
  afterAll(async () => {
    await removeCanary(database, canary).catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  });

  const run = async ({ query, params }: Attack): Promise<unknown> => {
    try {
      return await runUserSql(database, {
        ...place,
        role: readerRole(NAMESPACE),
        views,
        query,
        params,
        embedder: embedderOf(world),
        limit: 50,
        timeoutMs: 400,
      });
    } catch (error) {
      // What is no FoveaError would be a reply "500" that tells nothing.
      expect(error, `seed ${SEED}: ${query}`).toBeInstanceOf(FoveaError);
      return error instanceof Error ? error.message : error;
    }
  };

  /** What a statement that is let through reads, as the database's own planner sees it. */
  const readsOf = async ({ query, params }: Attack): Promise<string[]> => {
    if (params.length > 0) return [];
    const { indexes } = embedderOf(world);
    const types = indexes.map(({ name, dimension }) => ({ name, type: database.dialect.vectorType(dimension) }));
    const gated = await gateStatement(query, { schema: place.schema, views, indexes: types }).catch(() => undefined);
    if (gated === undefined) return [];
    const vectors = gated.embeds.map(() => '[1,0,0]');
    return database
      .transaction(
        async (tx) => {
          await tx.execute(`set local search_path to ${place.schema}, public`);
          const { rows } = await tx.query(`explain (verbose, format json) ${gated.text}`, vectors, { timeoutMs: 400 });
          return relationsOf(rows);
        },
        { readOnly: true },
      )
      .catch(() => []);
  };

  test('tells nothing of what lies outside, changes nothing, and answers with reasons', async () => {
    const before = await fingerprint(database);
    const random = new Random(SEED);
    const kinds = { answered: 0, refused: 0 };
    const own = new Set<string>();
    const attacks = plainAttacks(random, world);
    while (attacks.length < COUNT) attacks.push(makeAttack(random, world, { bombs: 0.01, deafBombs: 0 }));
    for (const [index, attack] of attacks.entries()) {
      const outcome = await run(attack);
      kinds[typeof outcome === 'string' ? 'refused' : 'answered'] += 1;
      expect(canary.leaks(JSON.stringify(outcome)), `seed ${SEED}, statement ${index}: ${attack.query}`).toBe(false);
      for (const name of await readsOf(attack)) {
        own.add(name);
        expect(name.split('.')[0], `seed ${SEED}, statement ${index}: ${attack.query}`).toBe(place.schema);
      }
    }
    expect(writtenFiles(folder)).toEqual([]);
    expect(await fingerprint(database)).toEqual(before);
    expect(await run({ kind: 'select', query: 'select count(*) from content', params: [] })).toMatchObject({
      rows: [{ count: 3 }],
    });
    // An attacker whose every statement is refused, or who reads nothing, would prove nothing.
    expect(kinds.answered).toBeGreaterThan(COUNT / 20);
    expect([...own].map((name) => name.split('.')[1])).toContain('_content');
  });

  test('lets conditions see nothing else either', async () => {
    const random = new Random(SEED + 1);
    for (let index = 0; index < COUNT / 5; index += 1) {
      const { query } = makeAttack(random, world, { bombs: 0, deafBombs: 0 });
      const where = query.replace(/^select /, '');
      const options = { schema: place.schema, views, embedder: embedderOf(world) };
      const gated = await readCondition(database.dialect, where, options).catch((error: unknown) => {
        expect(error, `seed ${SEED + 1}: ${where}`).toBeInstanceOf(FoveaError);
        return undefined;
      });
      if (gated === undefined) continue;
      const outcome = await database
        .asReader({ role: readerRole(NAMESPACE), schema: place.schema }, (tx) =>
          tx.query(`select c.name from ${place.schema}.content c where (${gated}\n)`, [], { timeoutMs: 400 }),
        )
        .then(({ rows }) => rows, String);
      expect(canary.leaks(JSON.stringify(outcome)), `seed ${SEED + 1}: ${where}`).toBe(false);
    }
  });
});
