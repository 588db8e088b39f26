/**
 * The file of a backup: a tar archive (POSIX ustar with pax headers), which any `tar` lists. Its entries, in this order:
 *
 *     fovea-backup.json                         format, versions, namespaces, tables with their columns
 *     originals/<sha256>                        bytes that Fovea stores itself, as they are
 *     rows/<schema>/<table>/<number>.jsonl.gz   some rows: gzip of lines, each an array of the columns' texts
 *     end.json                                  counts, and the SHA-256 of all entries before it
 *
 * The hash runs over `<name>\n<size>\n<bytes>` of each entry. A file without its end, or with another hash, is refused.
 *
 * @module
 */
import { z } from 'zod';
import { ConflictError, InvalidInputError, NamespaceName } from '../../contract/index.ts';
import type { DumpHead } from '../../store/index.ts';
import { SCHEMA_VERSION } from '../../store/index.ts';

export const HEAD_ENTRY = 'fovea-backup.json';
export const END_ENTRY = 'end.json';
export const ORIGINALS = 'originals/';
export const ROWS = 'rows/';
/** Raised by a change that an older release would misread. */
export const FORMAT_VERSION = 1;

const Marked = z.object({ format: z.literal('fovea-backup'), formatVersion: z.int(), version: z.string() });

const Head = Marked.extend({
  createdAt: z.iso.datetime(),
  dialect: z.enum(['pglite', 'postgres']),
  schemaVersion: z.int().positive(),
  namespaces: z.array(NamespaceName),
  tables: z.array(
    z.object({
      schema: z.string(),
      table: z.string(),
      columns: z.array(z.object({ name: z.string(), type: z.string() })).min(1),
    }),
  ),
  sequences: z.array(z.object({ name: z.string(), last: z.string().regex(/^\d+$/), called: z.boolean() })),
});
/** What the first entry tells. */
export interface BackupHead extends DumpHead, Readonly<z.infer<typeof Marked>> {
  readonly createdAt: string;
  readonly dialect: 'pglite' | 'postgres';
}

const End = z.object({
  entries: z.int(),
  sha256: z.string(),
  rows: z.int(),
  contents: z.int(),
  originals: z.int(),
  missingOriginals: z.int(),
});
export type BackupEnd = z.infer<typeof End>;

/** The faults of a file, each a sentence about it. */
export const faults = {
  foreign: (path: string, cause?: unknown) =>
    new InvalidInputError(`Cannot restore "${path}": it is no backup of Fovea`, [], { cause }),
  cutOff: (path: string, cause?: unknown) =>
    new InvalidInputError(`Cannot restore "${path}": it is cut off; copy it again, or take another backup`, [], {
      cause,
    }),
  damaged: (path: string, cause?: unknown) =>
    new InvalidInputError(
      `Cannot restore "${path}": it is damaged, as its bytes are not those that were written; copy it again, or take another backup`,
      [],
      { cause },
    ),
  newer: (path: string, version: string, what: string) =>
    new ConflictError(
      `Cannot restore "${path}": Fovea ${version} wrote it with ${what}; install that Fovea, or a newer one`,
    ),
};

/** @throws what `faults` says of a head that this release can't read. */
export function parseHead(path: string, text: string): BackupHead {
  const value = parseJson(text);
  const marked = Marked.safeParse(value);
  if (!marked.success) throw faults.foreign(path);
  const { formatVersion, version } = marked.data;
  if (formatVersion > FORMAT_VERSION)
    throw faults.newer(path, version, `format ${formatVersion}, and this one knows formats up to ${FORMAT_VERSION}`);
  const head = Head.safeParse(value);
  if (!head.success) throw faults.damaged(path, head.error);
  const { schemaVersion } = head.data;
  if (schemaVersion > SCHEMA_VERSION)
    throw faults.newer(path, version, `schema ${schemaVersion}, and this one knows schemas up to ${SCHEMA_VERSION}`);
  return head.data;
}

export function parseEnd(path: string, text: string): BackupEnd {
  const end = End.safeParse(parseJson(text));
  if (!end.success) throw faults.damaged(path, end.error);
  return end.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
