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

/** Starts it on a free port with the models of the test data, and waits until it is ready. */
export async function startServer(home: string, environment: NodeJS.ProcessEnv = {}): Promise<RunningServer> {
  const child = spawn(process.execPath, [resolve('dist/cli/main.js'), 'server', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, FOVEA_HOME: home, FOVEA_MODELS: testData('models'), HF_HUB_OFFLINE: '1', ...environment },
  });
  const lines = createInterface(child.stdout);
  for await (const line of lines) {
    const url = /ready at (http:\/\/\S+)/.exec(line)?.[1];
    if (url === undefined) continue;
    const { token } = JSON.parse(readFileSync(join(home, 'server.json'), 'utf8')) as { token: string };
    child.stdout.resume();
    return {
      client: connect(url, { token }),
      pid: child.pid ?? 0,
      stop: async () => {
        const ended = once(child, 'exit');
        child.kill('SIGTERM');
        await ended;
      },
    };
  }
  throw new Error('The server ended before it was ready');
}
