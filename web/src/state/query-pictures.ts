/**
 * Pictures that searches ask with, kept in this browser by the SHA-256 of their bytes, so that the address of such a search
 * can be loaded again and gone back to. They are never added to the library. The latest few are kept.
 *
 * @module
 */
const DATABASE = 'fovea';
const STORE = 'query-pictures';
const KEPT = 50;
/** The most that a search takes. */
export const MAX_PICTURE_BYTES = 32 * 1024 * 1024;

interface Kept {
  readonly id: string;
  readonly picture: Blob;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** An address names a picture that this browser does not have. */
export class MissingPictureError extends Error {
  override readonly name = 'MissingPictureError';
}

/** @returns What the address calls it. */
export async function keepPicture(picture: Blob): Promise<string> {
  // As bytes: a file in place would be another one, or none, once it changed.
  const bytes = await picture.arrayBuffer();
  const id = await nameOf(bytes);
  const kept: Kept = { id, picture: new Blob([bytes], { type: picture.type }), at: Date.now() };
  const store = await openStore('readwrite');
  await settled(store.put(kept));
  const all = await settled<Kept[]>(store.getAll());
  for (const { id: old } of all.toSorted((a, b) => b.at - a.at).slice(KEPT)) await settled(store.delete(old));
  return id;
}

/** @throws MissingPictureError where this browser does not have it. */
export async function keptPicture(id: string): Promise<Blob> {
  const store = await openStore('readonly');
  const kept = await settled<Kept | undefined>(store.get(id));
  if (kept === undefined) throw new MissingPictureError(id);
  return kept.picture;
}

/** Only pages from `https:` and from this machine may hash; elsewhere a picture gets a name by chance. */
async function nameOf(bytes: ArrayBuffer): Promise<string> {
  const isSecure = typeof globalThis.crypto.subtle === 'object';
  const name = isSecure
    ? new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
    : crypto.getRandomValues(new Uint8Array(32));
  return [...name].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function openStore(mode: IDBTransactionMode): Promise<IDBObjectStore> {
  const request = indexedDB.open(DATABASE, 1);
  request.addEventListener('upgradeneeded', () => request.result.createObjectStore(STORE, { keyPath: 'id' }));
  const database = await settled(request);
  const transaction = database.transaction(STORE, mode);
  transaction.addEventListener('complete', () => database.close());
  return transaction.objectStore(STORE);
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('The browser’s database failed')));
  });
}
