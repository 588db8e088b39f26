/**
 * PGlite's thread: runs one statement after the other and nothing else, since PGlite blocks its thread while it works.
 * Cancellation comes from the host's main thread through the inspector (`canceller.ts`), which runs
 * `__foveaCancel(id)` inside the busy loop: it sets the two flags that PostgreSQL's own signal handler would set.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { DatabaseError } from '../database.ts';
import { DISK_FULL, freeBytes, roomOf } from './disk-room.ts';
import { TYPES_QUERY, ValueTypes, type TypeRow } from '../types.ts';
import {
  CONNECTION_LOST,
  type FromWorker,
  type HostOptions,
  type Outcome,
  type Statement,
  type ToWorker,
  type WireError,
} from './messages.ts';

/* oxlint-disable unicorn/require-post-message-target-origin -- messages of threads, not of windows */

/** A new database takes 40 MB; behind a crash, one that is there may need another segment of its log, 16 MB. */
const OPENING_BYTES = 48e6;
const PAGE_BYTES = 65_536;
/** PGlite's own start: less can't be instantiated. */
const INITIAL_PAGES = 2048;
/** The major version of PostgreSQL inside PGlite; a folder of another can't be opened. */
const POSTGRES_MAJOR = '18';

/** The flags of PostgreSQL's signal handler, as addresses that PGlite exports. */
interface CancelFlags {
  readonly _QueryCancelPending: number;
  readonly _InterruptPending: number;
}

/** TypeScript has the types of WebAssembly among the browser's only. */
interface WasmMemory {
  readonly buffer: ArrayBuffer;
}
declare const WebAssembly: { readonly Memory: new (pages: { initial: number; maximum: number }) => WasmMemory };

const memory = (maxBytes: number): WasmMemory =>
  new WebAssembly.Memory({
    initial: INITIAL_PAGES,
    maximum: Math.max(INITIAL_PAGES, Math.floor(maxBytes / PAGE_BYTES)),
  });

