/**
 * An Indexify server of 2024 as the recordings show it: its replies with other contents in them, in pages, with the paths of
 * one generation, and with faults on demand.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { testData } from './data.ts';

/** A content that was ingested. */
export interface OldPicture {
  readonly id: string;
  readonly graphs: readonly string[];
  bytes: Uint8Array;
  labels?: Record<string, unknown>;
  readonly name?: string;
  readonly mimeType?: string;
  /** One that was ingested by its URL has neither size nor hash. */
  readonly remote?: boolean;
}

/** What happens to a download. */
export type Fault = 'error' | 'missing' | 'breaks off' | 'other bytes' | 'page';

export interface OldServerOptions {
  readonly namespaces: Readonly<
    Record<string, { readonly graphs: readonly unknown[]; readonly contents: OldPicture[] }>
  >;
  /** May: contents are listed with `?graph=`; July and August: below the graph. */
  readonly form?: 'may' | 'july';
  /** Whether a page begins with the content that `start_id` names. Default true, as it was. */
  readonly repeats?: boolean;
}

export interface OldIndexifyServer {
  readonly url: string;
  readonly faults: Map<string, Fault>;
  /** Ids of what was downloaded, in order. */
  readonly downloads: string[];
  close(): Promise<void>;
}

/** Smaller than what is asked for. */
const PAGE = 3;

interface Exchange {
  readonly call: string;
  readonly reply?: { readonly body: unknown };
}

/** The recorded reply to the first request of a call. */
function recorded<T>(call: string): T {
  const lines = readFileSync(testData('wire/indexify-python-2024-07.jsonl'), 'utf8').trim().split('\n');
  const found = lines.map((line) => JSON.parse(line) as Exchange).find((each) => each.call === call && each.reply);
  if (found?.reply === undefined) throw new Error(`Not recorded: ${call}`);
  return found.reply.body as T;
}

/** A graph as the recorded server tells it, with other policies. */
export function oldGraph(name: string, policies: readonly Readonly<Record<string, unknown>>[]): unknown {
  interface Graph {
    readonly extraction_policies: readonly object[];
  }
  const { extraction_graphs: graphs } = recorded<{ extraction_graphs: Graph[] }>('get_extraction_graphs()');
  const template = graphs[0]?.extraction_policies[0];
  const made = policies.map((each) => ({ ...template, graph_name: name, ...each }));
  return { ...graphs[0], name, extraction_policies: made };
}

export async function startOldServer(options: OldServerOptions): Promise<OldIndexifyServer> {
  const faults = new Map<string, Fault>();
  const downloads: string[] = [];
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://old');
    const [root, namespace = '', ...rest] = pathname.split('/').slice(1).map(decodeURIComponent);
    const space = options.namespaces[namespace];
    if (pathname === '/') return text(response, 200, 'Indexify Server');
    if (pathname === '/namespaces')
      return json(response, { namespaces: Object.keys(options.namespaces).map((name) => ({ name })) });
    if (root !== 'namespaces' || space === undefined) return text(response, 404, '');
    const [kind, id = '', last] = rest;
    if (kind === 'extraction_graphs' && rest.length === 1) return json(response, { extraction_graphs: space.graphs });
    if (kind === 'extraction_graphs' && last === 'content') {
      if (options.form === 'may') return text(response, 404, '');
      return json(response, page(namespace, ofGraph(space.contents, id), searchParams));
    }
    if (kind === 'content' && rest.length === 1) {
      // At that path July's server only deleted.
      if (options.form !== 'may') return text(response, 405, '');
      const graph = searchParams.get('graph');
      return json(
        response,
        page(namespace, graph === null ? space.contents : ofGraph(space.contents, graph), searchParams),
      );
    }
    const content = space.contents.find((each) => each.id === id);
    if (kind === 'content' && last === 'download' && content !== undefined) {
      downloads.push(id);
      return send(response, content, faults.get(id));
    }
    return text(response, 404, `content ${id} not found`);
  });

  const page = (namespace: string, contents: readonly OldPicture[], query: URLSearchParams): unknown => {
    const all = contents.flatMap((each) => [metadata(namespace, each), child(namespace, each)]);
    const start = query.get('start_id') ?? '';
    const at = all.findIndex(({ id }) => id === start);
    const from = start === '' ? 0 : at + (options.repeats === false ? 1 : 0);
    const many = Math.min(Number(query.get('limit') ?? 10), PAGE);
    return { content_list: all.slice(from, from + many), total: all.length };
  };

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    downloads,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function ofGraph(contents: readonly OldPicture[], graph: string): OldPicture[] {
  return contents.filter(({ graphs }) => graphs.includes(graph));
}

function metadata(namespace: string, { id, bytes, remote, ...content }: OldPicture): Record<string, unknown> {
  const { content_list: [template] = [] } = recorded<{ content_list: object[] }>("list_content('imageknowledgebase')");
  return {
    ...template,
    namespace,
    id,
    name: content.name ?? `${id}.jpg`,
    mime_type: content.mimeType ?? 'image/jpeg',
    labels: content.labels ?? {},
    extraction_graph_names: content.graphs,
    size: remote === true ? 0 : bytes.length,
    hash: remote === true ? '' : createHash('sha256').update(bytes).digest('hex'),
  };
}

/** What a policy made of it; a server that knows no `source=ingestion` lists it too. */
function child(namespace: string, content: OldPicture): Record<string, unknown> {
  return { ...metadata(namespace, content), id: `c${content.id}`, parent_id: content.id, source: 'object_detection' };
}

function send(
  response: ServerResponse,
  { bytes, mimeType = 'image/jpeg' }: OldPicture,
  fault: Fault | undefined,
): void {
  if (fault === 'error') return text(response, 500, 'failed to read content: no such key');
  if (fault === 'missing') return text(response, 404, 'content not found');
  if (fault === 'page') return text(response, 200, '<!doctype html><title>404</title>');
  response.writeHead(200, { 'content-type': mimeType, 'content-length': bytes.length });
  if (fault === 'breaks off') {
    response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
    return;
  }
  const sent = new Uint8Array(bytes);
  if (fault === 'other bytes') sent[sent.length >> 1] = (sent[sent.length >> 1] ?? 0) ^ 1;
  response.end(sent);
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

function text(response: ServerResponse, status: number, words: string): void {
  response.writeHead(status, { 'content-type': 'text/plain' }).end(words);
}
