/**
 * A part of a picture, shown in a frame of its shape.
 *
 * @module
 */
import type { CSSProperties } from 'react';
import type { SearchParams } from './params.ts';

/** Shapes beyond these are cut, so that the tile stays one. */
const LEAST_RATIO = 0.5;
const LARGEST_RATIO = 2.5;

/** Undefined where the whole picture is shown, or its size in pixels isn't known yet. */
export function croppedStyle(
  region: SearchParams['region'],
  size: { readonly width: number; readonly height: number } | undefined,
): { readonly frame: CSSProperties; readonly picture: CSSProperties } | undefined {
  if (region === undefined || size === undefined) return undefined;
  const [x1, y1, x2, y2] = region;
  const [width, height] = [x2 - x1, y2 - y1];
  if (width <= 0 || height <= 0) return undefined;
  return {
    frame: { aspectRatio: Math.min(LARGEST_RATIO, Math.max(LEAST_RATIO, width / height)) },
    picture: {
      position: 'absolute',
      width: percent(size.width / width),
      height: percent(size.height / height),
      left: percent(-x1 / width),
      top: percent(-y1 / height),
      maxWidth: 'none',
    },
  };
}

const percent = (share: number): string => `${(share * 100).toFixed(3)}%`;
