/**
 * The kit a plug-in author imports: what an extractor is.
 *
 * @module
 */
import type { z } from 'zod';
import type { ColumnSpec, DerivedContent, FeatureRow, VectorSpec } from '../contract/index.ts';
import type { PixelRequest, Pixels } from '../image/pixels.ts';
import type { Models } from '../models/types.ts';

/** One content, or one region of it, handed to `run`. */
export interface ExtractorItem {
  /** Key of the result; opaque. */
  readonly id: string;
  /** As `describe` asked for; undefined with `resize: 'none'`. */
  readonly pixels: Pixels | undefined;
  /** A text of another policy's row, for extractors that accept texts; undefined for a picture. */
  readonly text?: string;
  /** The file's bytes (of the whole picture, also for a region); empty for a text, and where `describe` asked for the file. */
  readonly bytes: Uint8Array;
  /** Where the file lies, with `file: true`; to be read only, and only until `run` returns. */
  readonly path?: string;
  readonly mimeType: string;
  /** The upright original, or the region's size where the item is a region. Pixels. Zeroes with `resize: 'none'`. */
  readonly original: { readonly width: number; readonly height: number };
}

/** What an extractor needs and what it will write, for given parameters. */
export interface Description<Params = unknown> {
  readonly pixels: PixelRequest;
  readonly columns: Readonly<Record<string, ColumnSpec>>;
  readonly vectors: Readonly<Record<string, VectorSpec>>;
  /** Mime types of the contents that it makes (`RunContext.add`). Absent: none. */
  readonly contents?: readonly string[];
  /** Hash of what makes its vectors comparable. Absent, though there are vectors: one is made of name, version and parameters. */
  readonly space?: string;
  /** Parameters to pin in the policy, e.g. with `model: 'auto'` replaced by what it was resolved to. */
  readonly params?: Params;
  /** The model, for people. */
  readonly model?: string;
  /** The file that decides the space, for people. */
  readonly weights?: string;
  /** Sentences for the user. */
  readonly notes?: readonly string[];
  /** Its output is known, and its model is missing: why, and how to get it. Tasks wait, and `describe` is asked again later. */
  readonly waitingFor?: string;
}

/** A result for one item: its rows, or the error of that item alone. */
export type ExtractorResult = readonly FeatureRow[] | Error;

/** What `run` may tell and ask while it works. */
export interface RunContext {
  /** Aborted when the worker is to end; a throw of its reason leaves the task for another. */
  readonly signal: AbortSignal;
  /**
   * Stores contents that were made of an item, at once; the policies that take them run on them. The same `ord` each time
   * for the same content. Hand over a few at a time, so that memory stays flat.
   *
   * @throws Error where nobody waits for the item's results any more.
   */
  add(itemId: string, contents: readonly DerivedContent[]): Promise<void>;
  /** To be called at times by what waits for others: a worker that says nothing for two minutes is taken to hang. */
  alive(): void;
  /**
   * As `alive`, by what takes long.
   *
   * @throws Error where nobody waits for the results any more.
   */
  progress(): Promise<void>;
}

export interface LoadedExtractor {
  /**
   * Returns an entry for every item. A throw fails the whole batch, which is then halved until the culprit stands alone. An error
   * whose code is `model_unavailable` or `storage_full` is no item's fault: the policy waits, and the item is tried again then.
   */
  run(items: readonly ExtractorItem[], context?: RunContext): Promise<ReadonlyMap<string, ExtractorResult>>;
  /** Query encoders of embedding extractors; L2-normalised vectors of the space that `describe` named. */
  encodeText?: (texts: readonly string[]) => Promise<Float32Array[]>;
  encodeImage?: (items: readonly ExtractorItem[]) => Promise<Float32Array[]>;
  close(): Promise<void>;
}

/** What an author writes and hands to `defineExtractor`. */
export interface ExtractorDefinition<Schema extends z.ZodType = z.ZodType> {
  /** `task/name`, e.g. `image/yolo`. */
  readonly name: string;
  /** A new version makes new results: policies are pinned to one. */
  readonly version: string;
  /** One line for people. */
  readonly summary: string;
  /** Other names it answers to, e.g. `tensorlake/yolo-extractor`. */
  readonly aliases?: readonly string[];
  /**
   * Mime patterns: `image/*`, `image/jpeg`. `text/plain`: it runs on the texts of another policy (`content_source` one that
   * describes or reads pictures). None: callers hand its rows over, and it never runs.
   */
  readonly accepts: readonly string[];
  /** An object schema with a default for every parameter. Pinned parameters are parsed again, so a transform must accept its own output. */
  readonly params: Schema;
  /** True where it can run on the boxes of another policy (`content_source` a detector). */
  readonly regions?: boolean;
  /**
   * True where a picture takes it seconds, or it waits for somebody else's server: workers run it beside the other extractors,
   * on leases of its own, so that these need not wait for it.
   */
  readonly apart?: boolean;
  /** Reads cards and configurations only, loads no weights. */
  readonly describe: (params: z.output<Schema>, models: Models) => Promise<Description<z.output<Schema>>>;
  /** Runs in a worker or an encoder host, never in the server. */
  readonly load: (params: z.output<Schema>, models: Models) => Promise<LoadedExtractor>;
}

/** What `describe` of a defined extractor says: names were checked, parameters are what a policy pins. */
export interface ExtractorDescription extends Description<Readonly<Record<string, unknown>>> {
  readonly params: Readonly<Record<string, unknown>>;
}

/** A defined extractor: checked, frozen, and open to parameters that nobody parsed yet. */
export interface Extractor extends Omit<ExtractorDefinition, 'describe' | 'load'> {
  readonly aliases: readonly string[];
  readonly regions: boolean;
  readonly apart: boolean;
  /** @throws InvalidInputError for parameters it does not take; what `Models` throws. */
  readonly describe: (params: unknown, models: Models) => Promise<ExtractorDescription>;
  /** @throws InvalidInputError for parameters it does not take; what `Models` throws. */
  readonly load: (params: unknown, models: Models) => Promise<LoadedExtractor>;
}
