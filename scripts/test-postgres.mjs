#!/usr/bin/env node
/**
 * Starts a throw-away PostgreSQL, runs a command with `FOVEA_TEST_POSTGRES_URL` set, and removes it again.
 *
 *     node scripts/test-postgres.mjs npx vitest run src/store
 *
 * No port, no password, no prompt: a socket in a folder for temporary files, that only this user can enter. PostgreSQL
 * refuses to run as root, so root starts it as `nobody`. Nothing it writes is made durable.
 */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const USER = 'fovea';
/** A socket's whole path must stay under 107 bytes; PostgreSQL adds `.s.PGSQL.5432`. */
const MAX_FOLDER_BYTES = 107 - '/.s.PGSQL.5432'.length;
const NOBODY = 65534;

/** Folder of `initdb` and `pg_ctl` of the newest PostgreSQL that has pgvector, or undefined. */
export function findPostgres() {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).map(Number).filter(Number.isFinite) : [];
  for (const version of versions.sort((a, b) => b - a)) {
    const bin = `${debian}/${version}/bin`;
    if (existsSync(`${bin}/initdb`) && existsSync(`/usr/share/postgresql/${version}/extension/vector.control`))
      return bin;
  }
  const configured = spawnSync('pg_config', ['--bindir', '--sharedir'], { encoding: 'utf8' });
  const [bin, share] = (configured.stdout ?? '').trim().split('\n');
  return bin && existsSync(`${bin}/initdb`) && existsSync(`${share}/extension/vector.control`) ? bin : undefined;
}

/**
 * Starts a cluster.
 *
 * @param {string} bin What `findPostgres` returned.
 * @param {string} [parent] Where its folder is made; `nobody` must be let in. Default: the system's folder for temporary files.
 * @returns {{ url: string, stop: () => void, halt: () => void, resume: () => void }} `halt` shuts the server down with its
 *   sessions and keeps its data for `resume`; `stop` removes everything.
 */
export function startCluster(bin, parent = tmpdir()) {
  const folder = mkdtempSync(join(parent, 'fovea-pg-'));
  if (Buffer.byteLength(folder) > MAX_FOLDER_BYTES) {
    rmSync(folder, { recursive: true });
    throw new Error(
      `Cannot start PostgreSQL in "${folder}": the path of its socket is too long; set TMPDIR to a shorter one`,
    );
  }
  const root = process.getuid?.() === 0;
  chmodSync(folder, 0o700);
  if (root) chownSync(folder, NOBODY, NOBODY);
  const call = (program, args) => {
    const result = spawnSync(join(bin, program), args, {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
      ...(root ? { uid: NOBODY, gid: NOBODY } : {}),
    });
    if (result.status !== 0) throw new Error(`${program} failed: ${result.error?.message ?? result.stderr}`);
  };
  const data = join(folder, 'data');
  const stop = () => {
    spawnSync(join(bin, 'pg_ctl'), ['-D', data, '-m', 'immediate', '-w', 'stop'], {
      cwd: folder,
      stdio: 'ignore',
      ...(root ? { uid: NOBODY, gid: NOBODY } : {}),
    });
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    call('initdb', ['-D', data, '-U', USER, '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync']);
    const settings = {
      listen_addresses: '',
      unix_socket_directories: folder,
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      shared_buffers: '128MB',
      maintenance_work_mem: '256MB',
      max_connections: '100',
    };
    const options = Object.entries(settings).map(([name, value]) => `-c ${name}='${value}'`);
    const resume = () =>
      call('pg_ctl', ['-D', data, '-w', '-l', join(folder, 'log'), '-o', options.join(' '), 'start']);
    resume();
    const halt = () => call('pg_ctl', ['-D', data, '-m', 'fast', '-w', 'stop']);
    return { url: `postgres://${USER}@${encodeURIComponent(folder)}/postgres`, stop, halt, resume };
  } catch (error) {
    stop();
    throw error;
  }
}

/**
 * Runs a command to its end and hands signals on to it.
 *
 * @param {readonly string[]} command
 * @param {Record<string, string>} environment Added to this process' own.
 * @returns {Promise<number>} Its exit code.
 */
export function runCommand([program, ...args], environment) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, ...environment } });
    const pass = (signal) => child.kill(signal);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, pass);
    child.once('error', (error) => {
      console.error(`Cannot run "${program}": ${error.message}`);
      resolve(127);
    });
    child.once('exit', (code, signal) => {
      for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(name, pass);
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}

async function main(command) {
  if (command.length === 0) {
    console.error('Use: node scripts/test-postgres.mjs <command> [arguments]');
    return 2;
  }
  const bin = findPostgres();
  if (bin === undefined) {
    console.error(
      'Cannot start PostgreSQL: there is none with pgvector on this machine; run scripts/install-postgres.sh as root',
    );
    return 1;
  }
  const cluster = startCluster(bin);
  try {
    return await runCommand(command, { FOVEA_TEST_POSTGRES_URL: cluster.url });
  } finally {
    cluster.stop();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main(process.argv.slice(2));
