import { expect, test } from 'vitest';
import type { CompleteRequest, WorkerTransport } from '../contract/index.ts';
import { InvalidInputError, UnavailableError } from '../contract/index.ts';
import { DatabaseError } from '../store/index.ts';
import { deliver } from './deliver.ts';

const request: CompleteRequest = { workerId: 'w', token: 't', results: [], refused: [] };

/** A server that answers each `complete` with the next of these; `log` tells what it was asked. */
function server(answers: readonly ('taken' | Error)[]): {
  readonly log: string[];
  readonly transport: Pick<WorkerTransport, 'complete' | 'abandon'>;
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
      async abandon({ token }) {
        log.push(`abandon ${token}`);
      },
    },
  };
}

test('deliver() sends results again while the server or its database is away', async () => {
  const away = [new UnavailableError('away'), new DatabaseError('gone', { sqlState: '08006' }), 'taken'] as const;
  const { log, transport } = server(away);
  expect(await deliver(transport, request, [0, 0, 0])).toEqual({ stale: [] });
  expect(log).toEqual(['complete t', 'complete t', 'complete t']);
});

test('deliver() abandons the lease when the last attempt fails', async () => {
  const { log, transport } = server([new UnavailableError('away'), new UnavailableError('still away')]);
  await expect(deliver(transport, request, [0])).rejects.toThrow('still away');
  expect(log).toEqual(['complete t', 'complete t', 'abandon t']);
});

test.each([new InvalidInputError('wrong form'), new DatabaseError('integer out of range', { sqlState: '22003' })])(
  'deliver() does not repeat what is refused for good: %s',
  async (refusal) => {
    const { log, transport } = server([refusal, 'taken']);
    await expect(deliver(transport, request, [0, 0])).rejects.toBe(refusal);
    expect(log).toEqual(['complete t', 'abandon t']);
  },
);

test('deliver() throws why the results were refused where the lease can not be abandoned either', async () => {
  const { transport } = server([new InvalidInputError('wrong form')]);
  const deaf = { ...transport, abandon: () => Promise.reject(new UnavailableError('away')) };
  await expect(deliver(deaf, request, [])).rejects.toThrow('wrong form');
});
