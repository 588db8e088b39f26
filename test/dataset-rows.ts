/**
 * Data sets read whole, for tests.
 *
 * @module
 */
import type { Dataset, DatasetRow } from '../src/sources/index.ts';

/** All rows, in order. */
export async function readRows(dataset: Dataset): Promise<DatasetRow[]> {
  const rows: DatasetRow[] = [];
  for await (const group of dataset.groups()) {
    for await (const row of group.read()) rows.push(row);
  }
  return rows;
}
