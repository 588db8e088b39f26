/**
 * The part of the HTTP API that hands out whole tables and vectors as files.
 *
 * @module
 */
import { z } from 'zod';
import type { Route } from './route.ts';

/** Formats of an export; `.npy` is made of Parquet by who writes the file. */
export const ExportFormat = z.enum(['parquet', 'csv', 'jsonl']);
export type ExportFormat = z.infer<typeof ExportFormat>;

const ExportQuery = z.strictObject({ format: ExportFormat.default('parquet') });

const TYPES = ['application/vnd.apache.parquet', 'text/csv', 'application/x-ndjson'];

export const exportRoutes = {
  exportTable: {
    method: 'get',
    path: '/namespaces/{namespace}/tables/{table}/export',
    summary: 'Get all rows of a table that SQL sees as one file, by content id',
    access: 'read',
    status: 200,
    query: ExportQuery,
    reply: { kind: 'file', types: TYPES, ranges: false },
  },
  exportVectors: {
    method: 'get',
    path: '/namespaces/{namespace}/indexes/{index}/export',
    summary: "Get all vectors of an index with their contents' ids and names as one file",
    access: 'read',
    status: 200,
    query: ExportQuery,
    reply: { kind: 'file', types: TYPES, ranges: false },
  },
} as const satisfies Record<string, Route>;
