import { describe, expect, test } from 'vitest';
import { errorFromJson, RemoteFoveaError } from './error-json.ts';
import * as errors from './errors.ts';
import { FoveaError } from './errors.ts';

/** As it goes over a connection. */
function overTheWire(error: FoveaError): FoveaError {
  return errorFromJson(JSON.parse(JSON.stringify(error)));
}

describe('errorFromJson()', () => {
  test.each([
    new errors.InvalidInputError('Cannot read "a"', [{ path: 'a.0', message: 'is missing' }]),
    new errors.NotFoundError('graph', 'phots', ['photos']),
    new errors.ConflictError('Cannot create'),
    new errors.ForbiddenError('Cannot add'),
    new errors.UnavailableError('Cannot reach'),
    new errors.TimeoutError('run the statement', 2000),
    new errors.LimitError('Cannot take'),
    new errors.UnreadableImageError('it is cut off', 'image/jpeg'),
    new errors.UnreadableVideoError('there is only sound in it', 'video/mp4'),
    new errors.ProgramUnavailableError('ffmpeg', 'it is not there'),
    new errors.UnreadableUrlError('https://example.org/a.jpg', 'its server answers 404', 404),
    new errors.ModelUnavailableError('clip', 'no hub answers'),
    new errors.NotConfiguredError(['CREATE TABLE a ()'], ['select 1']),
    new errors.UnansweredError('Cannot answer', [{ sql: 'select', code: 'sql', message: 'no' }]),
    new errors.SqlError('Cannot run', { sqlState: '42601', position: 7 }),
  ])('gives back $name with its message and facts', (error) => {
    const back = overTheWire(error);
    expect(back).toBeInstanceOf(error.constructor);
    expect(back.toJSON()).toEqual(error.toJSON());
  });

  test('covers every class that has a code', () => {
    const codes = Object.values(errors).flatMap((value) =>
      typeof value === 'function' && value.prototype instanceof FoveaError && value !== FoveaError
        ? [Reflect.construct(value, ['', []]).code]
        : [],
    );
    expect(codes.length).toBeGreaterThan(8);
    for (const code of codes) expect(errorFromJson({ code, message: 'm' })).not.toBeInstanceOf(RemoteFoveaError);
  });

  test('keeps code, message and facts of a code that is not known', () => {
    const error = errorFromJson({ code: 'internal', message: 'Cannot answer', errorId: '7' });
    expect(error).toBeInstanceOf(RemoteFoveaError);
    expect(error.toJSON()).toEqual({ code: 'internal', message: 'Cannot answer', errorId: '7' });
  });

  test('takes no method from what was sent', () => {
    const error = errorFromJson({ code: 'conflict', message: 'm', toJSON: 1, stack: 'x', constructor: 2 });
    expect(error.toJSON()).toEqual({ code: 'conflict', message: 'm' });
    expect(errorFromJson({ code: 'constructor', message: 'm' })).toBeInstanceOf(RemoteFoveaError);
  });
});

test('ModelUnavailableError.told() tells a sentence as it is', () => {
  expect(new errors.ModelUnavailableError('clip', 'no hub answers').message).toBe(
    'Cannot load model "clip": no hub answers',
  );
  const told = 'Cannot ask https://example.org: it wants a key';
  expect(errors.ModelUnavailableError.told('gpt', told)).toMatchObject({ message: told, model: 'gpt' });
});
