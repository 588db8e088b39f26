import { describe, expect, test } from 'vitest';
import { StorageFullError } from '../contract/index.ts';
import { DatabaseError } from '../store/index.ts';
import { errorReply } from './errors.ts';

describe('errorReply()', () => {
  const request = new Request('http://fovea.localhost/api/v1/health');
  const reply = (error: unknown) =>
    errorReply(error, request, () => {
      throw new Error('it was logged as unexpected');
    });

  test.each([
    ['a folder', new StorageFullError('Cannot write to "/home": the disk is full', { folder: '/home', freeBytes: 0 })],
    ['the database', new DatabaseError('could not extend file "base/5/1"', { sqlState: '53100' })],
    ['the system', Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })],
  ])('says that the disk is full, as %s told', (_who, error) => {
    const { status, body } = reply(error);
    expect([status, body.code]).toEqual([507, 'storage_full']);
    expect(body.message).toContain('disk');
    expect(body.message).toContain('full');
  });

  test('names the folder and its room', () => {
    const { body } = reply(new StorageFullError('Cannot write', { folder: '/home', freeBytes: 4096 }));
    expect(body).toMatchObject({ folder: '/home', freeBytes: 4096 });
  });
});