function settings(options: HostOptions): string[] {
  const values = {
    TimeZone: 'UTC',
    DateStyle: 'ISO, MDY',
    default_text_search_config: 'pg_catalog.english',
    /** An index is built 2.6 times slower where it doesn't fit; memory is taken only as it is used. */
    maintenance_work_mem: `${Math.floor(options.memoryMaxBytes / 2 / 1024)}kB`,
    temp_file_limit: '2GB',
    min_wal_size: '32MB',
    max_wal_size: '64MB',
    /** Rules S18 and S19; both are placeholders until their libraries are loaded. */
    'hnsw.iterative_scan': 'relaxed_order',
    'citus.propagate_set_commands': 'local',
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function open(options: HostOptions, memoryOfDatabase: WasmMemory): Promise<PGlite> {
  if (options.folder !== 'memory://') await makeFolder(options.folder);
  return PGlite.create({
    dataDir: options.folder,
    startParams: [...PGlite.defaultStartParams, ...settings(options)],
    extensions: {
      vector,
      memory: {
        name: 'memory',
        setup: async (_database: unknown, emscriptenOpts: object) => ({
          emscriptenOpts: { ...emscriptenOpts, wasmMemory: memoryOfDatabase },
        }),
      },
    },
  });
}

/** Makes a new database beside its place and moves it there when it is whole: an interruption leaves no half of one. */
async function makeFolder(folder: string): Promise<void> {
  const versionFile = join(folder, 'PG_VERSION');
  if (existsSync(versionFile)) {
    const version = readFileSync(versionFile, 'utf8').trim();
    if (version === POSTGRES_MAJOR) return;
    throw new Error(`it was written by PostgreSQL ${version}, and this release holds PostgreSQL ${POSTGRES_MAJOR}`);
  }
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new Error('the folder is not empty and holds no database');
  await mkdir(dirname(folder), { recursive: true });
  const making = `${folder}.making`;
  rmSync(making, { recursive: true, force: true });
  try {
    const database = await PGlite.create({ dataDir: making });
    await database.close();
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    throw error;
  }
  rmSync(folder, { recursive: true, force: true });
  renameSync(making, folder);
}

async function readTypes(database: PGlite): Promise<ValueTypes> {
  await database.exec('create extension if not exists vector');
  const { rows } = await database.query<TypeRow>(TYPES_QUERY);
  return new ValueTypes(rows);
}

/** Parameters are texts already; PGlite's serializers would change them by the type the statement gives them. */
function passTexts(database: PGlite): void {
  const asIs = (text: string) => text;
  database.serializers = new Proxy({}, { get: () => asIs });
}

async function run(database: PGlite, types: ValueTypes, { text, values }: Statement): Promise<Outcome> {
  if (values === undefined) {
    const results = await database.exec(text);
    return { result: { columns: [], rows: [], affected: 0, command: results.at(-1)?.command ?? '' } };
  }
  const { fields, rows, affectedRows, command } = await database.query<unknown[]>(text, [...values], {
    rowMode: 'array',
  });
  const columns = fields.map(({ name, dataTypeID }) => ({ name, type: types.name(dataTypeID) }));
  return { result: { columns, rows, affected: affectedRows ?? 0, command: command ?? '' } };
}

/** An error of the database, or undefined where PGlite itself broke. */
function databaseError(error: unknown): WireError | undefined {
  // A value of the result that can't be read.
  if (error instanceof DatabaseError) return { message: error.message, sqlState: error.sqlState };
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string' || error.code.length !== 5)
    return undefined;
  const { position, detail, constraint } = error as { position?: string; detail?: string; constraint?: string };
  return {
    message: error.message,
    sqlState: error.code,
    position: position === undefined ? undefined : Number(position) - 1,
    detail,
    constraint,
  };
}

/** PostgreSQL says of itself that it can't go on, as where the disk is full under its log; PGlite answers nothing more. */
function endsDatabase(error: unknown): boolean {
  return error instanceof Error && 'severity' in error && (error.severity === 'PANIC' || error.severity === 'FATAL');
}

async function serve(port: NonNullable<typeof parentPort>, options: HostOptions): Promise<void> {
  const send = (message: FromWorker) => port.postMessage(message);
  const memoryOfDatabase = memory(options.memoryMaxBytes);
  const database = await open(options, memoryOfDatabase);
  const types = await readTypes(database);
  passTexts(database);
  database.parsers = new Proxy({}, { get: (_target, oid) => types.decoder(Number(oid)) });

  const { _QueryCancelPending: cancelPending, _InterruptPending: interruptPending } =
    database.Module as unknown as CancelFlags;
  const setFlags = (value: 0 | 1) => {
    const words = new Int32Array(memoryOfDatabase.buffer);
    words[cancelPending >> 2] = value;
    if (value === 1) words[interruptPending >> 2] = 1;
  };
  let current = 0;
  Object.assign(globalThis, {
    __foveaCancel: (id: number) => {
      if (id === current) setFlags(1);
    },
  });

  port.on('message', async (message: ToWorker) => {
    if (message.type === 'close') {
      await database.close();
      send({ type: 'closed' });
      port.close();
      return;
    }
    current = message.id;
    let outcome: Outcome;
    let broken = false;
    try {
      outcome = await run(database, types, message);
    } catch (error) {
      const known = databaseError(error);
      broken = known === undefined || endsDatabase(error);
      outcome = { error: known ?? { message: `The database broke down: ${String(error)}`, sqlState: CONNECTION_LOST } };
    }
    current = 0;
    setFlags(0);
    send({ type: 'outcome', id: message.id, inTransaction: !broken && database.isInTransaction(), broken, ...outcome });
  });
  send({ type: 'ready' });
}

if (parentPort !== null) {
  const port = parentPort;
  const options = workerData as HostOptions;
  serve(port, options).catch(async (error: unknown) => {
    port.postMessage({ type: 'failed', ...(await whyNotOpened(error, options)) } satisfies FromWorker);
    port.close();
  });
}

/** What PGlite says of an opening that found no room is of no help: "failed to initialize properly". */
async function whyNotOpened(
  error: unknown,
  { folder }: HostOptions,
): Promise<{ readonly message: string; readonly sqlState: string }> {
  // What PGlite throws where it can't make a new database is no Error and says nothing.
  const message = error instanceof Error ? error.message : 'PGlite ended while it opened it';
  const free = folder === 'memory://' ? undefined : await freeBytes(folder);
  if (free === undefined || free >= OPENING_BYTES) return { message, sqlState: CONNECTION_LOST };
  const needed = `its disk is full: ${await roomOf(folder)}, and opening it may take ${OPENING_BYTES / 1e6} MB`;
  return { message: `${needed} (${message})`, sqlState: DISK_FULL };
}
