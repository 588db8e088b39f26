/**
 * HEIC, which the decoder library leaves out because of its patents: by the package `libheif-js`, which users install
 * beside Fovea where they want it. It blocks its thread for about a tenth of a second a megapixel, so this belongs into workers
 * and encoder hosts only, as all decoding does.
 *
 * ISO/IEC 23008-12. What turns and mirrors a picture (`irot`, `imir`) is applied by the decoder; EXIF's orientation must not
 * be applied again (§6.5.10).
 *
 * @module
 */
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import type { HeifOutcome, Libheif } from 'libheif-js/libheif-wasm/libheif-bundle.mjs';
import { UnreadableImageError } from '../contract/index.ts';
import type { Size } from './placement.ts';
import type { Raster } from './resample.ts';
import type { Format } from './sniff.ts';
import { explainFailure, isCutOff } from './unreadable.ts';

/** Its memory only grows; one that is larger after a picture is given up, and the next picture gets a new one (0.1 s). */
const MAX_KEPT_BYTES = 256 * 1024 * 1024;

let library: Libheif | undefined;

/** True for what this module decodes. */
export function isHeif({ mimeType }: Format): boolean {
  return mimeType === 'image/heic' || mimeType === 'image/heif';
}

/** What the header says; sides as they are shown. */
export interface HeifHeader extends Size {
  readonly frames: number;
  readonly hasAlpha: boolean;
}

/**
 * Reads the header, not the pixels.
 *
 * @throws UnreadableImageError where the decoder is not installed, or the file is damaged.
 */
export async function readHeifHeader(bytes: Uint8Array, format: Format): Promise<HeifHeader> {
  return withPrimary(bytes, format, async (heif, handle, frames) => ({
    width: heif.heif_image_handle_get_width(handle),
    height: heif.heif_image_handle_get_height(handle),
    frames,
    hasAlpha: heif.heif_image_handle_has_alpha_channel(handle) !== 0,
  }));
}

/** Decodes the primary picture to `size`: 8-bit sRGB, upright, alpha on white. Errors: see `decode`. */
export async function decodeHeif(bytes: Uint8Array, format: Format, size: Size): Promise<Raster> {
  const { data, width, height } = await withPrimary(bytes, format, decodePixels);
  const pipeline = sharp(data, { raw: { width, height, channels: 4 }, limitInputPixels: false })
    .flatten({ background: '#ffffff' })
    .resize(size.width, size.height, { fit: 'fill', kernel: 'cubic' });
  const profile = findProfile(bytes);
  const upright = profile === undefined ? pipeline : sharp(withProfile(await pipeline.png(FAST).toBuffer(), profile));
  try {
    const shown = await upright.toColourspace('srgb').raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    return { data: new Uint8Array(shown.data), width: shown.info.width, height: shown.info.height };
  } catch (error) {
    throw explainFailure(error, bytes, format);
  }
}

const FAST = { compressionLevel: 0 } as const;

async function decodePixels(heif: Libheif, handle: object): Promise<Raster> {
  const image = await heif.heif_js_decode_image2(
    handle,
    heif.heif_colorspace.heif_colorspace_RGB,
    heif.heif_chroma.heif_chroma_interleaved_RGBA,
  );
  if (!('image' in image)) throw new Error(image.message);
  const [channel] = image.channels;
  if (channel === undefined) throw new Error('it holds no colours');
  const { width, height, stride } = channel;
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) data.set(channel.data.subarray(y * stride, y * stride + width * 4), y * width * 4);
  heif.heif_image_release(image.image);
  return { data, width, height };
}

/** Opens a file, hands its primary picture to `use` and gives everything back. */
async function withPrimary<T>(
  bytes: Uint8Array,
  format: Format,
  use: (heif: Libheif, handle: object, frames: number) => Promise<T>,
): Promise<T> {
  const heif = (library ??= await loadLibheif(format));
  try {
    // Of a file that ends too early it would decode the tiles that are there.
    if (isCutOff(bytes, format.mimeType)) throw new Error('unexpected end');
    const context = heif.heif_context_alloc();
    try {
      const read = heif.heif_context_read_from_memory(context, bytes);
      if (read.code !== heif.heif_error_code.heif_error_Ok) throw new Error(read.message);
      const handle = heif.heif_js_context_get_primary_image_handle(context);
      if (isOutcome(handle)) throw new Error(handle.message);
      try {
        return await use(heif, handle, Math.max(1, heif.heif_context_get_number_of_top_level_images(context)));
      } finally {
        heif.heif_image_handle_release(handle);
      }
    } finally {
      heif.heif_context_free(context);
    }
  } catch (error) {
    // It can't be used again after it ended by itself.
    if (error instanceof Error && error.name === 'RuntimeError') library = undefined;
    throw explainFailure(error, bytes, format);
  } finally {
    if (heif.HEAPU8.length > MAX_KEPT_BYTES) library = undefined;
  }
}

function isOutcome(result: object): result is HeifOutcome {
  return 'code' in result && 'message' in result;
}

/**
 * A new decoder.
 *
 * @param load Imports the package.
 * @throws UnreadableImageError telling how to install it, where it isn't.
 */
export async function loadLibheif(
  { name, mimeType }: Format,
  load: () => Promise<{ readonly default: () => Libheif }> = () => import('libheif-js/libheif-wasm/libheif-bundle.mjs'),
): Promise<Libheif> {
  try {
    return (await load()).default();
  } catch (error) {
    throw new UnreadableImageError(
      `${name} pictures need the package "libheif-js", which is not installed; install it beside Fovea ` +
        '("npm install libheif-js") and start Fovea again, then "fovea retry --failed"; or convert the picture to JPEG',
      mimeType,
      { cause: error },
    );
  }
}

/** The ICC profile of the file's first `colr` box of that kind (ISO/IEC 14496-12 §12.1.5): cameras write one for all. */
function findProfile(bytes: Uint8Array): Uint8Array | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const box = buffer.indexOf('colrprof');
  if (box < 4) return undefined;
  const profile = buffer.subarray(box + 8, box - 4 + buffer.readUInt32BE(box - 4));
  return profile.length > 128 && profile.toString('latin1', 36, 40) === 'acsp' ? profile : undefined;
}

/** Puts a profile into a PNG, behind its header of 25 bytes (PNG specification, §11.3.2.3). */
function withProfile(png: Buffer, profile: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from('iCCPicc\0\0', 'latin1'), deflateSync(profile)]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(body.length - 4, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return Buffer.concat([png.subarray(0, 33), framed, png.subarray(33)]);
}
