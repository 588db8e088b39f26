/**
 * What a page of another site can make a browser send to a server on loopback, and what it gets: nothing, and nothing
 * changes. By sockets, since `fetch` lets nobody choose Host and Origin.
 */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasTestData } from '../data.ts';
import { libraries, type RunningServer } from './library.ts';

const NAMESPACE = '/api/v1/namespaces/default';
const EVIL = 'https://evil.example';
const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>';
const HTML = '<!doctype html><script>alert(1)</script>';
const FORM = 'multipart/form-data; boundary=x';
const FORM_BODY = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.svg"\r\n\r\n<svg/>\r\n--x--\r\n';
const DELETE_ALL = '{"contentIds":[]}';

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

interface Attack {
  readonly method?: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

const post = (path: string, type: string, body: string, headers: Record<string, string>): Attack => ({
  method: 'POST',
  path: `${NAMESPACE}${path}`,
  headers: { 'Content-Type': type, ...headers },
  body,
});
const load = (path: string, dest: string, mode = 'no-cors', site = 'cross-site'): Attack => ({
  path,
  headers: { 'Sec-Fetch-Site': site, 'Sec-Fetch-Mode': mode, 'Sec-Fetch-Dest': dest },
});

/** `{port}` is the server's. */
const REFUSED: readonly (readonly [string, Attack, number])[] = [
  [
    'a name that was pointed here (DNS rebinding)',
    { path: `${NAMESPACE}/contents`, headers: { Host: 'evil.example:{port}' } },
    403,
  ],
  [
    'the same, to change something',
    post('/tasks/retry', 'application/json', '{}', {
      Host: 'evil.example:{port}',
      Origin: 'http://evil.example:{port}',
    }),
    403,
  ],
  [
    'a name that begins like loopback',
    { path: `${NAMESPACE}/contents`, headers: { Host: 'localhost.evil.example' } },
    403,
  ],
  [
    'a name that ends like loopback',
    { path: `${NAMESPACE}/contents`, headers: { Host: 'evil.example.127.0.0.1' } },
    403,
  ],
  ['the address that means every address', { path: `${NAMESPACE}/contents`, headers: { Host: '0.0.0.0:{port}' } }, 403],
  ['an upload by a form', post('/contents', FORM, FORM_BODY, { Origin: EVIL }), 403],
  ['an upload by a form in a sandbox', post('/contents', FORM, FORM_BODY, { Origin: 'null' }), 403],
  ['an upload of plain text', post('/contents?name=a.svg', 'text/plain', '<svg/>', { Origin: EVIL }), 403],
  [
    'an upload by a browser that sends no Origin',
    post('/contents', FORM, FORM_BODY, { 'Sec-Fetch-Site': 'cross-site' }),
    403,
  ],
  ['JSON in plain text', post('/contents/delete', 'text/plain', DELETE_ALL, { Origin: EVIL }), 403],
  ['JSON in plain text, with no trace of a browser', post('/contents/delete', 'text/plain', DELETE_ALL, {}), 400],
  ['JSON in a form', post('/contents/delete', 'application/x-www-form-urlencoded', DELETE_ALL, {}), 400],
  ['an empty body, by a beacon', post('/tasks/retry', 'text/plain', '', { Origin: EVIL }), 403],
  ['a page of another port', post('/tasks/retry', 'application/json', '{}', { Origin: 'http://localhost:3000' }), 403],
  [
    'a page of another name of loopback',
    post('/tasks/retry', 'application/json', '{}', { Origin: 'http://127.0.0.2:{port}' }),
    403,
  ],
  [
    'an address of the web to fetch',
    post('/contents/urls', 'application/json', '{"url":"https://evil.example/a.jpg"}', { Origin: EVIL }),
    403,
  ],
  ['a namespace to make', { method: 'PUT', path: '/api/v1/namespaces/evil', headers: { Origin: EVIL } }, 403],
  ['a namespace to delete', { method: 'DELETE', path: '/api/v1/namespaces/other', headers: { Origin: EVIL } }, 403],
  ['a search', post('/search', 'application/json', '{"query":"passport"}', { Origin: EVIL }), 403],
  [
    'a preflight',
    {
      method: 'OPTIONS',
      path: `${NAMESPACE}/sql`,
      headers: {
        Origin: EVIL,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Private-Network': 'true',
      },
    },
    // An answer without a word of Access-Control allows nothing.
    405,
  ],
  ['a picture of ours in their page', load(`${NAMESPACE}/contents/{id}/original`, 'image'), 403],
  [
    'the same from another port of this machine',
    load(`${NAMESPACE}/contents/{id}/original`, 'image', 'no-cors', 'same-site'),
    403,
  ],
  ['our JSON as their script', load(`${NAMESPACE}/contents`, 'script'), 403],
  ['our page in their frame', load('/', 'iframe', 'navigate'), 403],
  ['our events in their page', load(`${NAMESPACE}/events`, 'empty', 'cors'), 403],
  ['a method in a header', { path: '/api/v1/namespaces/other', headers: { 'X-HTTP-Method-Override': 'DELETE' } }, 405],
];

describe.skipIf(!hasTestData)('pages of other sites', () => {
  const newLibrary = libraries(false);
  let server: RunningServer;
  const ids = new Map<string, string>();

  const send = ({ method = 'GET', path, headers, body = '' }: Attack): Promise<Reply> => {
    const { port } = new URL(server.url);
    const filled = Object.entries(headers).map(([name, value]) => [name, value.replace('{port}', port)]);
    const options = {
      host: '127.0.0.1',
      port,
      method,
      path: path.replace('{id}', ids.get('a.svg') ?? ''),
      headers: Object.fromEntries(filled),
    };
    return new Promise((resolve, reject) => {
      const sending = request(options, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString('latin1');
          // Events never end.
          if (response.headers['content-type'] === 'text/event-stream') sending.destroy();
        });
        response.on('close', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      });
      sending.on('error', reject);
      sending.end(body);
    });
  };
  const everything = async (): Promise<unknown> => [
    await server.client.namespaces.list(),
    await server.client.contents.list(),
    (await server.client.tasks({ limit: 1000 })).total,
  ];

