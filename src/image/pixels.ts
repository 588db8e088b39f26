/**
 * Decoded pixels, and how a model wants them.
 *
 * @module
 */

/** Pillow's names: `bilinear` and `bicubic` (a = -0.5) with support scaled by the shrink factor (antialiased). */
export type Kernel = 'bilinear' | 'bicubic' | 'lanczos';

/**
 * How to bring an upright picture to the size a model takes.
 *
 * - `none`: the extractor reads the file's bytes only; nothing is decoded for it. With `file: true` it gets the file's path
 *   instead, since files of its kind may be larger than memory.
 * - `shortestEdge`: the short side becomes `size`, the long one `floor(size · long / short)`, then a centred crop
 *   of `crop` (offset `floor((side − crop) / 2)`), as torchvision and CLIP's processor do.
 * - `squash`: to width × height, whatever the aspect.
 * - `letterbox`: scaled by `min(width / w, height / h)` to `floor`ed sides, the rest filled with `background`.
 * - `maxSide`: scaled down (never up) until the long side is `side`.
 * - `maxPixels`: scaled down (never up) until there are at most `pixels` of them: a wide picture keeps its height.
 */
export type PixelRequest =
  | { readonly resize: 'none'; readonly file?: boolean }
  | {
      readonly resize: 'shortestEdge';
      readonly size: number;
      readonly crop: { readonly width: number; readonly height: number };
      readonly kernel: Kernel;
    }
  | { readonly resize: 'squash'; readonly width: number; readonly height: number; readonly kernel: Kernel }
  | {
      readonly resize: 'letterbox';
      readonly width: number;
      readonly height: number;
      /** Grey value 0–255 of the border. */
      readonly background: number;
      readonly anchor: 'topLeft' | 'center';
      readonly kernel: Kernel;
    }
  | {
      readonly resize: 'maxSide';
      readonly side: number;
      readonly kernel: Kernel;
      /** For people to look at: made from a smaller decode, which no model could be given. Default false. */
      readonly draft?: boolean;
    }
  | { readonly resize: 'maxPixels'; readonly pixels: number; readonly kernel: Kernel };

/** Interleaved RGB, 8 bits a channel, sRGB, alpha flattened on white: `data[(y · width + x) · 3 + channel]`. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Maps a point of these pixels to the upright original: `original = (point − offset) · scale`, per axis. */
  readonly toOriginal: {
    readonly scaleX: number;
    readonly scaleY: number;
    readonly offsetX: number;
    readonly offsetY: number;
  };
}
