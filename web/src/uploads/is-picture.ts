/**
 * Whether a file is worth sending. As when a folder is added in place: a name that promises a picture is enough, and so
 * are bytes that are one; the server tells the rest.
 *
 * @module
 */
import { promisesPicture } from 'fovea/client';

/** Bytes that `startsLikePicture` looks at. */
const HEAD_BYTES = 16;

/** Files of this name are made by systems and other programs, not by photographers: `.DS_Store`, `._a.jpg`. */
export const isHidden = (name: string): boolean => name.startsWith('.');

/** Folders in which nobody keeps photos. */
export const isHiddenFolder = (name: string): boolean => isHidden(name) || name === '@eaDir';

/** @throws DOMException where the file can't be read any more. */
export async function isPicture(file: File): Promise<boolean> {
  if (promisesPicture(file.name) || file.type.startsWith('image/')) return true;
  return startsLikePicture(new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer()));
}

/** Whether the first bytes are those of JPEG, PNG, GIF, TIFF, BMP, WebP, AVIF or HEIC. */
export function startsLikePicture(head: Uint8Array): boolean {
  const text = String.fromCharCode(...head.subarray(0, HEAD_BYTES));
  return (
    /^(\u00ff\u00d8\u00ff|\u0089PNG\r\n|GIF8[79]a|II\*\0|MM\0\*|RIFF[^]{4}WEBP)/.test(text) ||
    /^[^]{4}ftyp(avi[fs]|he(ic|ix|im|is|vc|vx)|mif1|msf1)/.test(text) ||
    // Its next eight bytes say its size and nothing.
    /^BM[^]{4}\0{4}/.test(text)
  );
}
