/**
 * What there is to ask.
 *
 * @module
 */
import { z } from 'zod';
import { defineTool } from './tool.ts';

export const schemaTool = defineTool({
  name: 'schema',
  title: 'Tables and indexes',
  description:
    'Tells the tables that the tool "sql" sees, as CREATE TABLE statements with units and meanings, how many pictures there are, and which indexes the tool "search" searches. Call it before the first SQL.',
  input: z.object({}),
  async run(client, _input, options = {}) {
    const [tables, indexes, { contents, indexedContents }] = await Promise.all([
      client.tables(options),
      client.indexes(options),
      client.status(options),
    ]);
    return {
      value: {
        pictures: contents,
        indexedPictures: indexedContents,
        tables: tables.map(({ ddl }) => ddl),
        indexes: indexes.map(({ name, rows, model }) => ({ name, rows, model })),
      },
    };
  },
});
