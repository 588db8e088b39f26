/**
 * The worker protocol (`worker.ts`) as JSON: the same messages, with vectors and thumbnails as base64. A vector is its
 * float32 values as little-endian bytes. Values of columns are JSON as they are; what JSON can't say (NaN, infinities)
 * arrives as null, which reads "not known".
 *
 * @module
 */
import { z } from 'zod';
import { decodeBase64, decodeVector, encodeBase64, encodeVector } from './base64.ts';
import { ContentId, Position } from './content.ts';
import { InvalidInputError } from './errors.ts';
import type { ColumnValue, FeatureRow } from './feature.ts';
import { NamespaceName } from './names.ts';
import type { ClaimReply, CompleteRequest, ContentResult, DeriveRequest, PictureResult, TaskResult } from './worker.ts';

/** As the database's `integer` holds it. */
const Natural = z.int32().nonnegative();
const Base64 = z.string();
/** A name that workers give themselves, or a token; the database takes no U+0000. */
const Token = z
  .string()
  .max(200)
  .regex(/^[^\0]*$/, 'must not hold U+0000');

const WireTaskError = z.object({ code: z.string(), message: z.string(), retriable: z.boolean() });

/** A value of a column, as JSON has it. */
export const WireValue: z.ZodType<ColumnValue> = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.array(z.string()),
  z.array(z.number()),
  z.record(z.string(), z.unknown()),
]);

const WireRow = z.object({
  ord: z.exactOptional(Natural),
  columns: z.record(z.string(), WireValue),
  vectors: z.record(z.string(), Base64),
});
type WireRow = z.infer<typeof WireRow>;

const WireTaskResult = z.object({
  policyId: Natural,
  version: Natural,
  rows: z.exactOptional(z.array(WireRow)),
  error: z.exactOptional(WireTaskError),
});

const WirePicture = z.object({
  width: z.exactOptional(Natural),
  height: z.exactOptional(Natural),
  frames: z.exactOptional(Natural),
  thumbnail: z.exactOptional(Base64),
  error: z.exactOptional(WireTaskError),
});

/** Both become parts of a thumbnail's path. */
const WireContentResult = z.object({
  namespace: NamespaceName,
  contentId: ContentId,
  picture: z.exactOptional(WirePicture),
  tasks: z.array(WireTaskResult),
});
type WireContentResult = z.infer<typeof WireContentResult>;

export const WireClaimRequest = z.object({
  workerId: Token.min(1),
  maxContents: z.int().min(1).max(1000),
  extractors: z.exactOptional(z.array(z.string())),
  except: z.exactOptional(z.array(z.string())),
  picture: z.exactOptional(z.boolean()),
  waitMs: z.int().min(0).max(60_000),
  worker: z.exactOptional(z.object({ host: z.string().max(255), version: z.string().max(100) })),
});

export const WireClaimReply = z.object({
  token: z.string(),
  alone: z.exactOptional(z.boolean()),
  leaseMs: z.number().nonnegative(),
  policies: z.array(
    z.object({
      policyId: Natural,
      version: Natural,
      extractor: z.string(),
      params: z.record(z.string(), z.unknown()),
      space: z.string().nullable(),
    }),
  ),
  contents: z.array(
    z.object({
      namespace: z.string(),
      contentId: z.string(),
      mimeType: z.string(),
      sizeBytes: z.int().nonnegative(),
      sha256: z.string(),
      picture: z.boolean(),
      tasks: z.array(
        z.object({
          policyId: Natural,
          version: Natural,
          regions: z.exactOptional(
            z.array(z.object({ ord: Natural, box: z.tuple([z.number(), z.number(), z.number(), z.number()]) })),
          ),
          texts: z.exactOptional(z.array(z.object({ ord: Natural, text: z.string() }))),
        }),
      ),
    }),
  ),
});
export type WireClaimReply = z.infer<typeof WireClaimReply>;

/** Names a lease: for heartbeats. */
export const LeaseRequest = z.object({ workerId: Token, token: Token });
/** Gives a lease back. */
export const WireAbandonRequest = LeaseRequest.extend({
  inHand: z.exactOptional(
    z
      .array(
        z.object({
          contentIds: z.array(ContentId).max(1000),
          policyId: z.exactOptional(Natural),
          version: z.exactOptional(Natural),
        }),
      )
      .max(1000),
  ),
  reason: z.exactOptional(z.string().max(1000)),
});
/** A worker's process has ended: by itself, or because it was told to. */
export const LeaveRequest = z.object({ workerId: Token, died: z.boolean() });
export const HeartbeatReply = z.object({ valid: z.boolean() });

