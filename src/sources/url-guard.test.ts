import { describe, expect, test } from 'vitest';
import { InvalidInputError } from '../contract/index.ts';
import {
  checkHost,
  NO_PRIVATE_HOSTS,
  parsePrivateHosts,
  parseSourceUrl,
  type Resolve,
  resolveHost,
} from './url-guard.ts';

const nobody: Resolve = async (host) => {
  throw new Error(`${host} was looked up`);
};
const answering =
  (...addresses: string[]): Resolve =>
  async () =>
    addresses;

const check = (url: URL, resolve: Resolve, privateHosts = NO_PRIVATE_HOSTS) =>
  checkHost(url, { privateHosts, resolve, signal: new AbortController().signal });

describe('parseSourceUrl()', () => {
  test.each([
    ['http://example.org', 'http://example.org/'],
    ['HTTPS://EXAMPLE.org:443/a%20b.jpg?x=1#part', 'https://example.org/a%20b.jpg?x=1'],
    ['  https://example.org/ü.jpg\n', 'https://example.org/%C3%BC.jpg'],
    ['http://@example.org/', 'http://example.org/'],
  ])('%j is fetched as %s', (text, href) => {
    expect(parseSourceUrl(text).href).toBe(href);
  });

  test.each([
    ['file:///etc/passwd', /is of the kind "file:"/],
    ['FILE:///etc/passwd', /is of the kind "file:"/],
    ['gopher://example.org/1', /is of the kind "gopher:"/],
    ['ftp://example.org/a.jpg', /is of the kind "ftp:"/],
    ['data:image/png;base64,AAAA', /is of the kind "data:"/],
    ['javascript:alert(1)', /is of the kind "javascript:"/],
    ['blob:http://example.org/1', /is of the kind "blob:"/],
    ['fovea:0123', /is of the kind "fovea:"/],
    ['http+unix://%2Frun%2Fdocker.sock/', /is of the kind "http\+unix:"/],
    ['http://ann@example.org/', /holds a user name/],
    ['http://:secret@example.org/', /holds a user name/],
    ['http://1.1.1.1 &@127.0.0.1/', /holds a user name/],
    ['http://', /it is no URL/],
    ['example.org/a.jpg', /it is no URL/],
    ['/photos/a.jpg', /it is no URL/],
    ['', /it is no URL/],
    ['http://[fe80::1%25eth0]/', /it is no URL/],
    ['http://[fe80::1%eth0]/', /it is no URL/],
    ['http://256.0.0.1/', /it is no URL/],
    ['http://127.0.0.1.5/', /it is no URL/],
    ['http://0x100000000/', /it is no URL/],
    ['http://example.org:99999/', /it is no URL/],
    ['http://exam ple.org/', /it is no URL/],
  ])('%j is refused', (text, reason) => {
    expect(() => parseSourceUrl(text)).toThrow(InvalidInputError);
    expect(() => parseSourceUrl(text)).toThrow(reason);
  });

  test('tells nobody a password', () => {
    expect(() => parseSourceUrl('https://ann:secret@example.org/')).toThrow(/^Cannot add "https:\/\/example\.org\/"/);
  });
});

