import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Database } from '../store/index.ts';
import { namespaceStatus } from './status.ts';

test('namespaceStatus() does not say that nothing is open beside counts of contents from before', async () => {
  let isDone = false;
  const statements: Record<string, () => Promise<object[]>> = {
    // The last task ends while it is being counted.
    'as waiting': async () => {
      await turn();
      isDone = true;
      return [{ policy_id: 0, version: 1, waiting: 0, running: 0, done: 1, failed: 0, recent: 1 }];
    },
    'as unfinished': async () => [{ contents: 1, failed: 0, unfinished: isDone ? 0 : 1 }],
  };
  const query = async (text: string) => {
    const known = Object.keys(statements).find((part) => text.includes(part));
    const rows = known === undefined ? [] : ((await statements[known]?.()) ?? []);
    return { rows, affected: rows.length };
  };
  const status = await namespaceStatus(
    {
      database: { query } as unknown as Database,
      rates: { perSecond: () => 0 } as never,
      roster: { living: () => [] } as never,
      withoutWorkers: false,
      trouble: undefined,
    },
    'default',
  );
  expect(status).toMatchObject({ busy: false, contents: 1, indexedContents: 1 });
});
