import { expect, test } from 'vitest';
import type { Statement } from './messages.ts';
import { WalWatch } from './wal-watch.ts';

const MIB = 1024 * 1024;

/** A clock and a write-ahead log that stand where the test puts them. */
function stand() {
  const state = { now: 0, bytes: 1000 * MIB, checkpoints: 0 };
  const run = async ({ text }: Statement) => {
    if (text === 'checkpoint') state.checkpoints += 1;
    return { result: { columns: [], rows: [[state.bytes]], affected: 0, command: '' } };
  };
  return { state, watch: new WalWatch(run, () => state.now) };
}

test('look() writes a checkpoint after 64 MiB', async () => {
  const { state, watch } = stand();
  for (const mib of [0, 60, 63, 64, 100, 127, 128]) {
    state.now += 2000;
    state.bytes = (1000 + mib) * MIB;
    await watch.look();
  }
  expect(state.checkpoints).toBe(2);
});

test('look() writes a checkpoint five minutes after a write, and none where nothing was written', async () => {
  const { state, watch } = stand();
  state.now = 2000;
  await watch.look();
  state.bytes += MIB;
  state.now = 4 * 60_000;
  await watch.look();
  expect(state.checkpoints).toBe(0);
  state.now = 6 * 60_000;
  await watch.look();
  expect(state.checkpoints).toBe(1);
  state.now = 20 * 60_000;
  await watch.look();
  expect(state.checkpoints).toBe(1);
});
