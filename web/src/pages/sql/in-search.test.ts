import { expect, test } from 'vitest';
import { inSearch } from './in-search.ts';

const named = (...names: string[]) => ({ columns: names.map((name) => ({ name, type: 'text' })) });

test('inSearch() asks for the contents of a statement, without its end and whatever comment is in its last line', () => {
  expect(inSearch('select content_id from content -- all ;\n ; ', named('content_id'))).toBe(
    'content_id in (select content_id from (\nselect content_id from content -- all\n) statement)',
  );
});

test('inSearch() knows nothing where no column, or more than one, says which contents are meant', () => {
  expect(inSearch('select name from content', named('name'))).toBeUndefined();
  expect(inSearch('select a.content_id, b.content_id from a, b', named('content_id', 'content_id_2'))).toBeUndefined();
});
