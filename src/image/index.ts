/**
 * Pixels: from a file's bytes to what models, hashes and people want to see. Pure functions; nothing here reads a file.
 *
 * @module
 */
export type { Kernel, PixelRequest, Pixels } from './pixels.ts';
export { type Format, SNIFF_BYTES, sniff } from './sniff.ts';
export { MAX_PIXELS, type Orientation, type Picture, openPicture } from './picture.ts';
export type { ResizeRequest, Size } from './placement.ts';
export { regionSize, render, renderAll, renderRegion, renderRegions } from './render.ts';
export { THUMBNAIL_SIDE, encodeThumbnail, thumbnail, thumbnailRequest } from './thumbnail.ts';
export { encodeJpeg } from './jpeg.ts';
export { type DrawnBox, drawBoxes } from './draw.ts';
export { type ContactSheet, drawContactSheet, type DrawnSheet, type SheetPicture } from './contact-sheet.ts';
export { madeUpPhotos } from './made-up.ts';
export { configureForHost } from './host.ts';
export { type Raster, type Rectangle, resample } from './resample.ts';
export { type Point, type Quadrilateral, cutQuadrilateral, warpAffine } from './cut-quadrilateral.ts';
export { HASH_PIXELS, dHash, greyPicture, hammingDistance, hashToHex, pHash } from './hash.ts';
export { CROP_WINDOWS, type CropWindow, cropHashes } from './crop-hash.ts';
export { findPart, isFlat, type Part } from './same-picture.ts';
export { COLOR_PIXELS, type DominantColor, dominantColors } from './colors.ts';
export { type ExifFacts, readExif } from './exif.ts';
