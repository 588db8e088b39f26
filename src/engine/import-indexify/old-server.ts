/**
 * A running Indexify server of 2024, read through its HTTP paths in the forms of May to August.
 *
 *     GET /namespaces
 *     GET /namespaces/<ns>/extraction_graphs
 *     GET /namespaces/<ns>/extraction_graphs/<graph>/content?source=ingestion&start_id=…   July, August
 *     GET /namespaces/<ns>/content?graph=<graph>&source=ingestion&start_id=…               May, June
 *     GET /namespaces/<ns>/content/<id>/download
 *
 * A page begins with the content that `start_id` names, or behind it: servers differed.
 *
 * @module
 */
import { z } from 'zod';
import { InvalidInputError, UnavailableError } from '../../contract/index.ts';

/** Absent texts are empty or null there. */
const Text = z.string().nullish().catch(undefined);

const OldPolicy = z.object({
  name: z.string(),
  extractor: z.string(),
  content_source: Text,
  input_params: z.record(z.string(), z.unknown()).nullish().catch(undefined),
  filter: z.array(z.unknown()).nullish().catch(undefined),
  filters_eq: z.unknown().optional(),
  labels_eq: z.unknown().optional(),
});
export type OldPolicy = z.infer<typeof OldPolicy>;

const OldGraph = z.object({ name: z.string(), description: Text, extraction_policies: z.array(OldPolicy) });
export type OldGraph = z.infer<typeof OldGraph>;

const OldContent = z.object({
  id: z.string().min(1),
  parent_id: Text,
  name: Text,
  mime_type: Text,
  labels: z.record(z.string(), z.unknown()).nullish().catch(undefined),
  size: z.number().nullish().catch(undefined),
  /** SHA-256 in hex; empty for URLs, which that server fetched anew each time. */
  hash: Text,
});
export type OldContent = z.infer<typeof OldContent>;

const NamespaceList = z.object({ namespaces: z.array(z.object({ name: z.string() })) });
const GraphList = z.object({ extraction_graphs: z.array(OldGraph) });
const ContentPage = z.object({ content_list: z.array(z.unknown()), total: z.number().nullish().catch(undefined) });

/** What came of one look at a listing: a content, or what is wrong with one. */
export type Listed = { readonly content: OldContent } | { readonly fault: string };

export interface OldServer {
  readonly url: string;
  /** @throws InvalidInputError where this is no such server; UnavailableError where nothing answers. */
  namespaces(): Promise<string[]>;
  graphs(namespace: string): Promise<OldGraph[]>;
  /** What users added, each content once; with faults in place of what can't be listed. */
  contents(namespace: string, graphs: readonly string[]): AsyncGenerator<Listed>;
  /** @throws UnavailableError with the server's own words. */
  download(namespace: string, id: string): Promise<ReadableStream<Uint8Array>>;
}

const PAGE = 100;
/** For the head of an answer; that server lists by walking over everything it has. */
const TIMEOUT_MS = 120_000;
/** Of a failure's text. */
const MAX_WORDS = 300;

/** Nothing is asked until a method is called. */
export function openOldServer(address: string, signal?: AbortSignal): OldServer {
  const url = serverUrl(address);
  const get = (path: string): Promise<Response> => ask(url, path, signal);
  return {
    url,
    async namespaces() {
      const { namespaces } = await read(NamespaceList, url, '/namespaces', await get('/namespaces'));
      return namespaces.map(({ name }) => name);
    },
    async graphs(namespace) {
      const path = `${inNamespace(namespace)}/extraction_graphs`;
      return (await read(GraphList, url, path, await get(path))).extraction_graphs;
    },
    contents: (namespace, graphs) => listContents(url, get, namespace, graphs),
    async download(namespace, id) {
      const path = `${inNamespace(namespace)}/content/${encodeURIComponent(id)}/download`;
      const response = await get(path);
      if (!response.ok || response.body === null) throw await failure(url, path, response);
      return response.body;
    },
  };
}

function serverUrl(address: string): string {
  const text = address.includes('://') ? address : `http://${address}`;
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new InvalidInputError(`Cannot import from "${address}": write the server's address like http://old:8900`);
  return text.replace(/\/+$/, '');
}

function inNamespace(namespace: string): string {
  return `/namespaces/${encodeURIComponent(namespace)}`;
}

