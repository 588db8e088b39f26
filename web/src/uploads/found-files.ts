/**
 * Files that were chosen or dropped, with everything in dropped folders, as they are found. Only handles are kept; bytes
 * are read when a file is sent.
 *
 * @module
 */
import { isHidden, isHiddenFolder, isPicture } from './is-picture.ts';
import type { FoundFile } from './queue.ts';

/** Files that are told at once, so that a large folder doesn't hold the page. */
const BATCH = 200;

/** Everything that a page can be given: chosen files, or what was dropped. */
export type Given = Iterable<File> | DataTransfer;

/** Reads what was given. The caller's event may end: what is to be read is taken from it at once. */
export function foundFiles(given: Given): AsyncGenerator<FoundFile[]> {
  if (!(given instanceof DataTransfer)) return batched(chosen([...given]));
  const entries = [...given.items].flatMap((item) => {
    const entry = item.kind === 'file' ? item.webkitGetAsEntry() : null;
    return entry === null ? [] : [entry];
  });
  return batched(entries.length > 0 ? within(entries, '') : chosen([...given.files]));
}

async function* batched(files: AsyncIterable<FoundFile>): AsyncGenerator<FoundFile[]> {
  let batch: FoundFile[] = [];
  for await (const file of files) {
    batch.push(file);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
    // Lets the page draw.
    await new Promise((resolve) => setTimeout(resolve));
  }
  yield batch;
}

async function* chosen(files: readonly File[]): AsyncGenerator<FoundFile> {
  for (const file of files) {
    const folders = file.webkitRelativePath.split('/').slice(0, -1);
    // Below the folder itself, which somebody chose.
    if (folders.slice(1).some(isHiddenFolder)) yield { name: file.name, folder: folders.join('/'), problem: SKIPPED };
    else yield await judge(file, folders.join('/'));
  }
}

async function* within(entries: readonly FileSystemEntry[], folder: string): AsyncGenerator<FoundFile> {
  for (const entry of entries) {
    try {
      if (isFile(entry)) yield await judge(await fileOf(entry), folder);
      else if (isFolder(entry)) yield* inFolder(entry, folder);
    } catch (error) {
      yield { name: entry.name, folder, problem: failure(error) };
    }
  }
}

async function* inFolder(entry: FileSystemDirectoryEntry, parent: string): AsyncGenerator<FoundFile> {
  const folder = parent === '' ? entry.name : `${parent}/${entry.name}`;
  if (parent !== '' && isHiddenFolder(entry.name)) {
    yield { name: `${entry.name}/`, folder: parent, problem: SKIPPED };
    return;
  }
  const reader = entry.createReader();
  // Chromium tells a hundred at a time; an empty list is the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    yield* within(some, folder);
  }
}

const SKIPPED = { kind: 'skipped' } as const;

async function judge(file: File, folder: string): Promise<FoundFile> {
  const { name } = file;
  try {
    if (isHidden(name) || !(await isPicture(file))) return { name, folder, problem: SKIPPED };
    return { name, folder, file };
  } catch (error) {
    return { name, folder, problem: failure(error) };
  }
}

function failure(error: unknown): FoundFile['problem'] {
  return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}
