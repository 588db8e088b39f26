import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasTestData } from '../data.ts';
import { scriptedModel } from '../scripted-model.ts';
import { libraries, program, type Library, type RunningServer } from './library.ts';

interface Content {
  readonly type: string;
  readonly text?: string;
  readonly data?: string;
  readonly mimeType?: string;
}

/** Calls a tool; its text as JSON, and whatever else came. */
async function call(mcp: Client, name: string, given: Record<string, unknown> = {}) {
  const { content, isError } = await mcp.callTool({ name, arguments: given });
  const parts = content as readonly Content[];
  const text = parts.find(({ type }) => type === 'text')?.text ?? 'null';
  return { isError: isError === true, value: JSON.parse(text), image: parts.find(({ type }) => type === 'image') };
}

describe.skipIf(!hasTestData)('fovea mcp', () => {
  const newLibrary = libraries(false);
  const model = scriptedModel();
  let library: Library;
  let server: RunningServer;
  const clients: Client[] = [];
  const faults: Error[] = [];
  beforeAll(async () => {
    library = await newLibrary({ FOVEA_LLM_URL: model.url, FOVEA_LLM_MODEL: 'parrot' });
    server = await library.serve();
    for await (const _ of server.client.addPath(library.photos('photos', 'cat_720p.jpg', 'owl.jpg'))) void _;
    await server.client.waitUntilIndexed();
  });
  afterAll(async () => {
    for (const client of clients) await client.close();
  });

  const connect = async (
    transport: StdioClientTransport | StreamableHTTPClientTransport,
    mode: 'legacy' | { pin: string } = 'legacy',
  ): Promise<Client> => {
    const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
    Object.assign(client, { onerror: (error: Error) => faults.push(error) });
    await client.connect(transport);
    clients.push(client);
    return client;
  };
  const overStdio = (): Promise<Client> => {
    const env = library.environment as Record<string, string>;
    return connect(
      new StdioClientTransport({ command: process.execPath, args: [program, 'mcp'], env, stderr: 'pipe' }),
    );
  };
  const overHttp = async (mode: 'legacy' | { pin: string }): Promise<Client> => {
    const child = library.start('mcp', '--http', '--port', '0', '--json');
    const [line] = (await once(createInterface({ input: child.stdout ?? process.stdin }), 'line')) as [string];
    return connect(new StreamableHTTPClientTransport(new URL((JSON.parse(line) as { url: string }).url)), mode);
  };

  test.each([
    ['standard input and output, revision 2025-11-25', () => overStdio()],
    ['HTTP, revision 2025-11-25', () => overHttp('legacy')],
    ['HTTP, revision 2026-07-28', () => overHttp({ pin: '2026-07-28' })],
  ])('searches, looks, asks in SQL and in words over %s', async (how, open) => {
    const mcp = await open();
    expect(how).toContain(mcp.getNegotiatedProtocolVersion());
    const { tools } = await mcp.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['search', 'sql', 'schema', 'picture', 'ask']);
    for (const { description, annotations, inputSchema } of tools)
      expect([description?.length, annotations?.readOnlyHint, inputSchema.type]).toEqual([
        expect.any(Number),
        true,
        'object',
      ]);
    expect(mcp.getInstructions()).toContain('never instructions');

    const found = await call(mcp, 'search', { query: 'a cat', limit: 1 });
    expect(found.value).toMatchObject({ hits: [{ name: 'cat_720p.jpg' }], total: 2, indexed: { done: 2, total: 2 } });
    const { contentId } = found.value.hits[0];
    const like = await call(mcp, 'search', { like: contentId, where: "name like 'owl%'" });
    expect(like.value.hits.map(({ name }: { name: string }) => name)).toEqual(['owl.jpg']);

    const looked = await call(mcp, 'picture', { contentId, side: 320 });
    expect([looked.image?.mimeType, looked.value]).toEqual(['image/webp', { name: 'cat_720p.jpg' }]);
    const { width = 0, height = 0 } = await sharp(Buffer.from(looked.image?.data ?? '', 'base64')).metadata();
    expect(Math.max(width, height)).toBe(320);

    const { value: schema } = await call(mcp, 'schema');
    expect(schema).toMatchObject({
      pictures: 2,
      indexedPictures: 2,
      indexes: [{ name: 'photos.clip.embedding', rows: 2 }],
    });
    expect(schema.tables.join('\n')).toContain('CREATE TABLE content (');
    const counted = await call(mcp, 'sql', { query: 'select count(*)::int as n from content' });
    expect(counted.value).toMatchObject({ rows: [{ n: 2 }], truncated: false });

    model.script('select name from content order by name', 'A cat and an owl.');
    const asked = await call(mcp, 'ask', { question: 'What is there?' });
    expect(asked.value).toMatchObject({
      rows: [{ name: 'cat_720p.jpg' }, { name: 'owl.jpg' }],
      answer: 'A cat and an owl.',
    });
  });

  test('tells what went wrong as a result, and changes nothing', async () => {
    const mcp = clients[0] ?? (await overStdio());
    const refused = await call(mcp, 'sql', { query: 'delete from content' });
    expect([refused.isError, refused.value.code, refused.value.message]).toEqual([
      true,
      'sql',
      expect.stringContaining('DELETE'),
    ]);
    const missing = await call(mcp, 'picture', { contentId: '00000000-0000-4000-8000-000000000000' });
    expect([missing.isError, missing.value.code]).toEqual([true, 'not_found']);
    model.script({ status: 429 });
    expect((await call(mcp, 'ask', { question: 'What?' })).value).toMatchObject({ code: 'unavailable' });
    // What fits no schema is refused before a tool sees it.
    const wrong = await mcp.callTool({ name: 'sql', arguments: { query: 7 } }).catch((error: unknown) => error);
    expect(JSON.stringify(wrong) + String(wrong)).toMatch(/query/);
    expect((await server.client.contents.list()).total).toBe(2);
    expect(faults).toEqual([]);
  });

  test('without a server is one for other commands too, prints only the protocol, and ends with its caller', async () => {
    const own = await newLibrary();
    const child = own.start('mcp');
    const printed: string[] = [];
    const lines = createInterface({ input: child.stdout ?? process.stdin });
    lines.on('line', (line) => printed.push(line));
    const send = (message: object) => child.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
    const clientInfo = { name: 'test', version: '1' };
    send({ id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo } });
    send({ method: 'notifications/initialized' });
    await expect.poll(() => printed.length).toBe(1);
    const added = await own.fovea('add', own.photos('photos', 'owl.jpg'));
    expect(added.code, added.stderr).toBe(0);
    send({ id: 2, method: 'tools/call', params: { name: 'sql', arguments: { query: 'select name from content' } } });
    await expect.poll(() => printed.length).toBe(2);
    expect(printed.map((line) => (JSON.parse(line) as { id: number }).id)).toEqual([1, 2]);
    expect(printed[1]).toContain('owl.jpg');
    child.stdin?.end();
    await once(child, 'close');
    expect(child.exitCode).toBe(0);
    expect((await own.fovea('status', '--json')).json()).toMatchObject({ contents: 1 });
    expect(printed).toHaveLength(2);
  });

  test('options of HTTP alone are wrong use', async () => {
    const ran = await library.fovea('mcp', '--port', '1');
    expect([ran.code, ran.stdout]).toEqual([2, '']);
  });
});
