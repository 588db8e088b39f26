/**
 * Whole tables and vectors as files.
 *
 * @module
 */
import { api, type ExportFormat } from '../contract/index.ts';
import { type Connection, type RequestOptions, send } from './connection.ts';
import { type ReceivedFile, received } from './file.ts';

export interface ExportOptions extends RequestOptions {
  /** Default `parquet`. */
  readonly format?: ExportFormat;
}

/** Where its stream fails, what came is no whole file. */
export async function exportTable(
  connection: Connection,
  table: string,
  { format, signal }: ExportOptions = {},
): Promise<ReceivedFile> {
  return received(await send(connection, api.exportTable, { params: { table }, query: { format }, signal }));
}

/** Where its stream fails, what came is no whole file. */
export async function exportVectors(
  connection: Connection,
  index: string,
  { format, signal }: ExportOptions = {},
): Promise<ReceivedFile> {
  return received(await send(connection, api.exportVectors, { params: { index }, query: { format }, signal }));
}
