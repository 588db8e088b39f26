/**
 * What a file is, by its first bytes; its name is never asked.
 *
 * Signatures: the formats' own specifications. Files of the ISO base media family (HEIC, AVIF, MP4, …) are told apart by
 * the brands of their `ftyp` box (ISO/IEC 14496-12 §4.3), TIFF's raw-photo relatives by a tag of the first directory.
 *
 * @module
 */

/** A kind of file that was recognised. */
export interface Format {
  /** E.g. `image/jpeg`. */
  readonly mimeType: string;
  /** For people: `JPEG`, `HEIC`, `MP4 video`. */
  readonly name: string;
  readonly kind: 'picture' | 'video' | 'audio' | 'document' | 'archive' | 'text';
  /** Whether Fovea turns it into pixels by itself; HEIC needs a package that the user installs (`heif.ts`). */
  readonly decodable: boolean;
}

/** Bytes from the start of a file that `sniff` needs at most; less is enough for a file that is shorter. */
export const SNIFF_BYTES = 4096;

/** Recognises a file by its first bytes; undefined where it is empty or of no format that is known. */
export function sniff(bytes: Uint8Array): Format | undefined {
  const head = bytes.subarray(0, SNIFF_BYTES);
  for (const [matches, format] of SIGNATURES) {
    if (matches(head)) return typeof format === 'function' ? format(head) : format;
  }
  return sniffText(head);
}

type Signature = readonly [(head: Uint8Array) => boolean, Format | ((head: Uint8Array) => Format | undefined)];

const picture = (mimeType: string, name: string): Format => ({ mimeType, name, kind: 'picture', decodable: true });
const foreign = (mimeType: string, name: string): Format => ({ mimeType, name, kind: 'picture', decodable: false });
const other = (kind: Format['kind'], mimeType: string, name: string): Format => ({
  mimeType,
  name,
  kind,
  decodable: false,
});

/** First match wins. */
const SIGNATURES: readonly Signature[] = [
  [starts(0xff, 0xd8, 0xff), picture('image/jpeg', 'JPEG')],
  [starts(0x89, 'PNG\r\n', 0x1a, '\n'), sniffPng],
  [starts('GIF87a'), picture('image/gif', 'GIF')],
  [starts('GIF89a'), picture('image/gif', 'GIF')],
  [starts('RIFF'), sniffRiff],
  [starts('II*', 0, 0x10, 0, 0, 0, 'CR'), foreign('image/x-canon-cr2', 'Canon CR2 raw')],
  [starts('IIU', 0), foreign('image/x-panasonic-rw2', 'Panasonic RW2 raw')],
  [starts('IIRO'), foreign('image/x-olympus-orf', 'Olympus ORF raw')],
  [starts('FUJIFILMCCD-RAW'), foreign('image/x-fuji-raf', 'Fujifilm RAF raw')],
  [starts('II*', 0), sniffTiff],
  [starts('MM', 0, '*'), sniffTiff],
  [starts('II+', 0), picture('image/tiff', 'TIFF')],
  [starts('MM', 0, '+'), picture('image/tiff', 'TIFF')],
  [(head) => ascii(head, 4, 4) === 'ftyp', sniffBrands],
  [isBmp, picture('image/bmp', 'BMP')],
  [starts(0, 0, 1, 0), sniffIcon],
  [starts(0, 0, 2, 0), sniffIcon],
  [starts(0, 0, 0, 0x0c, 'JXL ', 0x0d, 0x0a, 0x87, 0x0a), foreign('image/jxl', 'JPEG XL')],
  [starts(0xff, 0x0a), foreign('image/jxl', 'JPEG XL')],
  [starts(0, 0, 0, 0x0c, 'jP  ', 0x0d, 0x0a, 0x87, 0x0a), foreign('image/jp2', 'JPEG 2000')],
  [starts(0xff, 0x4f, 0xff, 0x51), foreign('image/jp2', 'JPEG 2000')],
  [starts('8BPS'), foreign('image/vnd.adobe.photoshop', 'Photoshop')],
  [starts('qoif'), foreign('image/qoi', 'QOI')],
  [starts('#?RADIANCE'), foreign('image/vnd.radiance', 'Radiance HDR')],
  [starts(0x76, 0x2f, 0x31, 0x01), foreign('image/x-exr', 'OpenEXR')],
  [starts('DDS '), foreign('image/vnd-ms.dds', 'DDS')],
  [isPortableMap, foreign('image/x-portable-anymap', 'Portable anymap')],
  [starts(0x1a, 0x45, 0xdf, 0xa3), sniffMatroska],
  [starts(0, 0, 1, 0xba), other('video', 'video/mpeg', 'MPEG video')],
  [starts('FLV', 1), other('video', 'video/x-flv', 'FLV video')],
  [starts('OggS'), other('audio', 'application/ogg', 'Ogg')],
  [starts('fLaC'), other('audio', 'audio/flac', 'FLAC audio')],
  [starts('ID3'), other('audio', 'audio/mpeg', 'MP3 audio')],
  [starts('%PDF-'), other('document', 'application/pdf', 'PDF')],
  [starts('%!PS'), other('document', 'application/postscript', 'PostScript')],
  [starts('PK', 3, 4), other('archive', 'application/zip', 'ZIP')],
  [starts(0x1f, 0x8b), other('archive', 'application/gzip', 'gzip')],
  [starts('7z', 0xbc, 0xaf, 0x27, 0x1c), other('archive', 'application/x-7z-compressed', '7-Zip')],
  [starts('Rar!', 0x1a, 7), other('archive', 'application/vnd.rar', 'RAR')],
];

