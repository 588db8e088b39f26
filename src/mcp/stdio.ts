/**
 * MCP over standard input and output: one connection, for a program that started this one. Nothing else may be printed.
 *
 * @module
 */
import { once } from 'node:events';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import type { FoveaClient } from '../client/index.ts';
import { createMcpServer } from './server.ts';

export interface McpConnection {
  /** Resolves when the other side has gone. */
  readonly ended: Promise<unknown>;
  close(): Promise<void>;
}

/** @param onNote Told what goes wrong besides replies. */
export function serveMcpStdio(client: FoveaClient, version: string, onNote: (sentence: string) => void): McpConnection {
  const ended = once(process.stdin, 'close');
  const connection = serveStdio(() => createMcpServer(client, version), { onerror: (error) => onNote(error.message) });
  return { ended, close: () => connection.close() };
}
