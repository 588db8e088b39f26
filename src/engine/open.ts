/**
 * Opens an engine in this process and gives the same client that `connect()` gives. It listens on no port, installs no
 * signal handlers, and keeps the database, the models and the decoders in child processes.
 *
 * @module
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DEFAULT_NAMESPACE } from '../contract/index.ts';
import { createClient } from '../client/index.ts';
import type { FoveaClient } from '../client/index.ts';
import { createApp } from '../http/index.ts';
import type { AppOptions } from '../http/index.ts';
import { writeError } from '../sources/index.ts';
import type { Database } from '../store/index.ts';
import { ensureNamespace, migrate, openDatabase, takeHomeLock } from '../store/index.ts';
import type { HomeLock } from '../store/index.ts';
import { createContext } from './context.ts';
import type { EngineContext } from './context.ts';
import { resolveOptions } from './options.ts';
import { enterHome, identifyHome, leaveHome } from './home.ts';
import { removeLeftovers } from './leftovers.ts';
import type { EngineOptions } from './options.ts';
import { createServices } from './services.ts';
import { VERSION } from './version.ts';
import { repinWaiting, retryWaitingPolicies } from './waiting-policies.ts';

/** The built page; from `src/` and from `dist/` it lies at the same place. */
const UI_FOLDER = fileURLToPath(new URL('../../dist/ui', import.meta.url));

/**
 * Opens the engine. `close()` of the client lets workers finish what they hold, then closes everything.
 *
 * @throws HomeInUseError when another process has the home folder open (it names pid and address); ConflictError when a
 * newer release wrote the database; StorageFullError where the home's disk is full.
 */
export async function open(options: EngineOptions = {}): Promise<FoveaClient> {
  const engine = await openEngine(options);
  return createClient({
    baseUrl: 'http://fovea.localhost',
    fetch: (url, init) => engine.fetch(new Request(url, init)),
    token: engine.lock.token,
    onClose: engine.close,
  });
}

/** What `open` and `serve` share. */
export interface Engine {
  readonly context: EngineContext;
  readonly lock: HomeLock;
  /** The HTTP surface without a socket. */
  readonly fetch: (request: Request, from?: { readonly address?: string | undefined }) => Response | Promise<Response>;
  close(): Promise<void>;
}

export interface SurfaceOptions {
  /** Host names, besides loopback's, that requests may name. */
  readonly allowedHosts?: readonly string[];
  /** Keys for the whole server, beside those of the database. Where there are any, keys are asked for. */
  readonly apiKeys?: readonly string[];
  /** Asks for keys though `apiKeys` has none. */
  readonly needsKey?: boolean;
  readonly limits?: AppOptions['limits'];
}

export async function openEngine(options: EngineOptions, surface: SurfaceOptions = {}): Promise<Engine> {
  const resolved = resolveOptions(options);
  const lock = await takeHomeLock(resolved.home);
  let database: Database | undefined;
  try {
    const opened = await openDatabase({
      ...(resolved.database === undefined ? { folder: join(resolved.home, 'db') } : { url: resolved.database }),
      onNote: resolved.onNote,
    });
    database = opened;
    await migrate(opened);
    await ensureNamespace(opened, DEFAULT_NAMESPACE);
    // Behind `migrate`, which refuses what a newer release wrote: that one's note stays.
    const identity = await identifyHome(resolved.home, resolved.database);
    const { wasKilled } = await enterHome(resolved.home);
    const context = await createContext(resolved, opened, identity);
    const cleaning = await resumeWork(context, wasKilled && !identity.servesOthers);
    const retries = retryWaitingPolicies(context);
    const app = createApp(createServices(context), {
      version: VERSION,
      token: lock.token,
      allowedHosts: ['fovea.localhost', ...(surface.allowedHosts ?? [])],
      apiKeys: surface.apiKeys,
      needsKey: surface.needsKey,
      limits: surface.limits,
      uiFolder: UI_FOLDER,
      log: (error, { errorId, method, path }) =>
        resolved.onNote(
          `Error ${errorId} in ${method} ${path}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        ),
    });
    return {
      context,
      lock,
      fetch: (request, from) => app.fetch(request, from),
      close: once(async () => {
        await retries.stop();
        await closeEngine(context, lock, cleaning);
      }),
    };
  } catch (error) {
    await database?.close();
    await lock.release();
    throw await writeError(error, resolved.home);
  }
}

/**
 * Tasks that an earlier run left open go on; behind one that was killed, what it left is removed. `done`: when the cleaning
 * has ended.
 */
async function resumeWork(
  context: EngineContext,
  cleans: boolean,
): Promise<{ readonly done: Promise<{ readonly well: boolean }> }> {
  await context.removals.sweepLeftovers();
  await context.coordinator.releaseOwn();
  if (cleans) await context.blobs.removeTemporary();
  const done = endsWell(context, cleans ? removeLeftovers(context) : Promise.resolve());
  await context.coordinator.takeOver();
  if (context.options.workers === 0) return { done };
  await repinWaiting(context);
  if (await context.coordinator.hasWork()) context.workers.start();
  return { done };
}

/** Cleaning that fails stands in nobody's way: the next opening finds a home that was not left, and tries again. */
function endsWell({ options }: EngineContext, cleaning: Promise<void>): Promise<{ readonly well: boolean }> {
  return cleaning.then(
    () => ({ well: true }),
    (error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      options.onNote(`What was broken off has left files in the home, which are not removed yet: ${reason}`);
      return { well: false };
    },
  );
}

async function closeEngine(
  context: EngineContext,
  lock: HomeLock,
  cleaning: { readonly done: Promise<{ readonly well: boolean }> },
): Promise<void> {
  context.coordinator.stop();
  context.waits.close();
  const { well } = await cleaning.done;
  const isClean = well && (await endsWell(context, context.leftovers.clean())).well;
  await context.backups.close();
  await context.workers.stop();
  await context.keeper.close();
  await context.encoder.close();
  await context.database.close();
  if (isClean) await leaveHome(context.options.home);
  await lock.release();
}

function once(close: () => Promise<void>): () => Promise<void> {
  let closing: Promise<void> | undefined;
  return () => (closing ??= close());
}
