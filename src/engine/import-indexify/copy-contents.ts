/**
 * Contents of one namespace of an Indexify server: bytes, ids and labels of what lacks here. Bytes go through a file, so that
 * they are held against their size and hash before anything is stored.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { FoveaClient } from '../../client/index.ts';
import type { Content, Labels } from '../../contract/index.ts';
import {
  ConflictError,
  contentIdOfGiven,
  GivenId,
  InvalidInputError,
  LimitError,
  UnavailableError,
} from '../../contract/index.ts';
import { sniff, SNIFF_BYTES } from '../../image/index.ts';
import { urlName } from '../../sources/index.ts';
import { reasonOf } from './old-server.ts';
import type { OldContent, OldServer } from './old-server.ts';

/** Whose content was left out, and why. */
export interface ImportProblem {
  readonly namespace: string;
  /** As the old server calls it; null for what concerns no single content. */
  readonly contentId: string | null;
  readonly message: string;
}

/** Contents of a namespace, each in one of the counts. */
export interface CopiedContents {
  seen: number;
  copied: number;
  /** Were here, with other bytes than the old server has now. */
  updated: number;
  /** Were here already. */
  present: number;
  failed: number;
  /** No pictures, by the type that the old server tells: left there. */
  skipped: Record<string, number>;
  problems: ImportProblem[];
}

export interface CopyOptions {
  /** As the old server calls it. */
  readonly namespace: string;
  readonly graphs: readonly string[];
  readonly onProgress: (counts: Readonly<CopiedContents>) => void;
}

/** Contents in flight: enough to keep both servers busy. */
const AT_ONCE = 4;
/** Where ids that are no hex numbers are kept. */
const ID_LABEL = 'indexify_id';

/** @throws what stops everything, as a full disk or a server that went away; what concerns one content is a problem. */
export async function copyContents(
  old: OldServer,
  client: FoveaClient,
  { namespace, graphs, onProgress }: CopyOptions,
): Promise<CopiedContents> {
  const counts: CopiedContents = { seen: 0, copied: 0, updated: 0, present: 0, failed: 0, skipped: {}, problems: [] };
  const here = new Map<string, Known>();
  for await (const { contentId, sha256, labels } of client.contents.each()) here.set(contentId, { sha256, labels });
  const folder = await mkdtemp(join(tmpdir(), 'fovea-import-'));
  const site: Site = { old, client, namespace, here, folder };
  try {
    await forEach(old.contents(namespace, graphs), AT_ONCE, async (listed) => {
      if ('fault' in listed) {
        counts.problems.push({ namespace, contentId: null, message: listed.fault });
        return;
      }
      counts.seen += 1;
      await copyOne(site, listed.content, counts);
      onProgress(counts);
    });
  } catch (error) {
    // The list broke off: what it would have held is unknown, and told.
    if (!(error instanceof ListError)) throw error;
    counts.problems.push({ namespace, contentId: null, message: `${error.message}; import again to go on` });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return counts;
}

type Known = Pick<Content, 'sha256' | 'labels'>;

interface Site {
  readonly old: OldServer;
  readonly client: FoveaClient;
  readonly namespace: string;
  /** By our id. */
  readonly here: ReadonlyMap<string, Known>;
  readonly folder: string;
}

async function copyOne(site: Site, content: OldContent, counts: CopiedContents): Promise<void> {
  const type = content.mime_type ?? '';
  const id = idOf(content);
  const known = site.here.get(contentIdOfGiven(id));
  try {
    if (known === undefined && !mayBePicture(type)) counts.skipped[type] = (counts.skipped[type] ?? 0) + 1;
    else counts[await bring(site, content, id, known)] += 1;
  } catch (error) {
    if (!concernsOne(error)) throw error;
    counts.failed += 1;
    counts.problems.push({ namespace: site.namespace, contentId: content.id, message: reasonOf(error) });
  }
}

/** Errors of this process, of the old server's content or of what it holds; after others the next content would fail as well. */
class ContentError extends Error {}

function concernsOne(error: unknown): boolean {
  return (
    error instanceof ContentError ||
    error instanceof InvalidInputError ||
    error instanceof ConflictError ||
    error instanceof LimitError
  );
}

/** A type that says nothing is looked at. */
function mayBePicture(type: string): boolean {
  return type === '' || type.startsWith('image/') || type === 'application/octet-stream';
}

/** The old id where it is a hex number; else one that it always gives again. */
function idOf({ id }: OldContent): string {
  return GivenId.safeParse(id).success ? id : createHash('sha256').update(id).digest('hex').slice(0, 32);
}

async function bring(
  { old, client, namespace, folder }: Site,
  content: OldContent,
  id: string,
  known: Known | undefined,
): Promise<'copied' | 'updated' | 'present'> {
  const labels = labelsOf(content, id);
  if (known !== undefined && (!isHash(content.hash) || content.hash === known.sha256)) {
    const changed = Object.entries(labels).filter(([key, value]) => known.labels[key] !== value);
    if (changed.length > 0) await client.contents.labels(contentIdOfGiven(id), { set: Object.fromEntries(changed) });
    return 'present';
  }
  const path = join(folder, id);
  try {
    await fetchTo(path, old, namespace, content);
    const name = nameOf(content);
    const bytes = Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>;
    if (known === undefined) {
      await client.upload(bytes, { name, labels, id });
      return 'copied';
    }
    await client.updateContent(contentIdOfGiven(id), bytes, { name, labels });
    return 'updated';
  } finally {
    await rm(path, { force: true });
  }
}

/** @throws ContentError where the bytes are not those that the old server tells of, or no picture. */
async function fetchTo(path: string, old: OldServer, namespace: string, content: OldContent): Promise<void> {
  const hash = createHash('sha256');
  let size = 0;
  let head = new Uint8Array();
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of chunksOf(old, namespace, content.id)) {
      hash.update(chunk);
      size += chunk.length;
      if (head.length < SNIFF_BYTES) head = new Uint8Array(Buffer.concat([head, chunk.subarray(0, SNIFF_BYTES)]));
      await file.appendFile(chunk);
    }
  } finally {
    await file.close();
  }
  // URLs have neither, since that server fetched them anew each time.
  if (content.size && content.size !== size)
    throw new ContentError(`The old server sent ${size} bytes of "${content.id}", which has ${content.size}`);
  if (isHash(content.hash) && hash.digest('hex') !== content.hash)
    throw new ContentError(`The old server sent other bytes of "${content.id}" than it has the hash of`);
  const format = sniff(head);
  if (format?.kind !== 'picture')
    throw new ContentError(`The old server has no picture as "${content.id}", but ${format?.name ?? 'unknown bytes'}`);
}

