/**
 * One file on its way in, as a form or as bare bytes, handed on while it comes and never held as a whole.
 *
 * @module
 */
import { InvalidInputError } from '../contract/index.ts';
import { checkDeclaredSize, limitStream, mediaType } from './body.ts';
import { PayloadTooLargeError } from './errors.ts';
import { type Form, type FormOptions, parseLabels, readForm } from './form.ts';
import type { Upload } from './services.ts';

/** What a form may have around its file. */
const FORM_OVERHEAD_BYTES = 1024 ** 2;
const THE_FILE = 'the file';

/** Bodies of these types are a mistake, not a picture. */
const NO_FILES: ReadonlySet<string> = new Set(['application/json', 'application/x-www-form-urlencoded']);

export interface UploadQuery {
  readonly name?: string | undefined;
  /** JSON object. */
  readonly labels?: string | undefined;
  /** What the caller calls the content. */
  readonly id?: string | undefined;
  /** For bare bytes that come without a name. */
  readonly otherwiseNamed?: string | undefined;
}

/** @throws PayloadTooLargeError, InvalidInputError, and what `store` throws. */
export async function upload<T>(
  request: Request,
  query: UploadQuery,
  limitBytes: number,
  store: (upload: Upload) => Promise<T>,
  options: FormOptions = {},
): Promise<T> {
  const type = mediaType(request);
  const isForm = type === 'multipart/form-data';
  checkDeclaredSize(request, isForm ? limitBytes + FORM_OVERHEAD_BYTES : limitBytes, THE_FILE);
  if (request.body === null) throw new InvalidInputError('Cannot add a content: the request has no body');
  const given = isForm ? await fromForm(request, request.body, query, options) : fromBytes(type, request.body, query);
  const limited = limitStream(given.body, limitBytes, THE_FILE);
  try {
    return await store({ name: given.name, labels: given.labels, body: limited.stream, givenId: query.id });
  } catch (error) {
    // However the store words the failure of its stream, the reason is told.
    throw limited.exceeded() ? new PayloadTooLargeError(THE_FILE, limitBytes) : (given.form?.failure() ?? error);
  } finally {
    given.form?.cancel();
  }
}

type Given = Upload & { readonly form?: Form };

async function fromForm(
  { headers }: Request,
  body: ReadableStream<Uint8Array>,
  query: UploadQuery,
  options: FormOptions,
): Promise<Given> {
  const form = await readForm(body, headers.get('content-type') ?? '', options);
  const name = baseName(query.name ?? form.fileName) ?? 'upload';
  return { name, labels: form.labels, body: form.file, form };
}

function fromBytes(type: string, body: ReadableStream<Uint8Array>, query: UploadQuery): Given {
  if (NO_FILES.has(type)) {
    throw new InvalidInputError(
      `Cannot add a content from a body of type "${type}": send the file's bytes with "?name=…", or a multipart form; a URL is added at "…/contents/urls"`,
    );
  }
  const name = baseName(query.name) ?? query.otherwiseNamed;
  if (name === undefined) throw new InvalidInputError('Cannot add bare bytes: say what they are called with "?name=…"');
  return { name, labels: query.labels === undefined ? {} : parseLabels(query.labels), body };
}

/** The last segment of a path of either kind; undefined for an empty one. */
function baseName(name: string | undefined): string | undefined {
  const last = name?.split(/[/\\]/).at(-1);
  return last === '' ? undefined : last;
}
