import { expect, test } from 'vitest';
import { createDatabaseProbe } from './database-probe.ts';

test('createDatabaseProbe() tells what the database answers', async () => {
  let reason: Error | undefined;
  const probe = createDatabaseProbe(async () => {
    if (reason !== undefined) throw reason;
  });
  expect(await probe()).toEqual({ ok: true });
  reason = new Error('gone');
  expect(await probe()).toEqual({ ok: false, detail: 'gone' });
  reason = undefined;
  expect(await probe()).toEqual({ ok: true });
});

test('createDatabaseProbe() does not wait for a busy database, asks it once, and calls long silence a fault', async () => {
  let time = 0;
  let questions = 0;
  let answer = (): void => {};
  const probe = createDatabaseProbe(
    () => {
      questions += 1;
      return new Promise<void>((resolve) => {
        answer = resolve;
      });
    },
    () => time,
  );
  expect(await probe()).toEqual({ ok: true, detail: 'it is busy: no answer for 0 ms' });
  time = 29_000;
  expect(await probe()).toEqual({ ok: true, detail: 'it is busy: no answer for 29000 ms' });
  time = 31_000;
  expect(await probe()).toEqual({ ok: false, detail: 'it is busy: no answer for 31000 ms' });
  expect(questions).toBe(1);
  const answered = probe();
  answer();
  expect(await answered).toEqual({ ok: true });
});
