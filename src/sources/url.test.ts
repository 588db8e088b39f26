import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startHostileWeb, type HostileWeb } from '../../test/hostile-web.ts';
import { InvalidInputError, LimitError, UnreadableUrlError } from '../contract/index.ts';
import { fetchUrl, type FetchUrlOptions, pinned } from './url.ts';
import { parsePrivateHosts } from './url-guard.ts';

const FILE = Buffer.from('the bytes of a picture, more or less');
/** Limits that nothing on this machine meets but what is made to. */
const PATIENT = { headersMs: 60_000, idleMs: 60_000, totalMs: 120_000 };
/** Within the block of public addresses, given to nobody: nothing answers there. */
const NOBODYS = '3f00::1';

let web: HostileWeb;
beforeAll(async () => {
  web = await startHostileWeb(FILE);
});
afterAll(() => web.close());
beforeEach(() => {
  web.asked.length = 0;
});

/** Fetches with the hostile server allowed; gives what came, as text. */
function fetchAll(path: string, options: Partial<FetchUrlOptions> = {}) {
  const url = path.includes('://') ? path : `${web.url}/${path}`;
  const allowed = parsePrivateHosts([`127.0.0.1:${web.port}`]);
  return fetchUrl(url, { maxBytes: 1000, privateHosts: allowed, timing: PATIENT, ...options }, async (file) => {
    const pieces: Uint8Array[] = [];
    for await (const piece of file.body) pieces.push(piece);
    return { name: file.name, url: file.url, text: Buffer.concat(pieces).toString() };
  });
}

