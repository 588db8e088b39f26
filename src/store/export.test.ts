import { beforeAll, expect, test } from 'vitest';
import { describeEachDatabase } from '../../test/databases.ts';
import {
  addContents,
  addPolicies,
  BOXES,
  boxRow,
  EMBEDDING,
  NAMESPACE,
  newPolicy,
  prepareStore,
  unit,
  vectorRow,
} from '../../test/store.ts';
import type { FeatureRow } from '../contract/index.ts';
import type { Database } from './database.ts';
import { exportedTable, exportedVectors } from './export.ts';
import type { ExportSource } from './export.ts';
import { writeFeatures } from './features.ts';

async function rowsOf(source: ExportSource): Promise<Readonly<Record<string, unknown>>[]> {
  const rows: Readonly<Record<string, unknown>>[] = [];
  for await (const page of source.pages()) rows.push(...page);
  return rows;
}

describeEachDatabase('exports', (open) => {
  let db: Database;
  /** In their order. */
  let ids: string[];
  beforeAll(async () => {
    db = await prepareStore(await open());
    // More than two pages.
    ids = (await addContents(db, ...Array.from({ length: 1200 }, (_, index) => `${index}.jpg`))).toSorted();
    const [objects, clip] = await addPolicies(db, newPolicy('objects', BOXES), newPolicy('clip', EMBEDDING));
    const write = (policy: typeof objects, results: { contentId: string; rows: FeatureRow[] }[]) =>
      db.transaction(async (tx) => (policy === undefined ? undefined : writeFeatures(tx, NAMESPACE, policy, results)));
    const at = (place: number): string => ids[place] ?? '';
    await write(objects, [
      { contentId: at(1100), rows: [boxRow('dog', 0.5), boxRow('cat', 0.5)] },
      { contentId: at(2), rows: [boxRow('person', 0.5)] },
    ]);
    await write(clip, [
      { contentId: at(1100), rows: [vectorRow(1, 0, 0)] },
      { contentId: at(2), rows: [vectorRow(0, 1, 0)] },
    ]);
  });

  test('every content comes once, by its id', async () => {
    const source = await exportedTable(db, NAMESPACE, 'content');
    expect(source.columns.slice(0, 2)).toMatchObject([
      { name: 'content_id', type: 'uuid' },
      { name: 'name', type: 'text' },
    ]);
    expect((await rowsOf(source)).map(({ content_id: id }) => id)).toEqual(ids);
  });

  test('rows of shared views and of a policy come by content, then by ord', async () => {
    const names = async (table: string) =>
      (await rowsOf(await exportedTable(db, NAMESPACE, table))).map((row) => [
        row.content_id,
        row.ord,
        row.object_name,
      ]);
    const expected = [
      [ids[2], 0, 'person'],
      [ids[1100], 0, 'dog'],
      [ids[1100], 1, 'cat'],
    ];
    for (const table of ['ingestion', 'photos', 'photos.objects']) expect(await names(table)).toEqual(expected);
  });

  test('vectors come with the names of their contents', async () => {
    const index = { graph: 'photos', policy: 'clip', output: 'embedding', dimension: 3 };
    const rows = await rowsOf(exportedVectors(db, NAMESPACE, index));
    expect(rows).toEqual([
      { content_id: ids[2], ord: 0, name: expect.stringMatching(/^\d+\.jpg$/), embedding: [...unit(0, 1, 0)] },
      { content_id: ids[1100], ord: 0, name: expect.stringMatching(/^\d+\.jpg$/), embedding: [...unit(1, 0, 0)] },
    ]);
  });

  test('a table that is not there is named with those that are', async () => {
    await expect(exportedTable(db, NAMESPACE, 'pg_class')).rejects.toThrow(
      'Cannot find table "pg_class": known: "content", "ingestion", "photos", "photos.objects", "photos.clip"',
    );
  });
});