export const WireCompleteRequest = z.object({
  workerId: Token,
  token: Token,
  results: z.array(WireContentResult),
  refused: z.array(z.object({ policyId: Natural, version: Natural, error: WireTaskError })),
  timings: z.exactOptional(z.record(z.string(), z.number())),
});
export type WireCompleteRequest = z.infer<typeof WireCompleteRequest>;

export const WireCompleteReply = z.object({ stale: z.array(z.string()) });

export const WireDeriveRequest = z.object({
  workerId: Token,
  token: Token,
  namespace: NamespaceName,
  contentId: ContentId,
  policyId: Natural,
  version: Natural,
  contents: z
    .array(z.object({ ord: Natural, position: Position, mimeType: z.string().max(100), bytes: Base64 }))
    .max(100),
});
type WireDeriveRequest = z.infer<typeof WireDeriveRequest>;
export const WireDeriveReply = z.object({ current: z.boolean() });

/** A lease for a worker on another machine: without the paths, which mean nothing there and are none of its business. */
export function encodeClaimReply(reply: ClaimReply): WireClaimReply {
  return {
    token: reply.token,
    ...(reply.alone === undefined ? {} : { alone: reply.alone }),
    leaseMs: reply.leaseMs,
    policies: reply.policies.map((policy) => ({ ...policy, params: { ...policy.params } })),
    contents: reply.contents.map(({ path: _path, ...content }) => ({
      ...content,
      tasks: content.tasks.map(({ regions, texts, ...task }) => ({
        ...task,
        ...(regions && { regions: regions.map(({ ord, box: [x1, y1, x2, y2] }) => ({ ord, box: [x1, y1, x2, y2] })) }),
        ...(texts && { texts: texts.map((each) => ({ ...each })) }),
      })),
    })),
  };
}

export function encodeComplete(request: CompleteRequest): WireCompleteRequest {
  return {
    workerId: request.workerId,
    token: request.token,
    results: request.results.map(encodeContent),
    refused: request.refused.map((refusal) => ({ ...refusal })),
    ...(request.timings === undefined ? {} : { timings: { ...request.timings } }),
  };
}

/** @throws InvalidInputError when a vector or a thumbnail is not base64, or a vector is cut off. */
export function decodeComplete(wire: WireCompleteRequest): CompleteRequest {
  try {
    return { ...wire, results: wire.results.map(decodeContent) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new InvalidInputError(`Cannot read results of worker "${wire.workerId}": ${error.message}`, [], {
      cause: error,
    });
  }
}

export function encodeDerive(request: DeriveRequest): WireDeriveRequest {
  return { ...request, contents: request.contents.map((each) => ({ ...each, bytes: encodeBase64(each.bytes) })) };
}

/** @throws InvalidInputError when bytes are not base64. */
export function decodeDerive(wire: WireDeriveRequest): DeriveRequest {
  try {
    return { ...wire, contents: wire.contents.map((each) => ({ ...each, bytes: decodeBase64(each.bytes) })) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new InvalidInputError(`Cannot read contents of worker "${wire.workerId}": ${error.message}`, [], {
      cause: error,
    });
  }
}

function encodeContent({ picture, tasks, ...content }: ContentResult): WireContentResult {
  return {
    ...content,
    ...(picture === undefined ? {} : { picture: encodePicture(picture) }),
    tasks: tasks.map(({ rows, ...task }) => (rows === undefined ? task : { ...task, rows: rows.map(encodeRow) })),
  };
}

function decodeContent({ picture, tasks, ...content }: WireContentResult): ContentResult {
  return {
    ...content,
    ...(picture === undefined ? {} : { picture: decodePicture(picture) }),
    tasks: tasks.map(({ rows, ...task }): TaskResult =>
      rows === undefined ? task : { ...task, rows: rows.map(decodeRow) },
    ),
  };
}

function encodePicture({ thumbnail, ...picture }: PictureResult): z.infer<typeof WirePicture> {
  return thumbnail === undefined ? picture : { ...picture, thumbnail: encodeBase64(thumbnail) };
}

function decodePicture({ thumbnail, ...picture }: z.infer<typeof WirePicture>): PictureResult {
  return thumbnail === undefined ? picture : { ...picture, thumbnail: decodeBase64(thumbnail) };
}

function encodeRow({ columns, vectors, ...row }: FeatureRow): WireRow {
  return {
    ...row,
    columns: mapValues(columns, (value) => (isKnown(value) ? value : null)),
    vectors: mapValues(vectors, encodeVector),
  };
}

function decodeRow({ vectors, ...row }: WireRow): FeatureRow {
  return { ...row, vectors: mapValues(vectors, decodeVector) };
}

/** False for NaN and infinities, and for lists that hold one. */
function isKnown(value: ColumnValue): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return !Array.isArray(value) || value.every((entry) => typeof entry !== 'number' || Number.isFinite(entry));
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
