/**
 * Where a picture lands when it is brought to a model's size: the arithmetic of `PixelRequest`, without pixels.
 *
 *     picture ── scaled to `scaled` ── cut to `window` ── put on a canvas at (left, top)
 *
 * @module
 */
import type { Kernel, PixelRequest, Pixels } from './pixels.ts';
import type { Rectangle } from './resample.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A request that wants pixels. */
export type ResizeRequest = Exclude<PixelRequest, { readonly resize: 'none'; readonly file?: boolean }>;

export interface Placement {
  /** The whole picture after scaling. */
  readonly scaled: Size;
  /** The part of `scaled` that is kept. */
  readonly window: Rectangle;
  readonly canvas: Size;
  /** Where the window's corner lies on the canvas. */
  readonly left: number;
  readonly top: number;
  /** Grey value of what the window leaves free. */
  readonly background: number;
  readonly kernel: Kernel;
  /** Need not be near Pillow's result. Default false. */
  readonly draft?: boolean;
  readonly toOriginal: Pixels['toOriginal'];
}

/** Works out a request for a picture of `size` (upright). Sides are at least 1. */
export function place(size: Size, request: ResizeRequest): Placement {
  switch (request.resize) {
    case 'shortestEdge':
      return onCanvas(size, scaleShortestEdge(size, request.size), request.crop, request.kernel);
    case 'squash':
      return onCanvas(size, { width: request.width, height: request.height }, request, request.kernel);
    case 'maxSide': {
      const scaled = scaleLongestSide(size, request.side);
      return { ...onCanvas(size, scaled, scaled, request.kernel), draft: request.draft ?? false };
    }
    case 'maxPixels': {
      const scaled = scaleArea(size, request.pixels);
      return onCanvas(size, scaled, scaled, request.kernel);
    }
    case 'letterbox': {
      const factor = Math.min(request.width / size.width, request.height / size.height);
      const scaled = {
        width: Math.max(1, Math.floor(size.width * factor)),
        height: Math.max(1, Math.floor(size.height * factor)),
      };
      return onCanvas(size, scaled, request, request.kernel, request);
    }
  }
}

/** torchvision's Resize(int): the long side is truncated, `floor(target · long / short)`. */
function scaleShortestEdge({ width, height }: Size, target: number): Size {
  return width <= height
    ? { width: target, height: Math.floor((target * height) / width) }
    : { width: Math.floor((target * width) / height), height: target };
}

/** Never enlarges. */
function scaleLongestSide({ width, height }: Size, side: number): Size {
  const factor = Math.min(1, side / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) };
}

/** Never enlarges. A thread-like picture keeps its one row, and so much of its length as fits. */
function scaleArea(size: Size, pixels: number): Size {
  const factor = Math.min(1, Math.sqrt(pixels / (size.width * size.height)));
  if (factor === 1) return { width: size.width, height: size.height };
  const width = Math.max(1, Math.floor(size.width * factor));
  const height = Math.max(1, Math.floor(size.height * factor));
  const most = (other: number): number => Math.max(1, Math.floor(pixels / other));
  return { width: Math.min(width, most(height)), height: Math.min(height, most(width)) };
}

/** Cuts what is larger than the canvas, pads what is smaller; along each axis on its own. */
function onCanvas(
  size: Size,
  scaled: Size,
  canvas: Size,
  kernel: Kernel,
  { background = 0, anchor = 'center' }: { readonly background?: number; readonly anchor?: 'topLeft' | 'center' } = {},
): Placement {
  const x = fit(scaled.width, canvas.width, anchor);
  const y = fit(scaled.height, canvas.height, anchor);
  return {
    scaled,
    window: { left: x.cut, top: y.cut, width: x.kept, height: y.kept },
    canvas: { width: canvas.width, height: canvas.height },
    left: x.free,
    top: y.free,
    background,
    kernel,
    toOriginal: {
      scaleX: size.width / scaled.width,
      scaleY: size.height / scaled.height,
      offsetX: x.free - x.cut,
      offsetY: y.free - y.cut,
    },
  };
}

function fit(
  scaled: number,
  canvas: number,
  anchor: 'topLeft' | 'center',
): { cut: number; kept: number; free: number } {
  const share = anchor === 'center' ? 2 : Infinity;
  return {
    cut: scaled > canvas ? Math.floor((scaled - canvas) / share) : 0,
    kept: Math.min(scaled, canvas),
    free: canvas > scaled ? Math.floor((canvas - scaled) / share) : 0,
  };
}
