/**
 * Features that callers hand over: captions of a dataset, boxes that people drew, vectors that were made elsewhere. The
 * parameters are the output; it takes no content and never runs.
 *
 * @module
 */
import { GIVEN_EXTRACTOR, GivenParams } from '../contract/index.ts';
import { defineExtractor, MAX_COLUMN_NAME, RESERVED_COLUMNS } from '../extractor/define.ts';
import type { Extractor } from '../extractor/types.ts';

export const featuresGiven: Extractor = defineExtractor({
  name: GIVEN_EXTRACTOR,
  version: '1',
  summary: 'Keeps rows that you hand over: captions, boxes, vectors of your own',
  aliases: ['given'],
  accepts: [],
  params: GivenParams.superRefine(({ columns, vectors }, context) => {
    const fault = (path: string[], message: string): void => context.addIssue({ code: 'custom', path, message });
    if (Object.keys(columns).length + Object.keys(vectors).length === 0)
      fault([], 'needs "columns" or "vectors": what will be handed over');
    for (const [kind, names] of [
      ['columns', Object.keys(columns)],
      ['vectors', Object.keys(vectors)],
    ] as const) {
      for (const name of names) {
        if (RESERVED_COLUMNS.has(name)) fault([kind, name], 'is reserved, since every table has it');
        if (name.length > MAX_COLUMN_NAME) fault([kind, name], `is longer than ${MAX_COLUMN_NAME} characters`);
      }
    }
    for (const name of Object.keys(vectors).filter((each) => each in columns))
      fault(['vectors', name], 'is a column, too; give it another name');
  }),
  describe: async ({ columns, vectors }) => ({ pixels: { resize: 'none' }, columns, vectors }),
  load: async () => ({
    run: async (items) => new Map(items.map(({ id }) => [id, new Error('Cannot extract: its rows are handed over')])),
    close: async () => {},
  }),
});
