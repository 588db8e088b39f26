import { expect, test } from 'vitest';
import { singlePrefix } from './single-prefix.ts';

test.each([
  ['/namespaces/default/namespaces/default/sql_query', '/namespaces/default/sql_query'],
  ['/namespaces/default/namespaces/default', '/namespaces/default'],
  ['/namespaces/default/sql_query', '/namespaces/default/sql_query'],
  ['/namespaces/a/namespaces/b/sql_query', '/namespaces/a/namespaces/b/sql_query'],
  ['/namespaces/a/namespaces/abc/sql_query', '/namespaces/a/namespaces/abc/sql_query'],
  ['/api/v1/namespaces/a/namespaces/a/x', '/api/v1/namespaces/a/namespaces/a/x'],
  ['/', '/'],
])('singlePrefix() reads %s as %s', (path, expected) => {
  expect(singlePrefix(new Request(`http://localhost:8900${path}?query=1`))).toBe(expected);
});
