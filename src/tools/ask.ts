/**
 * A question in words, for the language model of the library.
 *
 * @module
 */
import { z } from 'zod';
import { boundRows } from '../contract/index.ts';
import { defineTool, RESULT_BOUNDS } from './tool.ts';

export const askTool = defineTool({
  name: 'ask',
  title: 'Ask in words',
  description:
    'Lets the library\'s own language model, where one is configured, write and run the SQL for a question in words; gives the SQL, the rows and an answer. Whoever can write SQL uses the tools "schema" and "sql" instead.',
  input: z.object({ question: z.string().min(1).max(2000) }),
  async run(client, { question }, { signal } = {}) {
    const { sql, result, answer, notes } = await client.ask(question, { signal });
    const { rows, left } = boundRows(result.rows, RESULT_BOUNDS);
    return { value: { sql, rows, truncated: result.truncated || left > 0, answer, notes } };
  },
});
