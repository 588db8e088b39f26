import { appendFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLedger } from './spending.ts';

const entry = { model: 'a\tb', inputTokens: 2_000_000, outputTokens: 500_000 };

test('openLedger() sums what several processes write, and reads half a line when it is whole', async () => {
  const path = join(tmpdir(), `fovea-${randomUUID()}`, 'spent.tsv');
  const [one, other] = [openLedger(path, { input: 1, output: 2 }), openLedger(path, { input: 10, output: 0 })];
  expect(await one.total()).toEqual({ requests: 0, inputTokens: 0, outputTokens: 0, cost: 0 });
  await one.add(entry);
  await other.add(entry);
  const both = { requests: 2, inputTokens: 4_000_000, outputTokens: 1_000_000, cost: 23 };
  expect([await one.total(), await other.total()]).toEqual([both, both]);
  await appendFile(path, 'edited by hand\nt\tm\t1\t');
  expect(await one.total()).toEqual({ ...both, requests: 3 });
  await appendFile(path, '0\t5\n');
  expect(await one.total()).toEqual({ requests: 4, inputTokens: 4_000_001, outputTokens: 1_000_000, cost: 28 });
});