describe('fetchUrl()', () => {
  test('gives the bytes, a name and the address without its fragment', async () => {
    expect(await fetchAll('a/b/good.jpg?x=1#part')).toEqual({
      name: 'good.jpg',
      url: `${web.url}/a/b/good.jpg?x=1`,
      text: FILE.toString(),
    });
    expect(web.lastHeaders()).toMatchObject({ 'accept-encoding': 'identity', host: `127.0.0.1:${web.port}` });
    expect(Object.keys(web.lastHeaders())).not.toContain('authorization');
    expect(await fetchAll('named.jpg')).toMatchObject({ name: 'own name.jpg' });
  });

  test.each([301, 302, 303, 307, 308])('follows %i to an address that was checked as well', async (status) => {
    const to = encodeURIComponent('../x/good.jpg');
    expect(await fetchAll(`a/moved.jpg?status=${status}&to=${to}`)).toEqual({
      name: 'moved.jpg',
      url: `${web.url}/a/moved.jpg?status=${status}&to=${to}`,
      text: FILE.toString(),
    });
    expect(web.asked.at(-1)).toBe('/x/good.jpg');
  });

  test('follows five redirects and not six', async () => {
    expect(await fetchAll('hops.jpg?left=5')).toMatchObject({ text: FILE.toString() });
    await expect(fetchAll('hops.jpg?left=6')).rejects.toThrow('redirects more than 5 times');
    web.asked.length = 0;
    await expect(fetchAll('loop.jpg')).rejects.toThrow('redirects more than 5 times');
    expect(web.asked).toHaveLength(6);
  });

  test.each([
    ['http://127.0.0.1:1/', /it redirects to "http:\/\/127\.0\.0\.1:1\/", which is at a loopback address/],
    ['http://localhost:1/', /which is at a loopback address/],
    ['//[::1]/', /which is at a loopback address/],
    ['http://169.254.169.254/latest/meta-data/', /which is at a link-local address/],
    ['http://0x0a000001/', /it redirects to "http:\/\/10\.0\.0\.1\/", which is at a private address/],
    ['file:///etc/passwd', /which is of the kind "file:"/],
    ['gopher://127.0.0.1/', /which is of the kind "gopher:"/],
    ['http://ann:secret@127.0.0.1/', /it redirects to "http:\/\/127\.0\.0\.1\/", which holds a user name/],
  ])('refuses a redirect to %s', async (to, reason) => {
    const failure = fetchAll(`moved.jpg?to=${encodeURIComponent(to)}`);
    await expect(failure).rejects.toThrow(InvalidInputError);
    await expect(failure).rejects.toThrow(reason);
    expect(web.asked).toHaveLength(1);
  });

  test.each(['http://127.0.0.1', 'http://localhost', 'http://[::1]', 'http://2130706433', 'http://127.1'])(
    'refuses %s at this port, and asks nothing of it',
    async (address) => {
      const failure = fetchAll(`${address}:${web.port}/good.jpg`, { privateHosts: parsePrivateHosts([]) });
      await expect(failure).rejects.toThrow(InvalidInputError);
      expect(web.asked).toEqual([]);
    },
  );

  test.each([
    ['missing.jpg', 'its server answers 404 (Not Found)'],
    ['status.jpg?status=403', 'its server answers 403 (Forbidden)'],
    ['status.jpg?status=500', 'its server answers 500 (Internal Server Error)'],
    ['status.jpg?status=206', 'its server answers 206 (Partial Content)'],
    ['status.jpg?status=299', 'its server answers 299 (unknown)'],
    ['moved-nowhere.jpg', 'its server answers 302 and no URL to go to'],
    ['moved.jpg?to=http%3A%2F%2F%5B', 'its server answers 302 and no URL to go to'],
    ['bomb.jpg', 'its server sends it compressed'],
    ['shorter.jpg', 'the connection broke before all of it had come'],
    ['cut-chunks.jpg', 'the connection broke before all of it had come'],
    ['longer.jpg', `it goes on behind its end after ${FILE.length - 9} bytes, as its server said it`],
    ['no-http.jpg', 'its server breaks the rules of HTTP'],
    ['huge-headers.jpg', 'its server breaks the rules of HTTP'],
  ])('%s fails: %s', async (path, reason) => {
    const failure = fetchAll(path);
    await expect(failure).rejects.toThrow(UnreadableUrlError);
    await expect(failure).rejects.toThrow(`Cannot add "${web.url}/${path}": ${reason}`);
  });

  test('a status is told as a fact', async () => {
    await expect(fetchAll('missing.jpg')).rejects.toMatchObject({ code: 'unreadable_url', status: 404 });
  });

  test.each(['endless.jpg', 'told-huge.jpg'])('%s ends at the limit on size', async (path) => {
    const failure = fetchAll(path, { maxBytes: 200_000 });
    await expect(failure).rejects.toThrow(LimitError);
    await expect(failure).rejects.toThrow(`Cannot add "${web.url}/${path}": it has more than 200000 bytes`);
    await expect.poll(() => web.connections()).toBe(0);
  });

  test('takes exactly as many bytes as the limit', async () => {
    expect((await fetchAll('good.jpg', { maxBytes: FILE.length })).text).toHaveLength(FILE.length);
    await expect(fetchAll('good.jpg', { maxBytes: FILE.length - 1 })).rejects.toThrow(LimitError);
  });

  test.each([
    ['silent.jpg', { headersMs: 300 }, 'its server gave no answer within 0.3 s'],
    ['slow-headers.jpg', { headersMs: 300 }, 'its server gave no answer within 0.3 s'],
    ['stalled.jpg', { idleMs: 300 }, 'nothing more of it came for 0.3 s'],
    ['drip.jpg', { totalMs: 300 }, 'it had not come as a whole after 0.3 s'],
  ])('%s ends at the limit %j', async (path, limit, reason) => {
    const failure = fetchAll(path, { timing: { ...PATIENT, ...limit } });
    await expect(failure).rejects.toThrow(UnreadableUrlError);
    await expect(failure).rejects.toThrow(reason);
    await expect.poll(() => web.connections()).toBe(0);
  });

  test("time that the reader takes is not the sender's", async () => {
    const timing = { ...PATIENT, idleMs: 1000 };
    const options = { maxBytes: 1000, privateHosts: parsePrivateHosts(['127.0.0.1']), timing };
    const slow = fetchUrl(`${web.url}/good.jpg`, options, async ({ body }) => {
      let size = 0;
      for await (const piece of body) {
        size += piece.length;
        await new Promise((resolve) => setTimeout(resolve, 1500));
      }
      return size;
    });
    expect(await slow).toBe(FILE.length);
  });

  test('ends with its signal, also while a name is looked up', async () => {
    const gone = new AbortController();
    const never = fetchAll('http://slow.example/', {
      signal: gone.signal,
      resolve: () => new Promise(() => undefined),
    });
    const stalled = fetchAll('stalled.jpg', { signal: gone.signal });
    await expect.poll(() => web.asked).toHaveLength(1);
    gone.abort(new Error('nobody waits'));
    await expect(never).rejects.toThrow('nobody waits');
    await expect(stalled).rejects.toThrow('nobody waits');
    await expect(fetchAll('good.jpg', { signal: gone.signal })).rejects.toThrow('nobody waits');
    await expect.poll(() => web.connections()).toBe(0);
  });

  test('a name that is not known, and a server that is not there, are told as such', async () => {
    const unknown = async (): Promise<never> => {
      throw Object.assign(new Error('getaddrinfo ENOTFOUND 10.0.0.53'), { code: 'ENOTFOUND' });
    };
    await expect(fetchAll('http://nowhere.example/', { resolve: unknown })).rejects.toThrow(
      'Cannot add "http://nowhere.example/": there is no host of that name (ENOTFOUND)',
    );
    await expect(fetchAll('http://127.0.0.1:1/', { privateHosts: parsePrivateHosts(['127.0.0.1']) })).rejects.toThrow(
      'its server takes no connections (ECONNREFUSED)',
    );
  });
});

