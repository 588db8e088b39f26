/**
 * A server in a process of its own, and killing it or one of its children.
 *
 * @module
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FoveaClient } from '../../src/client/index.ts';

export type Target = 'server' | 'database host' | 'worker' | 'encoder host';

/** What stands in the command line of a child. */
const PROGRAMS: readonly (readonly [Target, string])[] = [
  ['database host', 'pglite/host.js'],
  ['worker', 'worker-main.js'],
  ['encoder host', 'encoder-main.js'],
];

export interface CrashServer {
  readonly client: FoveaClient;
  /** What could be killed now. */
  running(): Target[];
  /** Kills it with SIGKILL, where it is still there. */
  kill(target: Target): Promise<void>;
  alive(): boolean;
  /** All that it printed. */
  printed(): string;
  /** Ends it in order and waits for it; waits for its end where it was killed. */
  stop(): Promise<void>;
}

/** Starts `fovea server` and waits until it is ready. */
export async function startServer(
  program: string,
  environment: Readonly<Record<string, string>>,
  connect: (url: string, options: { readonly token: string }) => FoveaClient,
): Promise<CrashServer> {
  const child = spawn(process.execPath, [program, 'server', '--port', '0'], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  const url = await new Promise<string>((resolve, reject) => {
    const listen = (chunk: Buffer): void => {
      printed += chunk.toString();
      const found = /ready at (http:\S+)/.exec(printed)?.[1];
      if (found !== undefined) resolve(found);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('close', (code) => reject(new Error(`The server did not start (${code}): ${printed}`)));
  });
  const { token } = JSON.parse(readFileSync(join(environment.FOVEA_HOME ?? '', 'server.json'), 'utf8')) as {
    token: string;
  };
  const isAlive = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    client: connect(url, { token }),
    running: () => (isAlive() ? ['server', ...childrenOf(child).map(({ target }) => target)] : []),
    kill: async (target) => {
      const exit = target === 'server' && isAlive() ? once(child, 'exit') : undefined;
      const pid = target === 'server' ? child.pid : childrenOf(child).find((each) => each.target === target)?.pid;
      if (pid !== undefined) killNow(pid);
      await exit;
    },
    alive: isAlive,
    printed: () => printed,
    async stop() {
      if (!isAlive()) return;
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      await exit;
    },
  };
}

function childrenOf({ pid: parent }: ChildProcess): { readonly pid: number; readonly target: Target }[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && parentOf(pid) === parent)
    .flatMap((pid) => {
      const command = commandOf(pid);
      return PROGRAMS.filter(([, program]) => command.includes(program)).map(([target]) => ({ pid, target }));
    });
}

function parentOf(pid: number): number | undefined {
  // pid (command) state parent …; the command may hold spaces and brackets.
  const fields = read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ');
  return fields?.[1] === undefined ? undefined : Number(fields[1]);
}

function commandOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
}

/** Nothing where the process has gone meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has just gone by itself.
  }
}
