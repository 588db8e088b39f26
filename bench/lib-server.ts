/**
 * The server as users start it: the command line in a process of its own.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { connect } from 'fovea';
import type { FoveaClient } from 'fovea/client';
import { testData } from './lib-data.ts';

export interface RunningServer {
  readonly client: FoveaClient;
  readonly pid: number;
  stop(): Promise<void>;
}

/** A server that does not end by itself within this is ended. */
const STOP_LIMIT_MS = 60_000;
const START_LIMIT_MS = 120_000;

/** Starts it on a free port with the models of the test data, and waits until it is ready. */
export async function startServer(home: string, environment: NodeJS.ProcessEnv = {}): Promise<RunningServer> {
  const child = spawn(process.execPath, [resolve('dist/cli/main.js'), 'server', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, FOVEA_HOME: home, FOVEA_MODELS: testData('models'), HF_HUB_OFFLINE: '1', ...environment },
  });
  const late = setTimeout(() => child.kill('SIGKILL'), START_LIMIT_MS);
  const lines = createInterface(child.stdout);
  for await (const line of lines) {
    const url = /ready at (http:\/\/\S+)/.exec(line)?.[1];
    if (url === undefined) continue;
    clearTimeout(late);
    const { token } = JSON.parse(readFileSync(join(home, 'server.json'), 'utf8')) as { token: string };
    child.stdout.resume();
    return {
      client: connect(url, { token }),
      pid: child.pid ?? 0,
      stop: async () => {
        const ended = once(child, 'exit');
        child.kill('SIGTERM');
        const killed = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
        await ended;
        clearTimeout(killed);
      },
    };
  }
  clearTimeout(late);
  throw new Error(`The server ended, or was ended after ${START_LIMIT_MS / 1000} s, before it was ready`);
}
