/**
 * A search as a program writes it: the picture as bytes, a file or base64.
 *
 * @module
 */
import { encodeBase64, type SearchInput } from '../contract/index.ts';
import type { RequestOptions } from './connection.ts';

export interface SearchOptions extends Omit<SearchInput, 'image'>, RequestOptions {
  /** A picture file: its bytes, a `Blob` of them, or base64. */
  readonly image?: string | Uint8Array | Blob | undefined;
}

export async function encodeSearch({ image, ...request }: Omit<SearchOptions, 'signal'>): Promise<SearchInput> {
  if (image === undefined) return request;
  if (typeof image === 'string') return { ...request, image };
  const bytes = image instanceof Uint8Array ? image : new Uint8Array(await image.arrayBuffer());
  return { ...request, image: encodeBase64(bytes) };
}
