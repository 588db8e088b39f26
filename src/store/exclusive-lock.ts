/**
 * A lock on a path that dies with its holder, whatever kills it: listening on a socket named by the path.
 *
 * On Linux the socket is abstract (no file, gone with the process). Elsewhere it is a file in the folder for temporary
 * files; one that nobody answers on is left over from a process that was killed, and is taken over. Processes in two
 * containers, or on two machines, don't see each other's sockets: a folder belongs to one machine.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

const RETRY_MS = 50;
/** A holder that blocks its event loop still has the socket, which the kernel accepts for it. */
const ANSWER_MS = 500;

export interface Lock {
  release(): Promise<void>;
}

/**
 * Takes the lock on a path, which need not exist (its parent is made), or returns undefined where another holds it.
 *
 * @param address The socket's; tests name one to try another system's kind.
 */
export async function takeLock(path: string, address: string = addressOf(path)): Promise<Lock | undefined> {
  const server = (await listen(address)) ?? (await takeOver(address));
  if (server === undefined) return undefined;
  server.unref();
  return {
    release: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}

/** Tries `takeLock` until it is free or the time is over. */
export async function waitForLock(path: string, timeoutMs: number): Promise<Lock | undefined> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const lock = await takeLock(path);
    if (lock !== undefined || performance.now() >= end) return lock;
    await pause();
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, RETRY_MS);
  });
}

/** Who holds the lock on a path: its process id, undefined in it where it doesn't say; undefined where nobody does. */
export async function lockHolder(path: string): Promise<{ readonly pid: number | undefined } | undefined> {
  const said = await ask(addressOf(path));
  if (said === undefined) return undefined;
  return { pid: /^\d+$/.test(said) ? Number(said) : undefined };
}

/** One address a path, whichever way it is spelled: links are followed. */
function addressOf(path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  const real = join(realpathSync(dirname(path)), basename(path));
  const name = `fovea-${createHash('sha256').update(resolved(real)).digest('hex').slice(0, 32)}`;
  if (process.platform === 'linux') return `\0${name}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`;
  return join(tmpdir(), `${name}.sock`);
}

function resolved(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function listen(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(String(process.pid));
    });
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen({ path: address, exclusive: true }, () => resolve(server));
  });
}

/** A socket file that nobody listens on belongs to nobody; a guard beside it lets one process at a time find that out. */
async function takeOver(address: string): Promise<Server | undefined> {
  if (address.startsWith('\0') || address.startsWith('\\\\')) return undefined;
  const guard = `${address}.guard`;
  if (!takeGuard(guard)) return undefined;
  try {
    if (await answers(address)) return undefined;
    rmSync(address, { force: true });
    return await listen(address);
  } finally {
    rmSync(guard, { force: true });
  }
}

/** Makes the guard's file, which holds a process id; that of a process which is gone counts for nothing. */
function takeGuard(guard: string): boolean {
  try {
    writeFileSync(guard, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    if (isRunning(Number(readText(guard)))) return false;
    rmSync(guard, { force: true });
    return false;
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function answers(address: string): Promise<boolean> {
  return (await ask(address)) !== undefined;
}

/** What the holder says to whoever connects: its process id, empty where it is too busy; undefined where there is none. */
function ask(address: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(address);
    let said: string | undefined;
    socket.setEncoding('utf8').setTimeout(ANSWER_MS, () => socket.destroy());
    socket.on('connect', () => {
      said ??= '';
    });
    socket.on('data', (text: Buffer | string) => {
      said = `${said ?? ''}${String(text)}`;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(said));
  });
}
