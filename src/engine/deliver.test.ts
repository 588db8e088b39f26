import { expect, test } from 'vitest';
import type { CompleteRequest, WorkerTransport } from '../contract/index.ts';
import { InvalidInputError, UnavailableError } from '../contract/index.ts';
import { DatabaseError } from '../store/index.ts';
import { deliver } from './deliver.ts';

const request: CompleteRequest = { workerId: 'w', token: 't', results: [], refused: [] };

/** A server that answers each `complete` with the next of these; `log` tells what it was asked. */
function server(answers: readonly ('taken' | Error)[]): {
  readonly log: string[];
  readonly transport: Required<Pick<WorkerTransport, 'complete' | 'abandon' | 'release'>>;
} {
  const left = [...answers];
  const log: string[] = [];
  return {
    log,
    transport: {
      async complete({ token }) {
        log.push(`complete ${token}`);
        const answer = left.shift();
        if (answer instanceof Error) throw answer;
        return { stale: [] };
      },
      async abandon({ token, reason }) {
        log.push(`abandon ${token}: ${reason}`);
      },
      async release({ token }) {
        log.push(`release ${token}`);
      },
    },
  };
}

test('deliver() sends results again while the server or its database is away', async () => {
  const away = [new UnavailableError('away'), new DatabaseError('gone', { sqlState: '08006' }), 'taken'] as const;
  const { log, transport } = server(away);
  expect(await deliver(transport, request, { waits: [0, 0, 0] })).toEqual({ stale: [] });
  expect(log).toEqual(['complete t', 'complete t', 'complete t']);
});

test('deliver() gives the lease back through no fault of its contents when the server stays away', async () => {
  const { log, transport } = server([new UnavailableError('away'), new UnavailableError('still away')]);
  await expect(deliver(transport, request, { waits: [0] })).rejects.toThrow('still away');
  expect(log).toEqual(['complete t', 'complete t', 'release t']);
});

test('deliver() waits as long as it is told to for a server that is away, and for no other', async () => {
  const full = new DatabaseError('could not extend file: No space left on device', { sqlState: '53100' });
  const patient = { waits: [0], patient: () => true };
  const away = server([full, full, full, full, 'taken']);
  expect(await deliver(away.transport, request, patient)).toEqual({ stale: [] });
  expect(away.log).toHaveLength(5);
  const broken = server([new Error('a fault'), new Error('the same fault'), 'taken']);
  await expect(deliver(broken.transport, request, patient)).rejects.toThrow('the same fault');
  expect(broken.log).toEqual(['complete t', 'complete t', 'abandon t: its results were refused: the same fault']);
});

test.each([new InvalidInputError('wrong form'), new DatabaseError('integer out of range', { sqlState: '22003' })])(
  'deliver() does not repeat what is refused for good: %s',
  async (refusal) => {
    const { log, transport } = server([refusal, 'taken']);
    await expect(deliver(transport, request, { waits: [0, 0] })).rejects.toBe(refusal);
    expect(log).toEqual(['complete t', `abandon t: its results were refused: ${refusal.message}`]);
  },
);

test('deliver() throws why the results were refused where the lease can not be abandoned either', async () => {
  const { transport } = server([new InvalidInputError('wrong form')]);
  const deaf = { ...transport, abandon: () => Promise.reject(new UnavailableError('away')) };
  await expect(deliver(deaf, request, { waits: [] })).rejects.toThrow('wrong form');
});
