/**
 * How the HTTP surface is set up.
 *
 * @module
 */
import type { ErrorLog } from './errors.ts';

export interface AppOptions {
  /** Version of the product, for the OpenAPI document. */
  readonly version: string;
  /** The token of `FOVEA_HOME`: who has it may add paths of the server's machine, and needs no API key. */
  readonly token?: string | undefined;
  /** Where this is not empty, everything but `/health` needs one of them (`Authorization: Bearer …`). */
  readonly apiKeys?: readonly string[] | undefined;
  /** Names without port that this server is called by, beside those of loopback; `*` takes any (only with API keys). */
  readonly allowedHosts?: readonly string[] | undefined;
  /** Origins besides its own whose pages may change things, e.g. `http://localhost:5173`. */
  readonly allowedOrigins?: readonly string[] | undefined;
  readonly maxUploadBytes?: number | undefined;
  /** For bodies of routes that don't say otherwise. */
  readonly maxJsonBytes?: number | undefined;
  /** Streams without news send a sign of life this often. */
  readonly heartbeatMs?: number | undefined;
  /** Hears of errors that are no `FoveaError`. */
  readonly log?: ErrorLog | undefined;
}

export interface Settings {
  readonly version: string;
  readonly token: string | undefined;
  readonly apiKeys: readonly string[];
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly maxUploadBytes: number;
  readonly maxJsonBytes: number;
  readonly heartbeatMs: number;
  readonly log: ErrorLog;
}

export function withDefaults(options: AppOptions): Settings {
  return {
    version: options.version,
    token: options.token,
    apiKeys: options.apiKeys ?? [],
    allowedHosts: options.allowedHosts ?? [],
    allowedOrigins: options.allowedOrigins ?? [],
    maxUploadBytes: options.maxUploadBytes ?? 1024 ** 3,
    maxJsonBytes: options.maxJsonBytes ?? 1024 ** 2,
    heartbeatMs: options.heartbeatMs ?? 15_000,
    log: options.log ?? (() => {}),
  };
}
