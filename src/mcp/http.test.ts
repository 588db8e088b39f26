import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { describe, expect, test } from 'vitest';
import { memoryServices } from '../../test/memory-services.ts';
import { createClient } from '../client/index.ts';
import type { ApiKey } from '../contract/index.ts';
import { createApp } from '../http/index.ts';
import { mcpFetch, type McpHttpOptions } from './http.ts';

const KEYS: Readonly<Record<string, ApiKey>> = {
  reader: { id: '1', name: '', namespace: 'default', access: 'read', createdAt: '' },
  other: { id: '2', name: '', namespace: 'other', access: 'write', createdAt: '' },
};

function setUp(options: Partial<McpHttpOptions> = {}) {
  const app = createApp(memoryServices({ findKey: async (text) => KEYS[text] }), { version: '1', token: 'home' });
  const client = createClient({ baseUrl: 'http://localhost', fetch: app.request, token: 'home' });
  const notes: string[] = [];
  const { fetch } = mcpFetch({ client, version: '1.2.3', onNote: (note) => notes.push(note), ...options });
  const knock = async (headers: Record<string, string>, path = '/mcp'): Promise<number> => {
    const { host = '127.0.0.1:8901', ...rest } = headers;
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} });
    const json = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
    const init = { method: 'POST', body, headers: { ...json, host, ...rest } };
    return (await fetch(new Request(`http://${host === '' ? 'x' : host}${path}`, init))).status;
  };
  /** An MCP client whose requests carry a key, or none. */
  const connected = async (key?: string): Promise<Client> => {
    const mcp = new Client({ name: 'test', version: '1' });
    const transport = new StreamableHTTPClientTransport(new URL('http://127.0.0.1:8901/mcp'), {
      fetch: (url, init) => {
        const headers = new Headers(init?.headers);
        headers.set('host', '127.0.0.1:8901');
        if (key !== undefined) headers.set('authorization', `Bearer ${key}`);
        return fetch(new Request(url, { ...init, headers }));
      },
    });
    await mcp.connect(transport);
    return mcp;
  };
  return { knock, connected };
}

describe('mcpFetch()', () => {
  test.each([
    [{}, 200],
    [{ host: 'localhost:8901' }, 200],
    [{ host: '[::1]:8901' }, 200],
    [{ host: 'photos.lan' }, 200],
    [{ origin: 'http://127.0.0.1:8901' }, 200],
    [{ host: 'evil.example' }, 403],
    [{ host: '127.0.0.1.evil.example:8901' }, 403],
    [{ origin: 'http://evil.example' }, 403],
    [{ origin: 'http://localhost:3000' }, 403],
    [{ origin: 'null' }, 403],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-site' }, 403],
  ])('answers %j with %i', async (headers, status) => {
    expect(await setUp({ allowedHosts: ['photos.lan'] }).knock(headers)).toBe(status);
  });

  test('answers at one address', async () => {
    expect(await setUp().knock({}, '/')).toBe(404);
  });

  test('holds a key to what it is for, and asks for one where it is told to', async () => {
    const open = setUp();
    expect(await open.knock({ authorization: 'Bearer reader' })).toBe(200);
    for (const authorization of ['Bearer wrong', 'Bearer']) expect(await open.knock({ authorization })).toBe(401);
    const asking = setUp({ needsKey: true });
    expect([await asking.knock({}), await asking.knock({ authorization: 'Bearer reader' })]).toEqual([401, 200]);
    const status = { name: 'schema', arguments: {} };
    expect((await (await open.connected()).callTool(status)).isError).not.toBe(true);
    expect((await (await open.connected('reader')).callTool(status)).isError).not.toBe(true);
    const foreign = await (await open.connected('other')).callTool(status);
    expect([foreign.isError, JSON.stringify(foreign.content)]).toEqual([true, expect.stringContaining('forbidden')]);
  });
});
