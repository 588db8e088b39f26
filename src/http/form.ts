/**
 * A multipart form with one file, read as a stream: the file's bytes go on while the rest of the form is still on its
 * way. The field `labels` (a JSON object) may stand before or behind the file. RFC 7578.
 *
 * @module
 */
import { Readable } from 'node:stream';
import { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { Busboy, type BusboyInstance } from '@fastify/busboy';
import { didYouMean, InvalidInputError, Labels, parseInput } from '../contract/index.ts';

export interface Form {
  /** The file's name as the form gives it, without folders; undefined where it gives none. */
  readonly fileName: string | undefined;
  readonly file: ReadableStream<Uint8Array>;
  /** Settles when the whole form was read; rejects with what is wrong in it, behind the file too. */
  readonly labels: Promise<Labels>;
  /** What is wrong with the form, once that is known; `file` fails too, but not always with this. */
  failure(): Error | undefined;
  /** Stops reading; `file` and `labels` fail. */
  cancel(): void;
}

const FIELDS: readonly string[] = ['labels'];
const MAX_FIELD_BYTES = 256 * 1024;
/** How long the parser may take over what has wholly come and waits for nobody. */
const STALLED_MS = 5_000;

export interface FormOptions {
  /** Hears of fields that are neither labels nor a file, and may throw. Absent: they are refused. */
  readonly onOtherField?: ((name: string, value: string) => void) | undefined;
  readonly stalledMs?: number;
}

/** Labels from their JSON text; InvalidInputError where they are none. */
export function parseLabels(text: string): Labels {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InvalidInputError('Cannot read the labels: they are no JSON object like {"trip": "rome"}', [], {
      cause: error,
    });
  }
  return parseInput(Labels, value, 'read the labels');
}

/**
 * Reads a form up to its file.
 *
 * @param body Is read to its end in the background once `file` is read.
 * @throws InvalidInputError when it is no form, or has no file.
 */
export function readForm(
  body: ReadableStream<Uint8Array>,
  contentType: string,
  { onOtherField = refuseField, stalledMs = STALLED_MS }: FormOptions = {},
): Promise<Form> {
  const parser = createParser(contentType);
  const { stream: counted, ended } = tellEnd(body);
  const source = Readable.fromWeb(counted as NodeReadableStream<Uint8Array>);
  return new Promise((resolve, reject) => {
    let labels: Labels = {};
    let file: Readable | undefined;
    const end = settleLater<Labels>();

    let failure: Error | undefined;
    const fail = (error: Error) => {
      stalled.stop();
      failure ??= error;
      reject(error);
      end.reject(error);
      source.unpipe(parser);
      source.destroy();
      file?.destroy(error);
    };
    const stalled = stallWatch(stalledMs, () => {
      if (file === undefined || file.readableEnded) fail(brokenForm('its end is not understood'));
    });
    void ended.then(stalled.start);
    parser.on('field', (name: string | undefined, value, _nameCut, valueCut) => {
      try {
        if (name !== undefined && FIELDS.includes(name)) labels = readLabels(value, valueCut);
        else onOtherField(name ?? '', value);
      } catch (error) {
        fail(asError(error));
      }
    });
    parser.on('file', (_name, stream, fileName: string | undefined) => {
      stream.on('error', (error) => fail(brokenForm(error)));
      if (file !== undefined) {
        stream.resume();
        fail(new InvalidInputError('Cannot add the form: it holds several files; send one a request'));
        return;
      }
      file = stream;
      stream.on('end', () => void ended.then(stalled.start));
      const cancel = () => fail(new InvalidInputError('Cannot read the form: reading was given up'));
      // Not `Readable.toWeb`: one that is given up in the middle may end the process (ERR_INVALID_STATE).
      const web = NodeReadableStream.from<Uint8Array>(stream) as unknown as ReadableStream<Uint8Array>;
      resolve({ fileName, file: web, labels: end.promise, failure: () => failure, cancel });
    });
    parser.on('finish', () => {
      if (file === undefined) reject(new InvalidInputError('Cannot add the form: it holds no file'));
      end.resolve(labels);
      stalled.stop();
    });
    parser.on('error', (error) => fail(brokenForm(error)));
    source.on('error', (error) => fail(brokenForm(error)));
    source.pipe(parser);
  });
}

function readLabels(text: string, isCut: boolean): Labels {
  if (isCut) throw new InvalidInputError(`Cannot read the labels: they have more than ${MAX_FIELD_BYTES} bytes`);
  return parseLabels(text);
}

function createParser(contentType: string): BusboyInstance {
  try {
    return new Busboy({
      headers: { 'content-type': contentType },
      limits: { fieldSize: MAX_FIELD_BYTES, fieldNameSize: 100, headerPairs: 50, parts: 20 },
    });
  } catch (error) {
    throw brokenForm(asError(error));
  }
}

/**
 * Calls `onStall` so long after the last `start`, unless it was stopped for good. The parser never ends over some forms, e.g. where a large part that is
 * neither file nor field comes in one piece with the form's end.
 */
function stallWatch(stalledMs: number, onStall: () => void): { start: () => void; stop: () => void } {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  return {
    start: () => {
      clearTimeout(timer);
      if (!stopped) timer = setTimeout(onStall, stalledMs);
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** The stream, and when all of it has come. */
function tellEnd(body: ReadableStream<Uint8Array>): { stream: ReadableStream<Uint8Array>; ended: Promise<void> } {
  const { promise, resolve } = settleLater<void>();
  return { stream: body.pipeThrough(new TransformStream({ flush: () => resolve() })), ended: promise };
}

function settleLater<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  // A store that fails before it asks for the labels leaves nobody to hear of this.
  promise.catch(() => {});
  return { promise, resolve, reject };
}

function brokenForm(error: unknown): Error {
  const cause = asError(error);
  return new InvalidInputError(`Cannot read the form: it is broken or was cut off (${cause.message})`, [], { cause });
}

function refuseField(name: string): void {
  throw new InvalidInputError(
    `Cannot add the form: field "${name}" is not known here${didYouMean(name, FIELDS) || '; it takes "labels" and one file'}`,
  );
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