describe('fetchUrl() of encrypted servers', () => {
  let encrypted: HostileWeb;
  beforeAll(async () => {
    encrypted = await startHostileWeb(FILE, true);
  });
  afterAll(() => encrypted.close());

  test('refuses a certificate that nobody vouches for', async () => {
    const failure = fetchAll(`${encrypted.url}/good.jpg`, { privateHosts: parsePrivateHosts(['127.0.0.1']) });
    await expect(failure).rejects.toThrow(/its server's certificate is not trusted \((DEPTH_ZERO_)?SELF_SIGNED_CERT\)/);
    expect(encrypted.asked).toEqual([]);
  });

  test('tells a server that does not encrypt', async () => {
    await expect(fetchAll(`https://127.0.0.1:${web.port}/good.jpg`)).rejects.toThrow('no encrypted connection');
  });
});

describe('fetchUrl() and names that change what they mean', () => {
  /** A resolver that answers otherwise each time. */
  function rebinding(...answers: string[]) {
    const hosts: string[] = [];
    const resolve = async (host: string): Promise<string[]> => [answers[hosts.push(host) - 1] ?? '127.0.0.1'];
    return { hosts, resolve };
  }

  test('connects to the address that was checked, not to that of a second look-up', async () => {
    const { hosts, resolve } = rebinding(NOBODYS, '127.0.0.1');
    const timing = { ...PATIENT, headersMs: 500 };
    const failure = fetchAll(`http://rebinding.example:${web.port}/good.jpg`, { resolve, timing });
    await expect(failure).rejects.toThrow(UnreadableUrlError);
    expect(hosts).toEqual(['rebinding.example']);
    expect(web.asked).toEqual([]);
  });

  test('asks once, and keeps the name for the server', async () => {
    const { hosts, resolve } = rebinding('127.0.0.1', NOBODYS);
    const privateHosts = parsePrivateHosts(['pinned.example']);
    const url = `http://pinned.example:${web.port}/good.jpg`;
    expect(await fetchAll(url, { resolve, privateHosts })).toMatchObject({ text: FILE.toString() });
    expect(hosts).toEqual(['pinned.example']);
    expect(web.lastHeaders().host).toBe(`pinned.example:${web.port}`);
  });

  test('checks a name anew where a redirect leads back to it', async () => {
    const { hosts, resolve } = rebinding('127.0.0.1', '127.0.0.1');
    const to = encodeURIComponent(`http://second.example:${web.port}/good.jpg`);
    const privateHosts = parsePrivateHosts(['first.example']);
    const failure = fetchAll(`http://first.example:${web.port}/moved.jpg?to=${to}`, { resolve, privateHosts });
    await expect(failure).rejects.toThrow('which is at a loopback address');
    expect(hosts).toEqual(['first.example', 'second.example']);
  });

  test.each([{ all: true }, { all: false }, {}])(
    'pinned() answers %j with the addresses that it was given',
    (options) => {
      const answers: unknown[] = [];
      pinned(['93.184.216.34', '2606:4700::1111'])('other.example', options, (...answer) => answers.push(answer));
      const both = [
        { address: '93.184.216.34', family: 4 },
        { address: '2606:4700::1111', family: 6 },
      ];
      expect(answers).toEqual([options.all === true ? [null, both] : [null, '93.184.216.34', 4]]);
    },
  );
});
