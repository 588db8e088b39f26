/**
 * One command, one client: of the server that runs on this home, of the one that was named, or of an engine opened in
 * this process under the same lock.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FoveaClient } from '../client/index.ts';
import { connect } from '../client/index.ts';
import { ConflictError } from '../contract/index.ts';
import { findHomeOwner, HomeInUseError } from '../engine/before-opening.ts';
import type { open } from '../engine/index.ts';
import type { Environment } from './environment.ts';
import { note } from './output.ts';

export interface SessionOptions {
  readonly namespace: string;
  /** True: start no workers in this process; tasks wait for a server. */
  readonly reading: boolean;
}

/** How long a command waits for another that has the home open without a server. */
const PATIENCE_MS = 15_000;

/** Runs `work` with a client, and closes what was opened for it. */
export async function withClient<T>(
  environment: Environment,
  { namespace, reading }: SessionOptions,
  work: (client: FoveaClient) => Promise<T>,
): Promise<T> {
  const [apiKey] = environment.apiKeys;
  if (environment.server !== undefined) {
    return work(connect(environment.server, { namespace, ...(apiKey === undefined ? {} : { token: apiKey }) }));
  }
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const owner = await findHomeOwner(environment.engine.home);
    if (owner?.port !== undefined)
      return work(connect(`http://${owner.host}:${owner.port}`, { namespace, token: owner.token }));
    if (owner === undefined) {
      const opened = await tryOpen(environment, reading);
      if (opened !== undefined) {
        try {
          return await work(opened.withNamespace(namespace));
        } finally {
          await opened.close();
        }
      }
    }
    if (performance.now() > until) {
      const who = owner === undefined ? 'another process' : `process ${owner.pid}`;
      throw new ConflictError(
        `Cannot open "${environment.engine.home}": ${who} has it open and serves nobody else; wait for it, or run "fovea server" and give commands to that`,
      );
    }
    await sleep(200);
  }
}

async function tryOpen(
  environment: Environment,
  reading: boolean,
): Promise<Awaited<ReturnType<typeof open>> | undefined> {
  const engine = await import('../engine/index.ts');
  try {
    return await engine.open({ ...environment.engine, onNote: note, ...(reading ? { workers: 0 } : {}) });
  } catch (error) {
    // Another command was faster; it may be gone in a moment.
    if (error instanceof HomeInUseError) return undefined;
    throw error;
  }
}
