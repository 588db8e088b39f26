/**
 * Starting a child process of our own: compiled code, typed arrays over the channel, no share in the terminal's signals.
 *
 * @module
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Where a child's program lies: always compiled code, also when the parent runs from `src/` (tests). */
const programs = new URL('../../dist/engine/', import.meta.url);

/**
 * Forks `dist/engine/<program>`. It runs in a process group of its own, so that Ctrl-C reaches only the parent, which
 * ends it in order; it ends by itself when the channel closes.
 */
export function startChild(program: string): ChildProcess {
  return fork(fileURLToPath(new URL(program, programs)), [], {
    serialization: 'advanced',
    execArgv: [],
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

/** Resolves when the process has ended; kills it after `graceMs`. */
export async function ended(child: ChildProcess, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
