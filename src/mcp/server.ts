/**
 * The tools as an MCP server (Model Context Protocol, by the official SDK).
 *
 * @module
 */
import { type CallToolResult, McpServer } from '@modelcontextprotocol/server';
import type { FoveaClient } from '../client/index.ts';
import { encodeBase64, FoveaError } from '../contract/index.ts';
import { DATA_RULE, tools, type ToolResult } from '../tools/index.ts';

/** A server for one connection, or one request; the client is shared by all. */
export function createMcpServer(client: FoveaClient, version: string): McpServer {
  const server = new McpServer(
    { name: 'fovea', title: 'Fovea', version },
    { instructions: `A library of pictures that can be searched, looked at and asked in SQL. ${DATA_RULE}` },
  );
  for (const tool of tools) {
    const { name, title, description, input } = tool;
    const annotations = { readOnlyHint: true, openWorldHint: false };
    server.registerTool(name, { title, description, inputSchema: input, annotations }, (given, context) =>
      answer(() => tool.run(client, given, { signal: context.mcpReq.signal })),
    );
  }
  return server;
}

/** Errors that the caller can do something about are results; whatever else is thrown is the protocol's. */
async function answer(call: () => Promise<ToolResult>): Promise<CallToolResult> {
  try {
    const result = await call();
    if ('value' in result) return { content: [{ type: 'text', text: JSON.stringify(result.value) }] };
    const { bytes, mimeType, name } = result.picture;
    return {
      content: [
        { type: 'image', data: encodeBase64(bytes), mimeType },
        { type: 'text', text: JSON.stringify({ name }) },
      ],
    };
  } catch (error) {
    if (!(error instanceof FoveaError)) throw error;
    return { content: [{ type: 'text', text: JSON.stringify(error) }], isError: true };
  }
}
