/**
 * Names that promise a picture. What a file is, its bytes decide; but one that promises a picture and is none is an error
 * that its owner wants to know, and not a file to pass over.
 *
 * @module
 */
const PICTURE_EXTENSIONS: ReadonlySet<string> = new Set(
  (
    'jpg jpeg jpe jfif png apng gif webp tif tiff bmp dib svg avif heic heif hif jxl jp2 j2k ' +
    'ico psd ppm pgm pbm pnm tga qoi exr hdr cr2 cr3 nef arw dng orf raf rw2'
  ).split(' '),
);

/** True where a file's name, or a path, ends like a picture's. */
export function promisesPicture(path: string): boolean {
  const extension = /[^/\\.][^/\\]*\.([^/\\.]+)$/.exec(path)?.[1];
  return extension !== undefined && PICTURE_EXTENSIONS.has(extension.toLowerCase());
}
