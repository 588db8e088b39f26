/**
 * Adding pictures: paths of the server's machine, and bytes.
 *
 * @module
 */
import {
  type AddedContent,
  type AddPathRequest,
  type AddProgress,
  type AddUrlRequest,
  api,
  InvalidInputError,
  type Labels,
  type UpdatedContent,
} from '../contract/index.ts';
import { call, type Connection, type RequestOptions } from './connection.ts';
import { follow } from './follow.ts';

export interface AddPathOptions extends RequestOptions {
  readonly labels?: Labels;
  /** `none`: don't create the built-in graph in a namespace without graphs. */
  readonly graph?: 'none';
}

export interface AddUrlOptions extends AddPathOptions {
  /** Absent: the file name that the web server gives, else the last part of the address. */
  readonly name?: string;
  /** As that of an upload. */
  readonly id?: string;
}

export interface UploadOptions extends RequestOptions {
  /** Absent: the name of the `File`. */
  readonly name?: string;
  readonly labels?: Labels;
  /** An id of one's own, 1 to 32 hex digits: the content's id is that number. Refused where other bytes have it. */
  readonly id?: string;
}

export interface UpdateOptions extends RequestOptions {
  /** Absent: the name of the `File`, else the one that it has. */
  readonly name?: string;
  /** Merged into the labels that are there. */
  readonly labels?: Labels;
}

/**
 * Adds a file or folder of the server's machine in place.
 *
 * @returns Running totals; the last has `finished: true`. Stopping early stops the server; adding again goes on.
 * @throws ForbiddenError without the token of the server's `FOVEA_HOME`.
 */
export function addPath(
  connection: Connection,
  path: string,
  { labels = {}, graph, signal }: AddPathOptions = {},
): AsyncGenerator<AddProgress> {
  const body: AddPathRequest = graph === undefined ? { path, labels } : { path, labels, graph };
  const ended = `Cannot follow the adding of "${path}": the connection ended; add it again to go on`;
  return follow(connection, api.addPath, { body, signal }, ended);
}

/** Lets the server fetch one picture of the web and store it. */
export function addUrl(
  connection: Connection,
  url: string,
  { labels = {}, name, graph, id, signal }: AddUrlOptions = {},
): Promise<AddedContent> {
  const body: AddUrlRequest = {
    url,
    labels,
    ...(name === undefined ? {} : { name }),
    ...(graph === undefined ? {} : { graph }),
    ...(id === undefined ? {} : { id }),
  };
  return call(connection, api.addUrl, { body, signal });
}

/**
 * Adds one picture by its bytes.
 *
 * @param source A stream is sent as it is read, and never held as a whole; browsers take a `Blob` or bytes only.
 */
export function upload(
  connection: Connection,
  source: Blob | Uint8Array | ReadableStream<Uint8Array>,
  options: UploadOptions = {},
): Promise<AddedContent> {
  const name = options.name ?? nameOf(source);
  if (name === undefined) throw new InvalidInputError('Cannot upload bytes without a name: give the option "name"');
  return call(connection, api.upload, {
    query: { name, labels: labelText(options.labels), id: options.id },
    ...bareBytes(source),
    signal: options.signal,
  });
}

/** Gives a content other bytes. */
export function updateContent(
  connection: Connection,
  contentId: string,
  source: Blob | Uint8Array | ReadableStream<Uint8Array>,
  options: UpdateOptions = {},
): Promise<UpdatedContent> {
  return call(connection, api.updateContent, {
    params: { contentId },
    query: { name: options.name ?? nameOf(source), labels: labelText(options.labels) },
    ...bareBytes(source),
    signal: options.signal,
  });
}

function bareBytes(source: Blob | Uint8Array | ReadableStream<Uint8Array>) {
  return {
    file: source instanceof Uint8Array ? new Uint8Array(source) : source,
    headers: { 'Content-Type': 'application/octet-stream' },
  };
}

function labelText(labels: Labels | undefined): string | undefined {
  return labels === undefined ? undefined : JSON.stringify(labels);
}

function nameOf(source: object): string | undefined {
  return 'name' in source && typeof source.name === 'string' && source.name !== '' ? source.name : undefined;
}
