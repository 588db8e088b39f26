import { setTimeout as pause } from 'node:timers/promises';
import { DatabaseError as ServerError, type PoolClient } from 'pg';
import { expect, test } from 'vitest';
import { TimeoutError } from '../../contract/errors.ts';
import { Connection, type StopBackend } from './connection.ts';
import type { ValueTypes } from '../types.ts';

const CANCELLED = Object.assign(new ServerError('canceling statement due to user request', 0, 'error'), {
  code: '57014',
  severity: 'ERROR',
});

/** A client whose statements are answered by `answer`, and what became of it. */
function fakeClient(answer: (text: string) => Promise<void>) {
  const sent: string[] = [];
  const released: unknown[] = [];
  const client = {
    processID: 1,
    query: async (query: string | { readonly text: string }) => {
      const text = typeof query === 'string' ? query : query.text;
      sent.push(text);
      await answer(text);
      return { command: text.toUpperCase(), fields: [], rows: [], rowCount: 0 };
    },
    release: (away: unknown) => released.push(away),
  };
  return { client: client as unknown as PoolClient, sent, released };
}

const TYPES = { decoder: () => String, name: () => 'text' } as unknown as ValueTypes;
const never: StopBackend = () => Promise.reject(new Error('nothing is to be stopped'));

test.each(['begin; set local search_path to x', 'rollback'])(
  'a connection whose %j was cancelled does not go back to its pool: it is still in a transaction',
  async (cancelled) => {
    const { client, released } = fakeClient(async (text) => {
      if (text === cancelled) throw CANCELLED;
    });
    const connection = new Connection(client, TYPES, never);
    const work = async () => {
      await connection.begin('begin; set local search_path to x');
      await connection.end('rollback');
    };
    await expect(work()).rejects.toMatchObject({ sqlState: '57014' });
    connection.release();
    expect(released).toEqual([true]);
  },
);

test('a connection that was committed does', async () => {
  const { client, released } = fakeClient(async () => undefined);
  const connection = new Connection(client, TYPES, never);
  await connection.begin('begin');
  await connection.end('commit');
  connection.release();
  expect(released).toEqual([false]);
});

test('the next statement waits for a cancellation on its way, which would meet it', async () => {
  const order: string[] = [];
  const { client } = fakeClient(async (text) => {
    order.push(text);
    // Longer than the watchdog waits, and shorter than it takes to end the connection.
    if (text === 'slow') await pause(300).then(() => Promise.reject(CANCELLED));
  });
  const stop: StopBackend = async (_, how) => {
    await pause(250);
    order.push(`${how} sent`);
  };
  const connection = new Connection(client, TYPES, stop);
  await expect(connection.query('slow', [], { timeoutMs: 10 })).rejects.toBeInstanceOf(TimeoutError);
  await connection.execute('next');
  expect(order.filter((one) => !one.startsWith('set'))).toEqual(['slow', 'cancel sent', 'next']);
});
