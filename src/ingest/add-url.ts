/**
 * Adding a picture of the web: fetched once, looked at before anything of it is kept, then stored as an upload is.
 *
 * @module
 */
import type { Labels } from '../contract/index.ts';
import { contentIdOfGiven, UnreadableUrlError } from '../contract/index.ts';
import { sniff, SNIFF_BYTES } from '../image/index.ts';
import { fetchUrl } from '../sources/index.ts';
import type { FetchedFile, FetchUrlOptions } from '../sources/index.ts';
import { planBlob, putAndPlan } from './upload.ts';
import type { Added, UploadDependencies } from './upload.ts';

export interface UrlRequest {
  readonly url: string;
  readonly labels: Labels;
  /** Absent: what the web calls it. */
  readonly name?: string | undefined;
  /** What the caller calls the content: 1 to 32 hex digits. */
  readonly givenId?: string | undefined;
}

/**
 * Adds what lies at a URL now. The same URL later is fetched anew: the same bytes are the same content, others are another
 * one, to which the URL then belongs.
 *
 * @throws what `fetchUrl` does; UnreadableUrlError for what is no picture by its first bytes. Nothing is stored then.
 */
export async function addUrl(
  dependencies: UploadDependencies,
  namespace: string,
  { url, labels, name, givenId }: UrlRequest,
  options: FetchUrlOptions,
): Promise<Added> {
  if (givenId !== undefined) contentIdOfGiven(givenId);
  return fetchUrl(url, options, (file) =>
    putAndPlan(dependencies, pictureOf(file), (blob) =>
      planBlob(dependencies.database, namespace, blob, { name: name ?? file.name, labels, origin: file.url, givenId }),
    ),
  );
}

/** The body, once its first bytes have shown that it is a picture. */
async function* pictureOf({ url, body }: FetchedFile): AsyncGenerator<Uint8Array> {
  let held: Uint8Array | undefined = new Uint8Array();
  for await (const piece of body) {
    if (held === undefined) {
      yield piece;
      continue;
    }
    held = Buffer.concat([held, piece]);
    if (held.length < SNIFF_BYTES) continue;
    refuseOther(url, held);
    yield held;
    held = undefined;
  }
  if (held === undefined) return;
  refuseOther(url, held);
  yield held;
}

function refuseOther(url: string, head: Uint8Array): void {
  const format = sniff(head);
  if (format?.kind === 'picture') return;
  throw new UnreadableUrlError(url, whatElse(head, format));
}

function whatElse(head: Uint8Array, format: ReturnType<typeof sniff>): string {
  if (head.length === 0) return 'it is empty';
  if (format === undefined) return 'its bytes are of no picture format that is known';
  const what = format.mimeType === 'text/html' ? 'a web page' : format.name;
  return `it is ${what} (${format.mimeType}), not a picture`;
}