async function ask(url: string, path: string, signal: AbortSignal | undefined): Promise<Response> {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), TIMEOUT_MS);
  try {
    // The timer is for the head only: a large picture may take longer than that.
    return await fetch(`${url}${path}`, {
      signal: AbortSignal.any([patience.signal, ...(signal === undefined ? [] : [signal])]),
    });
  } catch (error) {
    signal?.throwIfAborted();
    const reason = patience.signal.aborted ? `no answer within ${TIMEOUT_MS / 1000} s` : reasonOf(error);
    throw new UnavailableError(`Cannot read ${url}${path}: ${reason}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** What went wrong on the way: `fetch` tells it as the cause. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || error.message : error.message;
}

async function failure(url: string, path: string, response: Response): Promise<UnavailableError> {
  const words = await response.text().then(
    (text) => text.trim().slice(0, MAX_WORDS),
    () => '',
  );
  return new UnavailableError(
    `Cannot read ${url}${path}: the server answered ${response.status}${words === '' ? '' : `, ${words}`}`,
  );
}

async function read<Schema extends z.ZodType>(
  schema: Schema,
  url: string,
  path: string,
  response: Response,
): Promise<z.output<Schema>> {
  if (!response.ok) throw await failure(url, path, response);
  let value: unknown;
  try {
    value = await response.json();
  } catch (error) {
    throw new InvalidInputError(`Cannot read ${url}${path}: its answer is no JSON (${reasonOf(error)})`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InvalidInputError(
    `Cannot read ${url}${path}: this is not what an Indexify server answers (${z.prettifyError(parsed.error)})`,
  );
}

type Get = (path: string) => Promise<Response>;

/** Graph by graph, then what belongs to none, where the server can list that. */
async function* listContents(
  url: string,
  get: Get,
  namespace: string,
  graphs: readonly string[],
): AsyncGenerator<Listed> {
  const told = new Set<string>();
  const below = inNamespace(namespace);
  for (const graph of graphs) {
    const nested = `${below}/extraction_graphs/${encodeURIComponent(graph)}/content?`;
    const flat = `${below}/content?graph=${encodeURIComponent(graph)}&`;
    const isListed = yield* listPages(url, get, [nested, flat], told);
    if (!isListed) yield { fault: `Cannot list the contents of graph "${graph}": the server knows no path for it` };
  }
  yield* listPages(url, get, [`${below}/content?`], told);
}

/** Follows the first of the paths that the server knows, to its end; false where it knows none. */
async function* listPages(
  url: string,
  get: Get,
  paths: readonly string[],
  told: Set<string>,
): AsyncGenerator<Listed, boolean> {
  for (const path of paths) {
    const seen = new Set<string>();
    let start = '';
    for (;;) {
      const page = `${path}source=ingestion&limit=${PAGE}&return_total=true&start_id=${encodeURIComponent(start)}`;
      const response = await get(page);
      if (start === '' && (response.status === 404 || response.status === 405)) {
        await response.body?.cancel();
        break;
      }
      const { content_list: list, total } = await read(ContentPage, url, page, response);
      const before = seen.size;
      for (const item of list) {
        const listed = readContent(item);
        const key = 'fault' in listed ? JSON.stringify(item) : listed.content.id;
        if ('content' in listed) start = key;
        if (seen.has(key)) continue;
        seen.add(key);
        if ('content' in listed && !isIngested(listed.content)) continue;
        if (told.has(key)) continue;
        told.add(key);
        yield listed;
      }
      if (seen.size > before) continue;
      if (total !== null && total !== undefined && total > seen.size)
        yield {
          fault: `Cannot list all contents: the server counts ${total} at ${path.slice(0, -1)}, and lists ${seen.size}`,
        };
      return true;
    }
  }
  return false;
}

function readContent(item: unknown): Listed {
  const parsed = OldContent.safeParse(item);
  if (parsed.success) return { content: parsed.data };
  return { fault: `Cannot read an entry of the list of contents: ${JSON.stringify(item).slice(0, MAX_WORDS)}` };
}

/** Boxes, captions and frames have a parent: here they are made anew. */
function isIngested({ parent_id: parent }: OldContent): boolean {
  return parent === undefined || parent === null || parent === '';
}
