import { describe, expect, test } from 'vitest';
import { urlName } from './url-name.ts';

describe('urlName()', () => {
  test.each([
    ['https://example.org/photos/cat.jpg?size=2', 'cat.jpg'],
    ['https://example.org/a%20b%C3%BC.jpg', 'a bü.jpg'],
    ['https://example.org/photos/', 'photos'],
    ['https://example.org/', 'example.org'],
    ['https://example.org', 'example.org'],
    ['https://example.org/%ff%fe.jpg', '%ff%fe.jpg'],
    ['https://example.org/%2e%2e%2fpasswd', 'passwd'],
    ['https://example.org/a%2Fb%5Cc.jpg', 'c.jpg'],
    ['https://example.org/a%00b%0d%0a%1b%5b2J.jpg', 'ab[2J.jpg'],
    ['https://example.org/%00', 'example.org'],
    [`https://example.org/${'x'.repeat(300)}`, 'x'.repeat(255)],
  ])('%s alone is called %j', (url, name) => {
    expect(urlName(new URL(url), undefined)).toBe(name);
  });

  test.each([
    ['attachment; filename="a; b.jpg"', 'a; b.jpg'],
    ['attachment;filename=x.png', 'x.png'],
    ['inline; FileName="\\"q\\".gif"', '"q".gif'],
    [`attachment; filename="rates.jpg"; filename*=UTF-8''%e2%82%ac%20rates.jpg`, '€ rates.jpg'],
    [`attachment; filename*=UTF-8''%ff; filename="plain.jpg"`, 'plain.jpg'],
    ['attachment; filename="Ã¼.jpg"', 'ü.jpg'],
    ['attachment; filename="ü.jpg"', 'ü.jpg'],
    ['attachment; filename="../../etc/passwd"', 'passwd'],
    ['attachment; filename="C:\\\\temp\\\\a.jpg"', 'a.jpg'],
    ['attachment; filename=".."', 'last.jpg'],
    ['attachment; filename=""', 'last.jpg'],
    ['inline', 'last.jpg'],
    ['', 'last.jpg'],
    ['; filename=x', 'last.jpg'],
    ['a/b; filename=x', 'last.jpg'],
  ])('%j names it %j', (disposition, name) => {
    expect(urlName(new URL('https://example.org/last.jpg'), disposition)).toBe(name);
  });
});
