/**
 * Windows bitmaps, which the decoder library leaves out: 1, 4, 8 bits with a palette, 16, 24 and 32 bits, uncompressed.
 *
 *     'BM' · file size u32 · 0 u32 · offset of the pixels u32 · header size u32 · width i32 · height i32 · planes u16 ·
 *     bits u16 · compression u32 · … · colours used u32        rows padded to 4 bytes, bottom up unless the height is < 0
 *
 * Microsoft, "Bitmap storage", Windows GDI (BITMAPCOREHEADER, BITMAPINFOHEADER, BITMAPV5HEADER).
 *
 * @module
 */
import { UnreadableImageError } from '../contract/index.ts';
import type { Raster } from './resample.ts';

/** What a bitmap's headers say. */
export interface BmpHeader {
  readonly width: number;
  readonly height: number;
  readonly topDown: boolean;
  readonly bits: number;
  /** Byte offset of the first row. */
  readonly pixels: number;
  /** RGB triples. */
  readonly palette: readonly (readonly [number, number, number])[];
  /** Bit masks of red, green and blue for 16 and 32 bits. */
  readonly masks: readonly [number, number, number];
}

const MIME_TYPE = 'image/bmp';
const UNCOMPRESSED = 0;
const BITFIELDS: ReadonlySet<number> = new Set([3, 6]);

/**
 * Reads the headers, not the pixels.
 *
 * @throws UnreadableImageError for compressed and for impossible bitmaps.
 */
export function readBmpHeader(bytes: Uint8Array): BmpHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 26) throw damaged('it ends within its header');
  const headerSize = view.getUint32(14, true);
  const core = headerSize === 12;
  if (bytes.length < 14 + Math.min(headerSize, 40)) throw damaged('it ends within its header');
  const width = core ? view.getUint16(18, true) : view.getInt32(18, true);
  const signedHeight = core ? view.getUint16(20, true) : view.getInt32(22, true);
  const bits = view.getUint16(core ? 24 : 28, true);
  const compression = core || headerSize < 20 ? UNCOMPRESSED : view.getUint32(30, true);
  const height = Math.abs(signedHeight);
  if (width < 1 || height < 1) throw damaged(`it says that it has ${width} × ${signedHeight} pixels`);
  if (![1, 4, 8, 16, 24, 32].includes(bits)) throw damaged(`it says that it has ${bits} bits a pixel`);
  const fields = BITFIELDS.has(compression) && (bits === 16 || bits === 32);
  if (compression !== UNCOMPRESSED && !fields) {
    throw new UnreadableImageError(
      'BMP pictures with compression are not supported; convert it to PNG or JPEG',
      MIME_TYPE,
    );
  }
  const masks = readMasks(view, bits, fields);
  const tableStart = 14 + headerSize + (fields && headerSize === 40 ? 12 : 0);
  const colors = bits > 8 ? 0 : readPaletteSize(view, bits, headerSize);
  const entry = core ? 3 : 4;
  if (tableStart + colors * entry > bytes.length) throw damaged('it ends within its palette');
  const palette = Array.from({ length: colors }, (_, index) => {
    const [blue = 0, green = 0, red = 0] = bytes.subarray(tableStart + index * entry, tableStart + index * entry + 3);
    return [red, green, blue] as const;
  });
  return { width, height, topDown: signedHeight < 0, bits, pixels: view.getUint32(10, true), palette, masks };
}

/**
 * Decodes a bitmap; a fourth channel is ignored, as viewers do.
 *
 * @throws UnreadableImageError where rows are missing.
 */
export function decodeBmp(bytes: Uint8Array): Raster {
  const header = readBmpHeader(bytes);
  const { width, height, bits, pixels, topDown } = header;
  const stride = Math.ceil((width * bits) / 32) * 4;
  if (pixels + stride * (height - 1) + Math.ceil((width * bits) / 8) > bytes.length) {
    throw new UnreadableImageError('the BMP file is incomplete: it ends before the picture does', MIME_TYPE);
  }
  const data = new Uint8Array(width * height * 3);
  const readRow = bits <= 8 ? paletteRow : bits === 24 ? blueGreenRedRow : maskedRow;
  for (let y = 0; y < height; y++) {
    const start = pixels + (topDown ? y : height - 1 - y) * stride;
    readRow(bytes.subarray(start, start + stride), data.subarray(y * width * 3, (y + 1) * width * 3), header);
  }
  return { data, width, height };
}

function readPaletteSize(view: DataView, bits: number, headerSize: number): number {
  const used = headerSize >= 36 ? view.getUint32(46, true) : 0;
  if (used > 2 ** bits) throw damaged(`it says that its palette has ${used} colours`);
  return used === 0 ? 2 ** bits : used;
}

function readMasks(view: DataView, bits: number, fields: boolean): readonly [number, number, number] {
  if (fields) {
    if (view.byteLength < 66) throw damaged('it ends within its header');
    return [view.getUint32(54, true), view.getUint32(58, true), view.getUint32(62, true)];
  }
  return bits === 16 ? [0x7c00, 0x03e0, 0x001f] : [0xff0000, 0x00ff00, 0x0000ff];
}

type RowReader = (row: Uint8Array, target: Uint8Array, header: BmpHeader) => void;

const paletteRow: RowReader = (row, target, { width, bits, palette }) => {
  for (let x = 0; x < width; x++) {
    const bit = x * bits;
    const index = ((row[bit >> 3] ?? 0) >> (8 - bits - (bit & 7))) & (2 ** bits - 1);
    target.set(palette[index] ?? [0, 0, 0], x * 3);
  }
};

const blueGreenRedRow: RowReader = (row, target, { width }) => {
  for (let x = 0; x < width * 3; x += 3) {
    target[x] = row[x + 2] ?? 0;
    target[x + 1] = row[x + 1] ?? 0;
    target[x + 2] = row[x] ?? 0;
  }
};

const maskedRow: RowReader = (row, target, { width, bits, masks }) => {
  const view = new DataView(row.buffer, row.byteOffset, row.byteLength);
  const channels = masks.map((mask) => {
    const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
    return { mask, shift, max: mask === 0 ? 1 : mask >>> shift };
  });
  for (let x = 0; x < width; x++) {
    const value = bits === 16 ? view.getUint16(x * 2, true) : view.getUint32(x * 4, true);
    for (const [index, { mask, shift, max }] of channels.entries()) {
      target[x * 3 + index] = Math.round((((value & mask) >>> shift) * 255) / max);
    }
  }
};

function damaged(how: string): UnreadableImageError {
  return new UnreadableImageError(`the BMP file is damaged: ${how}`, MIME_TYPE);
}
