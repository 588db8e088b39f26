/**
 * What only shows over a real connection: clients that go away, and bodies that nobody reads.
 *
 * @module
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ServerType, serve } from '@hono/node-server';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { memoryServices } from '../../test/memory-services.ts';
import { createApp } from './app.ts';
import type { Services } from './services.ts';

const ROOT = '/api/v1/namespaces/default';

const servers: ServerType[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    if ('closeAllConnections' in server) server.closeAllConnections();
    server.close();
  }
});

async function start(overrides: Partial<Services> = {}) {
  const services = memoryServices(overrides);
  const logged: unknown[] = [];
  const app = createApp(services, {
    version: '1',
    token: 'home',
    maxUploadBytes: 200_000,
    heartbeatMs: 20,
    log: (error) => logged.push(error),
  });
  const port = await new Promise<number>((resolve) => {
    servers.push(serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, (info) => resolve(info.port)));
  });
  return { services, logged, port, url: `http://127.0.0.1:${port}${ROOT}` };
}

/** A client that writes what it wants; `received` is what came back so far. */
async function dial(port: number, text: string): Promise<{ socket: Socket; received: () => string }> {
  const socket = connect(port, '127.0.0.1');
  let received = '';
  socket.on('data', (data) => (received += data.toString()));
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(text);
  return { socket, received: () => received };
}

function upload(port: number, contentType: string, beginning: string): ReturnType<typeof dial> {
  const head = `POST ${ROOT}/contents?name=a.jpg HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: ${contentType}\r\nContent-Length: 100000\r\n\r\n`;
  return dial(port, head + beginning);
}

describe('a client that goes away', () => {
  test.each([
    ['bare bytes', 'image/jpeg', 'the beginning'],
    [
      'a form',
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="f"; filename="a.jpg"\r\n\r\nthe beginning',
    ],
  ])('in the middle of %s leaves nothing behind', async (_, contentType, beginning) => {
    const { services, logged, port } = await start();
    const { socket } = await upload(port, contentType, beginning);
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    await vi.waitFor(() => expect(services.failures).toHaveLength(1), { timeout: 30_000 });
    expect(services.stored.size).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(logged).toEqual([]);
  });

  test('from events stops their source', async () => {
    const { services, port } = await start();
    const { socket, received } = await dial(port, `GET ${ROOT}/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
    await vi.waitFor(() => expect(services.listeners()).toBe(1), { timeout: 30_000 });
    services.emit({ type: 'graph', graph: 'photos' });
    await vi.waitFor(() => expect(received()).toContain('event: graph\ndata: {"type":"graph","graph":"photos"}\n\n'), {
      timeout: 30_000,
    });
    // Signs of life come while nothing happens.
    await vi.waitFor(() => expect(received()).toContain(': alive\n\n'), { timeout: 30_000 });
    socket.destroy();
    await vi.waitFor(() => expect(services.listeners()).toBe(0), { timeout: 30_000 });
  });

  test('from a statement ends it', async () => {
    const ended: unknown[] = [];
    const begun = vi.fn<() => void>();
    const { logged, port } = await start({
      sql: async (_namespace, _request, signal) => {
        begun();
        await new Promise((_, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason));
        }).catch((reason: unknown) => {
          ended.push(reason);
          throw reason;
        });
        throw new Error('nothing else ends it');
      },
    });
    const body = '{"query":"select 1"}';
    const head = `POST ${ROOT}/sql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
    const { socket } = await dial(port, `${head}\r\n\r\n${body}`);
    await vi.waitFor(() => expect(begun).toHaveBeenCalledOnce(), { timeout: 30_000 });
    socket.destroy();
    await vi.waitFor(() => expect(ended).toHaveLength(1), { timeout: 30_000 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(logged).toEqual([]);
  });

  test('from a file closes it', async () => {
    const { services, port, url } = await start();
    const added = await fetch(`${url}/contents?name=a.jpg`, { method: 'POST', body: new Uint8Array(200_000) });
    const { contentId } = Object(await added.json());
    const { socket, received } = await dial(
      port,
      `GET ${ROOT}/contents/${contentId}/original HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`,
    );
    await vi.waitFor(() => expect(received()).toContain('200 OK'), { timeout: 30_000 });
    socket.destroy();
    await vi.waitFor(() => expect(services.openFiles()).toBe(0), { timeout: 30_000 });
  });
});

describe('a body that is refused', () => {
  test('gets its answer although it was not read to its end', async () => {
    const { services, url } = await start();
    const chunk = new Uint8Array(64 * 1024);
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if ((sent += 1) > 100) controller.close();
        else controller.enqueue(chunk);
      },
    });
    const response = await fetch(`${url}/contents?name=a.jpg`, { method: 'POST', body, duplex: 'half' });
    expect([response.status, await response.json()]).toMatchObject([413, { code: 'limit', limitBytes: 200_000 }]);
    expect(services.stored.size).toBe(0);
    // The server goes on.
    expect((await fetch(`${url}/status`)).status).toBe(200);
  });

  test('by its declared size is answered at once', async () => {
    const { port } = await start();
    const head = `POST ${ROOT}/contents?name=a.jpg HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 999999999\r\n\r\n`;
    const { socket, received } = await dial(port, head);
    await vi.waitFor(() => expect(received()).toContain('413 '), { timeout: 30_000 });
    socket.destroy();
  });
});

test('addPath() streams its totals while they come', async () => {
  const { url } = await start();
  const response = await fetch(`${url}/contents/paths`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer home' },
    body: '{"path":"/photos"}',
  });
  expect(response.headers.get('content-type')).toBe('application/x-ndjson');
  const lines = (await response.text()).split('\n').filter((line) => line !== '');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ seen: 1 }, { seen: 2 }, { seen: 3, finished: true }]);
});
