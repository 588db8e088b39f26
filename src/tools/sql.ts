/**
 * Exact questions about what was found in the pictures.
 *
 * @module
 */
import { z } from 'zod';
import { boundRows } from '../contract/index.ts';
import { defineTool, RESULT_BOUNDS } from './tool.ts';

export const sqlTool = defineTool({
  name: 'sql',
  title: 'Ask in SQL',
  description:
    'Runs one SELECT (PostgreSQL) over the tables that the tool "schema" tells, within limits of time, rows and bytes; nothing can be changed. Each row of the table "ingestion" is one thing found in one picture: count(*) counts things, count(distinct content_id) counts pictures. Select content_id and name where the question is about pictures.',
  input: z.object({
    query: z.string().min(1).max(20_000).describe('One SELECT'),
    limit: z.int().min(1).max(1000).default(100).describe('Most rows'),
  }),
  async run(client, { query, limit }, { signal } = {}) {
    const { columns, rows, truncated } = await client.sql(query, [], { limit, signal });
    const { rows: shown, left } = boundRows(rows, RESULT_BOUNDS);
    return { value: { columns, rows: shown, truncated: truncated || left > 0 } };
  },
});
