/**
 * Main of the database host: a child process that owns one PGlite. It outlives a server that hangs, dies with one that
 * dies (the channel closes: what runs is cancelled and rolled back, the database is closed), and holds a lock of its own
 * on the folder, since a server's lock is free again a moment before its host has closed the database.
 *
 * @module
 */
import { lockHolder, waitForLock } from '../exclusive-lock.ts';
import { type FromHost, type HostOptions, type RunRequest, type ToHost } from './messages.ts';
import { Supervisor } from './supervisor.ts';

let supervisor: Supervisor | undefined;
/** What ends the statements that run or wait, by the id of their request. */
const cancels = new Map<number, AbortController>();

function send(message: FromHost): void {
  if (process.connected) process.send?.(message);
}

async function open(options: HostOptions): Promise<void> {
  try {
    if (options.folder !== 'memory://' && (await waitForLock(options.folder, options.lockWaitMs)) === undefined) {
      const holder = await lockHolder(options.folder);
      throw new Error(`another process${holder?.pid === undefined ? '' : ` (${holder.pid})`} has it open`);
    }
    const opening = new Supervisor(options);
    await opening.start();
    supervisor = opening;
    send({ type: 'ready', session: supervisor.session, cancellable: supervisor.cancellable });
  } catch (error) {
    send({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
    process.disconnect();
  }
}

async function run(request: RunRequest): Promise<void> {
  if (supervisor === undefined) return;
  const cancel = new AbortController();
  cancels.set(request.id, cancel);
  const outcome = await supervisor.run(
    { text: request.text, values: request.values },
    { timeoutMs: request.timeoutMs, cancelled: cancel.signal },
    request.session,
  );
  cancels.delete(request.id);
  send({ type: 'outcome', id: request.id, ...outcome });
}

process.on('message', (message: ToHost) => {
  if (message.type === 'open') void open(message);
  else if (message.type === 'run') void run(message);
  else if (message.type === 'cancel') cancels.get(message.id)?.abort();
  else process.disconnect();
});
process.on('disconnect', () => {
  void (supervisor?.close() ?? Promise.resolve()).finally(() => process.exit(0));
});
/** A terminal's Ctrl-C and a service manager's stop reach every process of the group: the server decides when it is over. */
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