  beforeAll(async () => {
    const library = await newLibrary({ FOVEA_WORKERS: '0' });
    server = await library.serve();
    await server.client.namespaces.create('other');
    const files = { 'a.svg': SVG, 'a.html': HTML, 'b.jpg': HTML, 'c"\r\nSet-Cookie: a=b.svg': `${SVG} ` };
    for (const [name, text] of Object.entries(files))
      ids.set(name, (await server.client.upload(Buffer.from(text), { name })).contentId);
  });
  afterAll(() => server.stop());

  test.each(REFUSED)('get nothing and change nothing: %s', async (_what, attack, status) => {
    const before = await everything();
    const reply = await send(attack);
    expect([reply.status, reply.text]).toEqual([status, expect.stringMatching(/^{"code":"/)]);
    for (const name of Object.keys(reply.headers)) expect(name).not.toMatch(/^access-control-|^set-cookie$/);
    expect(reply.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'content-type': 'application/json',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(await everything()).toEqual(before);
  });

  test('what could run is a download in a sandbox, by no other type than that of its bytes', async () => {
    for (const [name, id] of ids) {
      for (const query of ['', '?download=false', '?v=x']) {
        const { status, headers, text } = await send({
          path: `${NAMESPACE}/contents/${id}/original${query}`,
          headers: {},
        });
        expect([status, text.includes('<script>')]).toEqual([200, true]);
        expect(headers['content-type']).toBe(name.endsWith('.svg') ? 'image/svg+xml' : 'application/octet-stream');
        expect(headers['content-disposition']).toMatch(/^attachment; filename="[^"]*"; filename\*=UTF-8''[\w%.-]+$/);
        expect(headers['content-security-policy']).toMatch(/^default-src 'none'; .*sandbox$/);
        expect(headers['x-content-type-options']).toBe('nosniff');
        expect(headers['set-cookie']).toBeUndefined();
      }
    }
  });

  test('a link to this server is followed, and what leads to its own pages works', async () => {
    const link = await send(load('/', 'document', 'navigate'));
    expect(link.status).toBe(200);
    expect(link.headers['content-security-policy'] ?? '').toContain("frame-ancestors 'none'");
    const own = { Origin: 'http://127.0.0.1:{port}', 'Sec-Fetch-Site': 'same-origin' };
    expect((await send(post('/tasks/retry', 'application/json', '{}', own))).status).toBe(200);
  });
});
