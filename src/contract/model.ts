/**
 * Models as users see them.
 *
 * @module
 */
import { z } from 'zod';

export const ModelInfo = z.object({
  /** Name of the card. */
  name: z.string(),
  summary: z.string(),
  kind: z.enum([
    'image-text',
    'detector',
    'zero-shot-detector',
    'text-reader',
    'text-embedding',
    'captioner',
    'face-detector',
    'face-embedder',
  ]),
  licence: z.string(),
  /** `shipped`: in the package; `cached`: all files are here; `absent`: fetched on first use. */
  state: z.enum(['shipped', 'cached', 'absent']),
  sizeBytes: z.number().nullable(),
  source: z.string(),
  /** Where its files lie, if they do. */
  folder: z.string().nullable(),
});
export type ModelInfo = z.infer<typeof ModelInfo>;

/** How far a download is; the last one of the stream has `finished: true` and tells of the model. */
export const PullProgress = z.object({
  model: z.string(),
  /** The file that is fetched now; null before the first. */
  file: z.string().nullable(),
  /** Of this file. */
  receivedBytes: z.number(),
  totalBytes: z.number().nullable(),
  finished: z.boolean(),
  info: ModelInfo.optional(),
});
export type PullProgress = z.infer<typeof PullProgress>;

export const PullModelRequest = z.strictObject({ model: z.string().min(1) });
