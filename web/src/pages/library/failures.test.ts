import { expect, test } from 'vitest';
import { groupFailures } from './failures.ts';

const task = (graph: string | undefined, policy: string, error: string) => ({
  contentId: 'c',
  name: 'a.jpg',
  ...(graph === undefined ? {} : { graph }),
  policy,
  version: 1,
  state: 'failed' as const,
  attempts: 1,
  errorCode: 'unreadable_image',
  error,
});

test('groupFailures() tells a reason once, with the steps that met it', () => {
  const tasks = [
    task(undefined, 'picture', 'cut off'),
    task('photos', 'clip', 'cut off'),
    task('photos', 'exif', 'odd'),
  ];
  expect(groupFailures(tasks)).toEqual([
    { error: 'cut off', code: 'unreadable_image', steps: [undefined, 'photos.clip'] },
    { error: 'odd', code: 'unreadable_image', steps: ['photos.exif'] },
  ]);
});
