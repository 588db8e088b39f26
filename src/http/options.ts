/**
 * How the HTTP surface is set up.
 *
 * @module
 */
import { MADE_KEY } from '../contract/index.ts';
import type { ErrorLog } from './errors.ts';
import type { Rate } from './token-bucket.ts';

export interface Limits {
  /** Requests with one API key. */
  readonly requests: Rate;
  /** Wrong API keys from one address. */
  readonly failures: Rate;
  /** Uploads that are worked on at once; four times as many wait. */
  readonly uploads: number;
  /** Streams of events that are open at once. */
  readonly eventStreams: number;
}

export interface AppOptions {
  /** Version of the product, for the OpenAPI document. */
  readonly version: string;
  /** The token of `FOVEA_HOME`: who has it may add paths of the server's machine, and needs no API key. */
  readonly token?: string | undefined;
  /**
   * Keys for the whole server, beside those of the database. Where there are any, keys are asked for. One that Fovea made is
   * what it was made for, not more: it counts only where the database has it.
   */
  readonly apiKeys?: readonly string[] | undefined;
  /** Everything but `/health` needs a key (`Authorization: Bearer …`). Default: where `apiKeys` has any. */
  readonly needsKey?: boolean | undefined;
  /** Names without port that this server is called by, beside those of loopback; `*` takes any (only with API keys). */
  readonly allowedHosts?: readonly string[] | undefined;
  /** Origins besides its own whose pages may change things, e.g. `http://localhost:5173`. */
  readonly allowedOrigins?: readonly string[] | undefined;
  readonly maxUploadBytes?: number | undefined;
  readonly limits?: Partial<Limits> | undefined;
  /** For bodies of routes that don't say otherwise. */
  readonly maxJsonBytes?: number | undefined;
  /** Streams without news send a sign of life this often. */
  readonly heartbeatMs?: number | undefined;
  /** Where the built page for people lies; without it `/` says only that the server works. */
  readonly uiFolder?: string | undefined;
  /** Hears of errors that are no `FoveaError`. */
  readonly log?: ErrorLog | undefined;
}

export interface Settings {
  readonly version: string;
  readonly token: string | undefined;
  readonly apiKeys: readonly string[];
  readonly needsKey: boolean;
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly maxUploadBytes: number;
  readonly limits: Limits;
  readonly maxJsonBytes: number;
  readonly heartbeatMs: number;
  readonly uiFolder: string | undefined;
  readonly log: ErrorLog;
}

/** A page of the largest grid of thumbnails is some hundred requests; who guesses gets twelve tries a minute. */
const DEFAULT_LIMITS: Limits = {
  requests: { perSecond: 100, burst: 1000 },
  failures: { perSecond: 0.2, burst: 20 },
  uploads: 32,
  eventStreams: 500,
};

export function withDefaults(options: AppOptions): Settings {
  return {
    version: options.version,
    token: options.token,
    apiKeys: (options.apiKeys ?? []).filter((key) => !MADE_KEY.test(key)),
    needsKey: options.needsKey ?? (options.apiKeys ?? []).length > 0,
    allowedHosts: options.allowedHosts ?? [],
    allowedOrigins: options.allowedOrigins ?? [],
    maxUploadBytes: options.maxUploadBytes ?? 1024 ** 3,
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    maxJsonBytes: options.maxJsonBytes ?? 1024 ** 2,
    heartbeatMs: options.heartbeatMs ?? 15_000,
    uiFolder: options.uiFolder,
    log: options.log ?? (() => {}),
  };
}