async function* chunksOf(old: OldServer, namespace: string, id: string): AsyncGenerator<Uint8Array> {
  try {
    yield* await old.download(namespace, id);
  } catch (error) {
    if (error instanceof UnavailableError) throw new ContentError(error.message);
    throw new ContentError(`Cannot read "${id}" from the old server: the connection broke off (${reasonOf(error)})`);
  }
}

function isHash(text: string | null | undefined): text is string {
  return text !== null && text !== undefined && /^[0-9a-f]{64}$/.test(text);
}

/** That server took a URL for the name of what was fetched from it. */
function nameOf({ name, id }: OldContent): string {
  if (name === undefined || name === null || name === '') return id;
  return URL.canParse(name) ? urlName(new URL(name), undefined) : name;
}

/** Lists and maps become JSON text; what is null is no label. */
function labelsOf({ id, labels }: OldContent, ourId: string): Labels {
  const kept = Object.entries(labels ?? {}).flatMap(([key, value]): [string, string | number | boolean][] => {
    if (key === '' || value === null || value === undefined) return [];
    const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    return [[key, isPlain ? value : JSON.stringify(value)]];
  });
  return { ...Object.fromEntries(kept), ...(ourId === id ? {} : { [ID_LABEL]: id }) };
}

/** The list of contents broke off. */
class ListError extends Error {}

/** Works on so many at once; the first failure ends it when those in hand have ended. */
async function forEach<T>(items: AsyncGenerator<T>, atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  let failure: { readonly error: unknown } | undefined;
  const next = async (): Promise<IteratorResult<T>> => {
    try {
      return await items.next();
    } catch (error) {
      throw error instanceof UnavailableError || error instanceof InvalidInputError
        ? new ListError(error.message)
        : error;
    }
  };
  const hand = async (): Promise<void> => {
    while (failure === undefined) {
      try {
        const { done, value } = await next();
        if (done === true) return;
        await work(value);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, hand));
  if (failure !== undefined) throw failure.error;
}
