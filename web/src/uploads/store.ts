/**
 * The uploads of this tab. They go on while pages change; a page that is loaded anew has lost them, so it asks before.
 *
 * @module
 */
import { connect, UnavailableError } from 'fovea/client';
import { useSyncExternalStore } from 'react';
import { apiKey } from '../api/key.ts';
import { queryClient } from '../api/query-client.ts';
import { texts } from '../texts.ts';
import { foundFiles, type Given } from './found-files.ts';
import { type Transport, type Upload, UploadQueue, type Uploads } from './queue.ts';
import { xhrFetch } from './xhr-fetch.ts';

export type { Upload, Uploads } from './queue.ts';

/** The label that keeps the folders of a file that was uploaded with its folder. */
const FOLDER_LABEL = 'folder';
/** What is shown of a namespace is asked for anew at most this often while there are no events yet. */
const REFRESH_MS = 500;

const transport: Transport = {
  async send(upload, onSent, signal) {
    const { file, folder, name } = upload;
    if (file === undefined) throw new TypeError(`Cannot send "${name}": its bytes are not known`);
    try {
      return await clientOf(upload.namespace, onSent).upload(file, {
        name,
        signal,
        ...(folder === '' ? {} : { labels: { [FOLDER_LABEL]: folder } }),
      });
    } catch (error) {
      if (error instanceof UnavailableError && !(await isReadable(file))) throw gone(upload);
      throw error;
    }
  },
  async isReachable(namespace) {
    try {
      return (await clientOf(namespace).health()).database.ok;
    } catch {
      return false;
    }
  },
};

function clientOf(namespace: string, onSent?: (bytes: number) => void) {
  const key = apiKey();
  return connect(location.origin, {
    namespace,
    ...(key === undefined ? {} : { apiKey: key }),
    ...(onSent === undefined ? {} : { fetch: xhrFetch(onSent) }),
  });
}

/** A browser tells a file that was changed or moved since as a connection that failed. */
async function isReadable(file: File): Promise<boolean> {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

const gone = ({ name }: Upload): Error => new Error(texts.uploads.gone(name));

const queue = new UploadQueue(transport, onStored);

/**
 * Begins to upload what was chosen or dropped, with all that is in dropped folders, into a namespace. To be called within
 * the event: what was dropped can't be read later.
 */
export function startUpload(given: Given, namespace: string): void {
  void queue.add(namespace, foundFiles(given));
}

export const pauseUploads = (): void => queue.pause();
export const resumeUploads = (): void => queue.resume();
export const cancelUploads = (): void => queue.cancel();
export const dismissUploads = (): void => queue.dismiss();
/** @param id Of one that failed; absent: all of them. */
export const retryUploads = (id?: number): void => queue.retry(id);

export function useUploads(): Uploads {
  return useSyncExternalStore(queue.subscribe, queue.snapshot);
}

const refreshing = new Set<string>();

/** A namespace comes into being with its first picture, and tells no events before; later its events tell enough. */
function onStored(namespace: string): void {
  if (refreshing.has(namespace) || queryClient.getQueryData([namespace, 'status'])) return;
  refreshing.add(namespace);
  setTimeout(() => {
    refreshing.delete(namespace);
    for (const queryKey of [[namespace], ['namespaces']]) void queryClient.invalidateQueries({ queryKey });
  }, REFRESH_MS);
}

const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
let warns = false;
queue.subscribe(() => {
  if (queue.isOpen() === warns) return;
  warns = !warns;
  if (warns) addEventListener('beforeunload', warn);
  else removeEventListener('beforeunload', warn);
});