/** Matches a head that starts with these bytes; strings are their ASCII codes. */
function starts(...parts: readonly (number | string)[]): (head: Uint8Array) => boolean {
  const magic = Buffer.concat(
    parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : Buffer.from(part, 'latin1'))),
  );
  return (head) => head.length >= magic.length && magic.every((byte, index) => head[index] === byte);
}

function ascii(bytes: Uint8Array, offset: number, length: number): string {
  return Buffer.from(bytes.subarray(offset, offset + length)).toString('latin1');
}

/** APNG is a PNG whose `acTL` chunk comes before the pixels. */
function sniffPng(head: Uint8Array): Format {
  const text = ascii(head, 0, head.length);
  const control = text.indexOf('acTL');
  const pixels = text.indexOf('IDAT');
  const animated = control >= 0 && (pixels < 0 || control < pixels);
  return animated ? picture('image/apng', 'animated PNG') : picture('image/png', 'PNG');
}

function sniffRiff(head: Uint8Array): Format | undefined {
  const form = ascii(head, 8, 4);
  if (form === 'WEBP') return picture('image/webp', 'WebP');
  if (form === 'AVI ') return other('video', 'video/x-msvideo', 'AVI video');
  if (form === 'WAVE') return other('audio', 'audio/wav', 'WAV audio');
  return undefined;
}

/** Tag 50706, DNGVersion, in the first directory makes a TIFF a raw photo whose first picture is only its preview. */
function sniffTiff(head: Uint8Array): Format {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const little = head[0] === 0x49;
  const directory = head.length >= 8 ? view.getUint32(4, little) : head.length;
  const entries = directory + 2 <= head.length ? view.getUint16(directory, little) : 0;
  for (let index = 0; index < entries; index++) {
    const position = directory + 2 + index * 12;
    if (position + 2 > head.length) break;
    if (view.getUint16(position, little) === 50706) return foreign('image/x-adobe-dng', 'DNG raw');
  }
  return picture('image/tiff', 'TIFF');
}