describe('checkHost()', () => {
  test.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://127.0.0.1./',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0x7f.1/',
    'http://0x7f.0x0.0x0.0x1/',
    'http://017700000001/',
    'http://0177.0.0.1/',
    'http://0000177.0.0.01/',
    'http://%31%32%37.0.0.1/',
    'http://１２７.０.０.１/',
    'http://127。0。0。1/',
    'http:\\\\127.0.0.1\\a',
    'http:127.0.0.1',
    'http://12\t7.0.0.1/',
    'http://0/',
    'http://0.0.0.0/',
    'http://169.254.169.254/latest/meta-data/',
    'http://2852039166/',
    'http://0xA9FEA9FE/',
    'http://10.1/',
    'http://192.168.257/',
    'http://172.1048577/',
    'http://[::1]/',
    'http://[::]/',
    'http://[0:0:0:0:0:0:0:1]/',
    'http://[::127.0.0.1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[2002:7f00:1::]/',
    'http://[fe80::1]/',
    'http://[fec0::1]/',
    'http://[fd12:3456::1]/',
    'https://127.0.0.1:8443/',
  ])('%s is refused, and nobody is asked', async (text) => {
    expect(await check(parseSourceUrl(text), nobody)).toEqual({
      refused: expect.stringMatching(/^is at an? .+, which no URL may reach; .*FOVEA_PRIVATE_HOSTS$/),
    });
  });

  test.each([
    ['localhost', ['127.0.0.1', '::1']],
    ['printer.local', ['169.254.7.7']],
    ['metadata.google.internal', ['169.254.169.254']],
    ['localtest.example', ['127.0.0.1']],
    ['one-of-many.example', ['93.184.216.34', '2606:4700::1111', '10.0.0.7']],
    ['link.example', ['fe80::1%eth0']],
    ['nothing.example', []],
  ])('%s is refused by its addresses %j', async (host, addresses) => {
    const url = parseSourceUrl(`http://${host}/`);
    expect(await check(url, answering(...addresses))).toHaveProperty('refused');
  });

  test('a host all of whose addresses are public gives these, whatever its name', async () => {
    const url = parseSourceUrl('http://public.internal/');
    const addresses = ['93.184.216.34', '2606:4700::1111'];
    expect(await check(url, answering(...addresses))).toEqual({ addresses });
    expect(await check(parseSourceUrl('http://1.1.1.1/'), nobody)).toEqual({
      addresses: ['1.1.1.1'],
    });
  });

  test('a failed look-up is passed on', async () => {
    await expect(check(parseSourceUrl('http://a.example/'), nobody)).rejects.toThrow('looked up');
  });
});

describe('resolveHost()', () => {
  test('looks up as the system does, and not for who has gone', async () => {
    const { signal } = new AbortController();
    const addresses = await resolveHost('localhost', signal);
    expect(addresses).not.toEqual([]);
    for (const address of addresses) expect(['127.0.0.1', '::1']).toContain(address);
    await expect(resolveHost('localhost', AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
  });
});

describe('parsePrivateHosts()', () => {
  test.each([
    ['nas.local', 'http://NAS.local:5000/a', true],
    ['NAS.Local', 'https://nas.local/', true],
    ['nas.local', 'http://a.nas.local/', false],
    ['nas.local', 'http://nas.local.example/', false],
    ['192.168.1.5:8080', 'http://192.168.1.5:8080/', true],
    ['192.168.1.5:8080', 'http://192.168.1.5/', false],
    ['192.168.1.5:80', 'http://192.168.1.5/', true],
    ['192.168.1.5:443', 'https://192.168.1.5/', true],
    ['192.168.1.5:443', 'http://192.168.1.5/', false],
    ['127.1', 'http://0x7f.1:99/', true],
    ['[fd00::5]', 'http://[fd00:0::5]:81/', true],
    ['[fd00::5]:81', 'http://[fd00::5]:81/', true],
    ['[fd00::5]:81', 'http://[fd00::5]/', false],
  ])('%s and %s: %s', async (entry, text, isAllowed) => {
    const url = parseSourceUrl(text);
    expect(parsePrivateHosts([entry]).has(url)).toBe(isAllowed);
    const checked = await check(url, answering('10.0.0.1'), parsePrivateHosts([entry]));
    expect('addresses' in checked).toBe(isAllowed);
  });

  test.each([
    '',
    '*',
    'http://nas.local',
    'nas.local/photos',
    'ann@nas.local',
    'fd00::5',
    '::1',
    'a:b',
    'a:',
    'a:99999',
    'a b',
  ])('%j is no host', (entry) => {
    expect(() => parsePrivateHosts([entry])).toThrow(InvalidInputError);
  });
});
