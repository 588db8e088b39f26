/**
 * How an engine is opened. Nothing here is read from the environment: `cli/` does that.
 *
 * @module
 */
import { availableParallelism, homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { createLanguageModel, createVisionModel } from '../chat/index.ts';
import type { LanguageModel, LanguageModelOptions, VisionOptions } from '../chat/index.ts';
import { parsePrivateHosts } from '../sources/index.ts';
import type { PrivateHosts } from '../sources/index.ts';

export interface EngineOptions {
  /** Folder of the database (embedded), uploads and thumbnails; made when missing. Default `~/.fovea`. */
  readonly home?: string;
  /** URL of a PostgreSQL database with pgvector; absent: the embedded one below `home`. */
  readonly database?: string;
  /** Where fetched weights lie. Default `<home>/cache`. */
  readonly cache?: string;
  /** Folders with models laid out like hub repositories. */
  readonly models?: readonly string[];
  /** The model hub or a mirror of it. */
  readonly hub?: { readonly endpoint?: string; readonly token?: string; readonly offline?: boolean };
  /** Path of the program `ffmpeg`, beside which `ffprobe` lies, for videos. Default: both from `PATH`. */
  readonly ffmpeg?: string;
  /** Worker processes; 0: tasks wait. Default: cores − 1, at least 1. */
  readonly workers?: number;
  /**
   * A worker process that gets no further with the pictures in its hands for so many milliseconds is ended and replaced;
   * a picture to which that happens twice fails. Default 120,000.
   */
  readonly hangMs?: number;
  /** YAML text that replaces the built-in graph `photos`. */
  readonly graph?: string;
  /** Extractors of the user's own: files or npm packages. */
  readonly extractors?: readonly string[];
  /**
   * Hosts whose URLs may be added although their addresses are not public: `host` (any port) or `host:port`, e.g.
   * `nas.local`, `192.168.1.5:8080`, `[fd00::5]`. Default: none.
   */
  readonly privateHosts?: readonly string[];
  /**
   * Who turns questions in words into SQL: any server that speaks the chat API of OpenAI. It is sent the question, the tables,
   * values of columns and the rows found. Default: nobody, and `ask()` throws NotConfiguredError.
   */
  readonly languageModel?: LanguageModelOptions;
  /**
   * Who describes pictures (`image/describe`): any server that speaks the chat API of OpenAI and takes pictures. It is sent the
   * pictures. What it costs is counted below `home`. Default: nobody.
   */
  readonly visionModel?: Omit<VisionOptions, 'ledger'>;
  /** Told sentences for people: a chosen model, a slow step, a worker that was replaced. */
  readonly onNote?: (sentence: string) => void;
}

export interface ResolvedOptions {
  readonly home: string;
  readonly database: string | undefined;
  readonly models: ModelFolders;
  readonly workers: number;
  readonly hangMs: number;
  readonly graph: string | undefined;
  readonly extractors: readonly string[];
  readonly privateHosts: PrivateHosts;
  readonly languageModel: LanguageModel | undefined;
  readonly onNote: (sentence: string) => void;
}

/** What a process needs to find models and programs; plain data, so that it can be sent to child processes. */
export interface ModelFolders {
  readonly cacheFolder: string;
  readonly localFolders: readonly string[];
  readonly endpoint?: string;
  readonly token?: string;
  readonly offline?: boolean;
  readonly vision?: VisionOptions;
  /** Path of `ffmpeg`; absent: from `PATH`. */
  readonly ffmpeg?: string;
}

/** A batch takes seconds; a large detector on a slow machine some tens of them. */
const HANG_MS = 120_000;

/** Fills in defaults; paths become absolute. Throws InvalidInputError for a private host or a language model that can be none. */
export function resolveOptions(options: EngineOptions): ResolvedOptions {
  const home = resolve(options.home ?? join(homedir(), '.fovea'));
  return {
    home,
    database: options.database,
    models: {
      cacheFolder: resolve(options.cache ?? join(home, 'cache')),
      localFolders: (options.models ?? []).map((folder) => resolve(folder)),
      ...(options.hub?.endpoint === undefined ? {} : { endpoint: options.hub.endpoint }),
      ...(options.hub?.token === undefined ? {} : { token: options.hub.token }),
      ...(options.hub?.offline === undefined ? {} : { offline: options.hub.offline }),
      ...(options.visionModel === undefined ? {} : { vision: visionOptions(options.visionModel, home) }),
      ...(options.ffmpeg === undefined ? {} : { ffmpeg: options.ffmpeg }),
    },
    workers: options.workers ?? Math.max(1, availableParallelism() - 1),
    hangMs: options.hangMs ?? HANG_MS,
    graph: options.graph,
    extractors: options.extractors ?? [],
    privateHosts: parsePrivateHosts(options.privateHosts ?? []),
    languageModel: options.languageModel === undefined ? undefined : createLanguageModel(options.languageModel),
    onNote: options.onNote ?? (() => undefined),
  };
}

/** Refuses what can't be used at once, not with the first picture. */
function visionOptions(options: Omit<VisionOptions, 'ledger'>, home: string): VisionOptions {
  const counted = { ...options, ledger: join(home, 'vision-requests.tsv') };
  createVisionModel(counted);
  return counted;
}
