/**
 * Bytes of a content: where they lie, and as a stream.
 *
 * @module
 */
import { api } from '../contract/index.ts';
import { addressOf, type Connection, type RequestOptions, send } from './connection.ts';

export interface ReceivedFile {
  readonly mimeType: string;
  /** Of what is sent: the whole file, or the part that was asked for. */
  readonly sizeBytes: number | null;
  /** Without quotes; names these bytes and no others. */
  readonly etag: string;
  /** Read it once, or cancel it. */
  readonly body: ReadableStream<Uint8Array>;
  /** Reads all of `body`. */
  bytes(): Promise<Uint8Array>;
}

export interface OriginalOptions extends RequestOptions {
  /** First byte, and last (inclusive; absent: to the end). */
  readonly range?: { readonly start: number; readonly end?: number };
}

export interface ThumbnailOptions extends RequestOptions {
  /** Longest side in pixels, at least; 320 by default. */
  readonly side?: number;
}

export async function original(
  connection: Connection,
  contentId: string,
  { range, signal }: OriginalOptions = {},
): Promise<ReceivedFile> {
  const headers: Record<string, string> =
    range === undefined ? {} : { Range: `bytes=${range.start}-${range.end ?? ''}` };
  return received(await send(connection, api.original, { params: { contentId }, headers, signal }));
}

export async function thumbnail(
  connection: Connection,
  contentId: string,
  { side, signal }: ThumbnailOptions = {},
): Promise<ReceivedFile> {
  return received(await send(connection, api.thumbnail, { params: { contentId }, query: { side }, signal }));
}

/** Address of a content's bytes; with `sha256` the reply may be kept for ever. */
export function originalUrl(connection: Connection, contentId: string, sha256?: string): string {
  return addressOf(connection, api.original.path, { params: { contentId }, query: { v: sha256 } });
}

/** Address of a content's thumbnail; with `sha256` the reply may be kept for ever. */
export function thumbnailUrl(connection: Connection, contentId: string, side?: number, sha256?: string): string {
  return addressOf(connection, api.thumbnail.path, { params: { contentId }, query: { side, v: sha256 } });
}

/** A reply whose body is a file. */
export function received(response: Response): ReceivedFile {
  const size = response.headers.get('content-length');
  return {
    mimeType: response.headers.get('content-type') ?? 'application/octet-stream',
    sizeBytes: size === null ? null : Number(size),
    etag: (response.headers.get('etag') ?? '').replaceAll('"', ''),
    body: response.body ?? new Blob([]).stream(),
    bytes: async () => new Uint8Array(await response.arrayBuffer()),
  };
}
