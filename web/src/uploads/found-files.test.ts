import { beforeEach, expect, test, vi } from 'vitest';
import { foundFiles } from './found-files.ts';
import type { FoundFile } from './queue.ts';

/** What was dropped, as browsers give it. */
class Dropped {
  readonly items: readonly unknown[];
  readonly files = [];
  constructor(entries: readonly unknown[]) {
    this.items = entries.map((entry) => ({ kind: 'file', webkitGetAsEntry: () => entry }));
  }
}

beforeEach(() => void vi.stubGlobal('DataTransfer', Dropped));

const fileEntry = (name: string, text = '') => ({
  name,
  isFile: true,
  isDirectory: false,
  file: (resolve: (file: File) => void) => resolve(new File([text], name)),
});

const unreadableEntry = (name: string) => ({
  ...fileEntry(name),
  file: (_resolve: unknown, reject: (error: Error) => void) => reject(new Error('it may not be read')),
});

/** Tells its entries a hundred at a time, as Chromium does, and then none. */
function folderEntry(name: string, entries: readonly unknown[]) {
  return {
    name,
    isFile: false,
    isDirectory: true,
    createReader: () => {
      let at = 0;
      return {
        readEntries: (resolve: (some: readonly unknown[]) => void) => {
          resolve(entries.slice(at, at + 100));
          at += 100;
        },
      };
    },
  };
}

async function read(...entries: readonly unknown[]): Promise<FoundFile[]> {
  const all: FoundFile[] = [];
  for await (const some of foundFiles(new Dropped(entries) as unknown as DataTransfer)) all.push(...some);
  return all;
}

test('foundFiles() reads everything in a dropped folder, however large, with where it lies', async () => {
  const many = Array.from({ length: 250 }, (_, index) => fileEntry(`${index}.jpg`));
  const found = await read(folderEntry('trip', [folderEntry('day 1', many), fileEntry('map.png')]), fileEntry('a.gif'));
  expect(found).toHaveLength(252);
  expect(found.filter(({ folder }) => folder === 'trip/day 1')).toHaveLength(250);
  expect(found.slice(-2).map(({ name, folder, problem }) => [name, folder, problem])).toEqual([
    ['map.png', 'trip', undefined],
    ['a.gif', '', undefined],
  ]);
});

test('foundFiles() tells what is no picture, hidden, or not to be read', async () => {
  const found = await read(
    folderEntry('trip', [
      fileEntry('notes.txt', 'Dear all'),
      fileEntry('picture', 'GIF89a'),
      fileEntry('.hidden.jpg'),
      folderEntry('@eaDir', [fileEntry('thumbnail.jpg')]),
      unreadableEntry('locked.jpg'),
    ]),
  );
  expect(found.map(({ name, problem }) => [name, problem])).toEqual([
    ['notes.txt', { kind: 'skipped' }],
    ['picture', undefined],
    ['.hidden.jpg', { kind: 'skipped' }],
    ['@eaDir/', { kind: 'skipped' }],
    ['locked.jpg', { kind: 'failed', reason: 'it may not be read' }],
  ]);
});

test('foundFiles() of a chosen folder takes the folders from the paths of its files', async () => {
  const at = (path: string): File =>
    Object.assign(new File([''], path.split('/').at(-1) ?? ''), { webkitRelativePath: path });
  const all: FoundFile[] = [];
  const files = [at('.private/a.jpg'), at('.private/day 1/b.jpg'), at('.private/@eaDir/c.jpg'), at('')];
  for await (const some of foundFiles(files)) all.push(...some);
  expect(all.map(({ folder, problem }) => [folder, problem?.kind])).toEqual([
    ['.private', undefined],
    ['.private/day 1', undefined],
    ['.private/@eaDir', 'skipped'],
    ['', 'skipped'],
  ]);
});
