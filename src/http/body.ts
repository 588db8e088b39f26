/**
 * Request bodies within limits: JSON as a value, files as a stream.
 *
 * @module
 */
import { InvalidInputError } from '../contract/index.ts';
import { PayloadTooLargeError } from './errors.ts';

/**
 * The JSON value of a request; an empty body reads as `{}`.
 *
 * @throws PayloadTooLargeError, InvalidInputError (not JSON, not UTF-8, or not said to be JSON).
 */
export async function readJson(request: Request, limitBytes: number): Promise<unknown> {
  const bytes = await readBytes(request, limitBytes);
  if (bytes.length === 0) return {};
  const type = mediaType(request);
  if (type !== 'application/json') {
    throw new InvalidInputError(
      `Cannot read a body of type "${type}": this route takes JSON, sent with "Content-Type: application/json"`,
    );
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidInputError(`Cannot read the body as JSON: ${reason}`, [], { cause: error });
  }
}

/** The media type of a body without its parameters, lower case; empty without one. */
export function mediaType(request: Request): string {
  return (request.headers.get('content-type') ?? '').split(';', 1).join('').trim().toLowerCase();
}

/** @throws PayloadTooLargeError when the request says beforehand that its body is larger than `limitBytes`. */
export function checkDeclaredSize(request: Request, limitBytes: number, what: string): void {
  const declared = Number(request.headers.get('content-length') ?? 0);
  if (declared > limitBytes) throw new PayloadTooLargeError(what, limitBytes);
}

/** A stream that fails with PayloadTooLargeError once more than so many bytes have come. */
export interface LimitedStream {
  readonly stream: ReadableStream<Uint8Array>;
  /** Whether that has happened, however the stream's reader put it. */
  exceeded(): boolean;
}

export function limitStream(source: ReadableStream<Uint8Array>, limitBytes: number, what: string): LimitedStream {
  let size = 0;
  const limiter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      size += chunk.length;
      if (size > limitBytes) throw new PayloadTooLargeError(what, limitBytes);
      controller.enqueue(chunk);
    },
  });
  return { stream: source.pipeThrough(limiter), exceeded: () => size > limitBytes };
}

async function readBytes(request: Request, limitBytes: number): Promise<Uint8Array> {
  checkDeclaredSize(request, limitBytes, 'the body');
  // HTTP ends such a body where it said: no stream has to be counted, which takes longer than a small body itself.
  if (request.headers.has('content-length')) {
    const bytes = new Uint8Array(await request.arrayBuffer());
    if (bytes.length > limitBytes) throw new PayloadTooLargeError('the body', limitBytes);
    return bytes;
  }
  if (request.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  for await (const chunk of limitStream(request.body, limitBytes, 'the body').stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
