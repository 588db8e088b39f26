/**
 * Whole tables and vectors as files.
 *
 * @module
 */
import { api } from '../contract/index.ts';
import type { ExportFormat } from '../contract/index.ts';
import { contentDisposition } from './file.ts';
import type { Router } from './router.ts';
import type { Services } from './services.ts';

const TYPES: Readonly<Record<ExportFormat, string>> = {
  parquet: 'application/vnd.apache.parquet',
  csv: 'text/csv; charset=utf-8',
  jsonl: 'application/x-ndjson',
};

export function exportRoutes(router: Router, services: Services): void {
  router.file(api.exportTable, ({ params: { namespace, table }, query: { format }, request }) =>
    reply(request, `${table}.${format}`, format, () => services.exportTable(namespace, table, format)),
  );
  router.file(api.exportVectors, ({ params: { namespace, index }, query: { format }, request }) =>
    reply(request, `${index}.${format}`, format, () => services.exportVectors(namespace, index, format)),
  );
}

async function reply(
  request: Request,
  name: string,
  format: ExportFormat,
  open: () => Promise<ReadableStream<Uint8Array>>,
): Promise<Response> {
  const headers = {
    'Content-Type': TYPES[format],
    'Content-Disposition': contentDisposition('attachment', name),
    'X-Accel-Buffering': 'no',
  };
  // Hono answers HEAD through GET and drops the body, which nobody would end.
  return new Response(request.method === 'HEAD' ? null : await open(), { headers });
}