/** The major brand decides; `mif1` and `msf1` say nothing about the codec, so the compatible brands do. */
function sniffBrands(head: Uint8Array): Format {
  const size = new DataView(head.buffer, head.byteOffset, head.byteLength).getUint32(0);
  const brands = [ascii(head, 8, 4)];
  for (let offset = 16; offset + 4 <= Math.min(size, head.length); offset += 4) brands.push(ascii(head, offset, 4));
  const generic = brands[0] === 'mif1' || brands[0] === 'msf1';
  for (const brand of generic ? brands : brands.slice(0, 1)) {
    if (brand === 'avif' || brand === 'avis') return picture('image/avif', 'AVIF');
    if (/^he(ic|ix|im|is|vc|vx|vm|vs)$/.test(brand)) return foreign('image/heic', 'HEIC');
  }
  const major = brands[0] ?? '';
  if (generic) return foreign('image/heif', 'HEIF');
  if (major === 'crx ') return foreign('image/x-canon-cr3', 'Canon CR3 raw');
  if (major === 'qt  ') return other('video', 'video/quicktime', 'QuickTime video');
  if (major.startsWith('3g')) return other('video', 'video/3gpp', '3GPP video');
  if (major.startsWith('M4A') || major.startsWith('M4B')) return other('audio', 'audio/mp4', 'MP4 audio');
  return other('video', 'video/mp4', 'MP4 video');
}

/** Two letters are not enough: the size of the header that follows must be one of those that exist. */
function isBmp(head: Uint8Array): boolean {
  if (head.length < 18 || ascii(head, 0, 2) !== 'BM') return false;
  const headerSize = new DataView(head.buffer, head.byteOffset, head.byteLength).getUint32(14, true);
  return [12, 16, 40, 52, 56, 64, 108, 124].includes(headerSize);
}

function sniffIcon(head: Uint8Array): Format | undefined {
  const images = (head[4] ?? 0) + (head[5] ?? 0) * 256;
  if (images === 0 || images > 256) return undefined;
  return head[2] === 1 ? foreign('image/x-icon', 'ICO') : foreign('image/x-win-bitmap', 'CUR');
}

/** PBM, PGM, PPM (P1 to P6) and PAM (P7): the letter, the digit and white space. */
function isPortableMap(head: Uint8Array): boolean {
  return /^P[1-7][\s#]/.test(ascii(head, 0, 3)) && /^P[1-7]\s*(#[^\n]*\s+)*(\d|WIDTH|HEIGHT)/.test(ascii(head, 0, 512));
}

/** The document type is written out within the header. */
function sniffMatroska(head: Uint8Array): Format {
  return ascii(head, 0, 64).includes('webm')
    ? other('video', 'video/webm', 'WebM video')
    : other('video', 'video/x-matroska', 'Matroska video');
}

/** SVG, HTML or plain text: bytes that are UTF-8 without control characters, or UTF-16 with its mark. */
function sniffText(head: Uint8Array): Format | undefined {
  const text = decodeText(head);
  if (text === undefined || text.trim() === '') return undefined;
  const markup = text.replace(/^\s*(<\?xml[^>]*>|<!--[\s\S]*?-->|<!DOCTYPE[^>[]*(\[[\s\S]*?\])?[^>]*>|\s+)*/i, '');
  if (/^<(\w+:)?svg[\s>/]/i.test(markup)) return picture('image/svg+xml', 'SVG');
  if (/^<(html|head|body)[\s>]/i.test(markup) || /<!doctype html/i.test(text))
    return other('text', 'text/html', 'HTML');
  return other('text', 'text/plain', 'text');
}

function decodeText(head: Uint8Array): string | undefined {
  const encoding = head[0] === 0xff && head[1] === 0xfe ? 'utf-16le' : 'utf-8';
  // `stream` forgives a character that is cut at the end of the head.
  const decoder = new TextDecoder(encoding, { fatal: true });
  try {
    const text = decoder.decode(head, { stream: true });
    // eslint-disable-next-line no-control-regex
    return /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
