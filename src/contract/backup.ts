/**
 * Backups: one file with everything that a home or database holds, but for photos that were added in place.
 *
 * @module
 */
import { z } from 'zod';

export const RestoreRequest = z.strictObject({
  /** Of a backup file on the server's machine. */
  path: z.string().min(1),
});
export type RestoreRequest = z.input<typeof RestoreRequest>;

/** What a backup file holds. */
export const BackupSummary = z.object({
  /** When it was begun, ISO 8601. */
  createdAt: z.string(),
  /** Of the Fovea that wrote it. */
  version: z.string(),
  schemaVersion: z.int(),
  dialect: z.enum(['pglite', 'postgres']),
  namespaces: z.array(z.string()),
  contents: z.int(),
  /** Of all tables. */
  rows: z.int(),
  /** Pictures whose bytes Fovea stores itself. */
  originals: z.int(),
  /** Pictures whose stored bytes were gone when the backup was made. */
  missingOriginals: z.int(),
  sizeBytes: z.int(),
});
export type BackupSummary = z.infer<typeof BackupSummary>;

/** How far a restore is; the last one of the stream has `finished: true`. */
export const RestoreProgress = z.object({
  step: z.enum(['checking', 'restoring', 'done']),
  /** Of this step. */
  bytes: z.int(),
  sizeBytes: z.int(),
  finished: z.boolean(),
  /** With the last one. */
  summary: BackupSummary.optional(),
  /** Sentences for the user. */
  notes: z.array(z.string()),
});
export type RestoreProgress = z.infer<typeof RestoreProgress>;
