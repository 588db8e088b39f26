/**
 * A library as a user has it: a home of its own, the real command line in a process of its own, on either database.
 *
 * @module
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { randomBytes } from 'node:crypto';
import { afterAll, describe } from 'vitest';
import { connect, type FoveaClient } from '../../src/client/index.ts';
import { openDatabase, type Database } from '../../src/store/index.ts';
import { hasTestData, testData } from '../data.ts';
import { administer, dropDatabase, postgresUrl, template, urlOf } from '../databases.ts';

/** The project's folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url));
/** The compiled command line. */
export const program = join(root, 'dist/cli/main.js');

/** What a command printed, and its exit code. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as JSON; call it for commands with `--json`. */
  json<T = Record<string, unknown>>(): T;
}

export interface RunningServer {
  readonly client: FoveaClient;
  readonly url: string;
  /** The token of the home. */
  readonly token: string;
  readonly process: ChildProcess;
  /** SIGTERM, and waits for the end. */
  stop(): Promise<void>;
}

export interface Library {
  readonly home: string;
  /** A folder of the test's own. */
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Runs `fovea …` to its end. */
  fovea(...args: string[]): Promise<Ran>;
  /** Starts `fovea …` and returns at once. */
  start(...args: string[]): ChildProcess;
  /** Waits until a server that was started says that it is ready. */
  ready(server: ChildProcess): Promise<RunningServer>;
  /** Starts the server on a free port and waits until it is ready. */
  serve(...args: string[]): Promise<RunningServer>;
  /** Copies photos of the test data into a folder below `folder`; returns its path. */
  photos(name: string, ...files: string[]): string;
}

/** Makes an empty library. `uid`: the user that its commands run as, where this one is root. */
export type NewLibrary = (environment?: NodeJS.ProcessEnv, uid?: number) => Promise<Library>;

/** Registers a suite for each database; each call of `library` makes a new, empty one. Needs the test data. */
export function describeLibraries(name: string, suite: (library: NewLibrary) => void): void {
  describe.skipIf(!hasTestData)(`${name} on PGlite`, () => suite(libraries(false)));
  describe.skipIf(!hasTestData || postgresUrl === undefined)(`${name} on PostgreSQL`, () => suite(libraries(true)));
}

/** Describes a suite on the embedded database alone, where what it asks of Fovea has nothing to do with the database. */
export function describeLibrary(name: string, suite: (library: NewLibrary) => void): void {
  describe.skipIf(!hasTestData)(name, () => suite(libraries(false)));
}

/** Makes libraries on one database; to be called where a suite is described. */
export function libraries(onPostgres: boolean): NewLibrary {
  const closing: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const close of closing.toReversed()) await close();
  });
  return async (environment = {}, uid) => {
    const folder = mkdtempSync(join(tmpdir(), 'fovea-acceptance-'));
    if (uid !== undefined) chownSync(folder, uid, uid);
    closing.push(async () => rmSync(folder, { recursive: true, force: true }));
    const database = onPostgres ? await freshDatabase(closing) : {};
    // Making an empty embedded database takes 6 s; the tests of `npm start` and of the package do it for real.
    if (!onPostgres && uid === undefined) cpSync(await template(), join(folder, 'home', 'db'), { recursive: true });
    return makeLibrary(folder, { ...database, ...environment }, closing, uid);
  };
}

async function freshDatabase(closing: (() => Promise<void>)[]): Promise<NodeJS.ProcessEnv> {
  const name = `fovea_test_${randomBytes(6).toString('hex')}`;
  await administer(`create database ${name}`);
  closing.push(() => dropDatabase(name));
  return { FOVEA_DATABASE_URL: urlOf(name) };
}

function makeLibrary(
  folder: string,
  variables: NodeJS.ProcessEnv,
  closing: (() => Promise<void>)[],
  uid?: number,
): Library {
  const user = uid === undefined ? {} : { uid, gid: uid };
  const home = join(folder, 'home');
  const environment: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    HOME: folder,
    FOVEA_HOME: home,
    FOVEA_MODELS: testData('models'),
    HF_HUB_OFFLINE: '1',
    ...variables,
  };
  const start = (...args: string[]): ChildProcess => {
    const child = spawn(process.execPath, [program, ...args], { cwd: folder, env: environment, ...user });
    closing.push(async () => end(child, 'SIGKILL'));
    return child;
  };
  return {
    home,
    folder,
    environment,
    start,
    fovea: (...args) => finished(start(...args)),
    ready: (child) => serve(child, home),
    serve: async (...args) => serve(start('server', '--port', '0', ...args), home),
    photos(name, ...files) {
      const target = join(folder, name);
      mkdirSync(target, { recursive: true });
      for (const file of files) cpSync(testData(`data/photos/${file}`), join(target, file));
      return target;
    },
  };
}

/** Collects what a process prints until it ends. */
export async function finished(child: ChildProcess): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr, json: <T>() => JSON.parse(stdout) as T };
}

/** Opens the database of a library that nobody has open. */
export function openLibraryDatabase({ home, environment }: Library): Promise<Database> {
  const { FOVEA_DATABASE_URL: url } = environment;
  return openDatabase(url === undefined ? { folder: join(home, 'db') } : { url });
}

/** Writes a graph `photos` whose detector does not ship: without `FOVEA_MODELS` it is missing. Returns the file's path. */
export function graphWithDetector({ folder }: Library): string {
  const file = join(folder, 'photos.yaml');
  writeFileSync(
    file,
    `name: photos
extraction_policies:
  - { extractor: image/yolo, name: objects, input_params: { model: yolox-nano } }
  - { extractor: embedding/clip, name: clip }
`,
  );
  return file;
}

/** Waits until a server says that it is ready, and where. */
export async function readyUrl(child: ChildProcess): Promise<string> {
  let printed = '';
  return new Promise<string>((resolve, reject) => {
    const listen = (chunk: Buffer): void => {
      printed += chunk.toString();
      const url = /ready at (http:\S+)/.exec(printed)?.[1];
      if (url !== undefined) resolve(url);
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    child.once('close', (code) => reject(new Error(`The server ended with ${code}: ${printed}`)));
  });
}

async function serve(child: ChildProcess, home: string): Promise<RunningServer> {
  const url = await readyUrl(child);
  const { token } = JSON.parse(readFileSync(join(home, 'server.json'), 'utf8')) as { token: string };
  return { url, token, process: child, client: connect(url, { token }), stop: () => end(child, 'SIGTERM') };
}

/** Signals a process and waits until it has gone. */
export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, 'exit');
}
