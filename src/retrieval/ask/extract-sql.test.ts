import { describe, expect, test } from 'vitest';
import { extractSql } from './extract-sql.ts';

const SQL = "select name from content where name ilike '%;%'";

describe('extractSql()', () => {
  test.each([
    ['bare', SQL],
    ['with spaces around', `\n  ${SQL}  \n`],
    ['in a fence', `\`\`\`sql\n${SQL}\n\`\`\``],
    ['in a fence without a language', `Here it is:\n\`\`\`\n${SQL}\n\`\`\`\nIt lists names.`],
    ['in a fence that is not closed', `\`\`\`sql\n${SQL}`],
    ['in the last of two fences', `\`\`\`sql\nselect 1\n\`\`\`\nNo, better:\n\`\`\`postgresql\n${SQL}\n\`\`\``],
    ['beside a fence of something else', `\`\`\`sql\n${SQL}\n\`\`\`\nwhich gives\n\`\`\`text\ncat.jpg\n\`\`\``],
    ['as JSON', JSON.stringify({ sql: SQL })],
    ['as JSON in a fence', `\`\`\`json\n${JSON.stringify({ query: SQL })}\n\`\`\``],
    ['behind a heading', `SQLQuery: ${SQL}`],
    ['between sentences', `You can use this:\n${SQL};\nIt lists the names.`],
    ['before an empty line', `${SQL}\n\nThis statement lists the names.`],
    ['behind thoughts', `<think>Maybe\n\`\`\`sql\nselect 2\n\`\`\`\n?</think>\n${SQL}`],
    ['behind thoughts whose beginning is in the template', `select 3 would do.</think>\n${SQL}`],
  ])('finds a statement %s', (_how, text) => {
    expect(extractSql(text)).toBe(SQL);
  });

  test('keeps comments and several lines', () => {
    const sql = '-- dogs\nwith d as (\n  select 1\n)\nselect * from d';
    expect(extractSql(`\`\`\`sql\n${sql}\n\`\`\``)).toBe(sql);
    expect(extractSql('SELECT\n  name\nFROM content')).toBe('SELECT\n  name\nFROM content');
  });

  test('hands on what is no SELECT, so that the door can refuse it', () => {
    expect(extractSql('```sql\ndelete from content\n```')).toBe('delete from content');
    expect(extractSql('drop table content;')).toBe('drop table content');
    expect(extractSql('```sql\nselect 1; delete from content\n```')).toBe('select 1; delete from content');
  });

  test.each([
    '',
    'I cannot answer that.',
    'With these tables I am not able to tell.',
    'With these tables, I am not able to tell (there is no such column).',
    'Select a photo, and look at it.',
    '```python\nprint(1)\n```',
    '{"answer": 3}',
    '<think>select 1 from content',
  ])('finds none in %j', (text) => {
    expect(extractSql(text)).toBeUndefined();
  });
});
