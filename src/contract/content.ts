/**
 * Contents: immutable pictures, videos and their frames (later texts), where their bytes lie, and their labels.
 *
 * @module
 */
import { z } from 'zod';
import { InvalidInputError } from './errors.ts';
import { GraphName, PolicyName } from './names.ts';

/** A uuid; ids that callers give are any 128-bit number in that form, so its version bits are not checked. */
export const ContentId = z.guid();

/** An id of the caller's own: a number of up to 128 bits, kept as it is written. */
export const GivenId = z.string().regex(/^[0-9a-f]{1,32}$/i, 'must be 1 to 32 hex digits, e.g. 1f3a');

/**
 * The content's uuid that a given id stands for: the same number. `a`, `A` and `0a` are one.
 *
 * @throws InvalidInputError where it is no such number.
 */
export function contentIdOfGiven(givenId: string): string {
  if (!GivenId.safeParse(givenId).success) {
    throw new InvalidInputError(
      `Cannot use id "${givenId.slice(0, 100)}" for a content: it must be 1 to 32 hex digits, e.g. "1f3a"; without one, Fovea gives it an id`,
    );
  }
  const hex = givenId.toLowerCase().padStart(32, '0');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Free key → value pairs that a user gives; values are kept as typed. */
export const Labels = z.record(z.string().min(1), z.union([z.string(), z.number(), z.boolean()]));
export type Labels = z.infer<typeof Labels>;

export const LocationState = z.enum(['present', 'missing']);

/** One place where a content's bytes lie. */
export const Location = z.object({
  /** `file:///…` for a file in place, `fovea:<sha256>` for bytes that Fovea stores, `https://…` for where those were fetched. */
  uri: z.string(),
  state: LocationState,
});
export type Location = z.infer<typeof Location>;

/** Where in its parent a derived content lies. */
export const Position = z.object({
  /** Number of the frame at the video's average rate, from 0; exact where the distance of its frames does not vary. */
  frame: z.int().nonnegative(),
  /** From the start of the video. */
  timeMs: z.int().nonnegative(),
});
export type Position = z.infer<typeof Position>;

/** `#rrggbb`. */
export const Color = z.string().regex(/^#[0-9a-f]{6}$/);

export const Content = z.object({
  contentId: ContentId,
  rootId: ContentId,
  parentId: ContentId.nullable(),
  /** Where in its parent it lies; null for what was added. */
  position: Position.nullable(),
  /** The id as the caller gave it; null where Fovea made it. */
  givenId: z.string().nullable(),
  /** 1, and one more with each update of its bytes. */
  version: z.int().positive(),
  name: z.string(),
  mimeType: z.string(),
  sizeBytes: z.int().nonnegative(),
  sha256: z.string(),
  /** Pixels of the upright picture; null until it was decoded. */
  width: z.int().nullable(),
  height: z.int().nullable(),
  /** Frames of an animation or pages of a file, of which the first is indexed; null until it was decoded. */
  frames: z.int().nullable(),
  /** The largest of its colours; null where no policy in use has found them (`image/colors`). */
  color: Color.nullable(),
  labels: Labels,
  /** ISO 8601. */
  createdAt: z.string(),
  locations: z.array(Location),
});
export type Content = z.infer<typeof Content>;

export const ContentList = z.object({ contents: z.array(Content), total: z.int(), cursor: z.string().optional() });
export type ContentList = z.infer<typeof ContentList>;

export const ListContentsQuery = z.object({
  limit: z.coerce.number<number>().int().min(1).max(1000).default(50),
  cursor: z.string().optional(),
  /** `key=value`, repeatable. */
  label: z.array(z.string()).default([]),
  /** `key OP value` with one of = != > < >= <=, repeatable: a label of that type for which it holds. */
  filter: z.array(z.string()).default([]),
  /** The contents that were made of this one, first ones first; absent: contents as they were added. */
  parent: ContentId.optional(),
  /** Only contents with this text in their name, in small letters or capitals. */
  name: z.string().min(1).max(1000).optional(),
  /** Only contents with a task in this state; `open`: with one that waits or runs; `indexed`: with none that is not done. */
  state: z.enum(['waiting', 'running', 'done', 'failed', 'open', 'indexed']).optional(),
  /** Only contents that policies of this graph have looked at. */
  graph: GraphName.optional(),
  /** Only contents that the policies of this name have looked at. */
  policy: PolicyName.optional(),
  /** Only contents behind this one in the order of the list; instead of `cursor`. */
  after: ContentId.optional(),
});
export type ListContentsQuery = z.input<typeof ListContentsQuery>;

/** Adds files or folders of the server's own machine in place; needs the token of `FOVEA_HOME`. */
export const AddPathRequest = z.strictObject({
  /** Absolute path of a file or a folder (read recursively). */
  path: z
    .string()
    .min(1)
    .regex(/^[^\0]*$/, 'must not hold U+0000'),
  labels: Labels.default({}),
  /** `none`: don't create the built-in graph in a namespace without graphs. */
  graph: z.enum(['none']).optional(),
});
export type AddPathRequest = z.input<typeof AddPathRequest>;

/** Adds one picture of the web: fetched once, and stored. */
export const AddUrlRequest = z.strictObject({
  /** `http:` or `https:`, at a public address. */
  url: z.string().min(1).max(4096),
  labels: Labels.default({}),
  /** Absent: the file name that the web server gives, else the last part of the address. */
  name: z.string().min(1).max(1000).optional(),
  /** `none`: don't create the built-in graph in a namespace without graphs. */
  graph: z.enum(['none']).optional(),
  /** What the content is to be called by; refused where that content has other bytes. */
  id: GivenId.optional(),
});
export type AddUrlRequest = z.input<typeof AddUrlRequest>;

/** Why a file was not stored as a content. Every file that was met is in exactly one count. */
export const AddProblem = z.object({ path: z.string(), code: z.string(), message: z.string() });
export type AddProblem = z.infer<typeof AddProblem>;

/** Running totals of one `add`; the last one of the stream has `finished: true`. */
export const AddProgress = z.object({
  /** Files met so far. */
  seen: z.int(),
  /** New contents. */
  added: z.int(),
  /** Same bytes as a content that was known, at another place. */
  duplicates: z.int(),
  /** Known by size, modification time and inode; not opened. */
  unchanged: z.int(),
  /** Not pictures by their bytes or name: counted by extension. */
  ignored: z.record(z.string(), z.int()),
  /** Files that could not be read or stored. Those that look like pictures and can't be decoded are contents with a failed task instead. */
  failed: z.int(),
  problems: z.array(AddProblem),
  /** Known locations below the path whose file has gone, or is no picture any more; kept and marked. */
  missing: z.int(),
  finished: z.boolean(),
  /** Sentences for the user: the graph that was created, the model that was chosen. */
  notes: z.array(z.string()),
});
export type AddProgress = z.infer<typeof AddProgress>;

/** Reply to an upload, or to a URL. */
export const AddedContent = z.object({
  contentId: ContentId,
  /** False when the same bytes were there already. */
  created: z.boolean(),
  notes: z.array(z.string()),
});
export type AddedContent = z.infer<typeof AddedContent>;

/** Reply to an update. */
export const UpdatedContent = z.object({
  /** False when it had these bytes already. */
  changed: z.boolean(),
  version: z.int().positive(),
});
export type UpdatedContent = z.infer<typeof UpdatedContent>;

export const SetLabelsRequest = z.strictObject({
  contentIds: z.array(ContentId).min(1).max(1000),
  /** Merged into the labels that are there. */
  set: Labels.default({}),
  remove: z.array(z.string()).default([]),
});
export type SetLabelsRequest = z.input<typeof SetLabelsRequest>;

export const DeleteContentsRequest = z.strictObject({
  contentIds: z.array(ContentId).min(1).max(1000),
  /** Only tell what would go. */
  dryRun: z.boolean().default(false),
});
export type DeleteContentsRequest = z.input<typeof DeleteContentsRequest>;

/** What went, or would go. */
export const DeletedContents = z.object({
  /** Contents: those that were asked for, and what is derived from them. */
  deleted: z.int(),
  /** Of these, those that are derived. */
  derived: z.int(),
  /** Ids that were asked for and are not there. */
  unknown: z.array(z.string()),
  /** Rows that were extracted from them, in versions of policies that are in use. */
  rows: z.int(),
  /** Of pictures that Fovea stores and no other content needs; thumbnails are not counted. */
  storedBytes: z.int(),
  /** Files in folders of the user that they lie in, which stay. */
  keptFiles: z.int(),
});
export type DeletedContents = z.infer<typeof DeletedContents>;

/** Everything extracted from one content, by policy. */
export const ContentFeatures = z.object({
  features: z.array(
    z.object({ graph: z.string(), policy: z.string(), rows: z.array(z.record(z.string(), z.unknown())) }),
  ),
});
export type ContentFeatures = z.infer<typeof ContentFeatures>;
