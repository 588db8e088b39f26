import { expect, test } from 'vitest';
import { TimeoutError } from '../../contract/index.ts';
import { DatabaseError } from '../database.ts';
import { userError } from './user-error.ts';

const reported = (sqlState: string, message: string = 'it broke'): unknown =>
  userError(new DatabaseError(message, { sqlState }), 'filter', 500, { position: 3, hint: ', did you mean "x"?' });

test('userError() tells mistakes, limits and outages apart', () => {
  expect(reported('42703')).toMatchObject({
    code: 'sql',
    sqlState: '42703',
    position: 3,
    message: 'Cannot filter: it broke, did you mean "x"?',
  });
  expect(
    ['53200', '54001', '08006', '57P01', '57014', '42501'].map(
      (sqlState) => (reported(sqlState) as { code: string }).code,
    ),
  ).toEqual(['limit', 'limit', 'unavailable', 'unavailable', 'sql', 'sql']);
  expect(reported('XX000', 'invalid memory alloc request size 1073741824')).toMatchObject({ code: 'limit' });
  expect(reported('XX000', 'cache lookup failed')).toMatchObject({ code: 'sql' });
});

test('userError() names the time that a statement had, and leaves other errors alone', () => {
  expect(userError(new TimeoutError('run the statement', 500), 'filter', 500)).toMatchObject({
    code: 'timeout',
    message: expect.stringMatching(/^Cannot filter: it took longer than 500 ms and was ended; read fewer rows/),
  });
  const other = new RangeError('x');
  expect(userError(other, 'filter', 500)).toBe(other);
});
