/**
 * A part of a picture that is being chosen: x1, y1, x2, y2 in pixels of the upright original, x2 and y2 exclusive.
 *
 * @module
 */
export type Region = readonly [x1: number, y1: number, x2: number, y2: number];

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Share of a side that a key moves an edge by. */
const STEP = 0.02;
/** Pixels; less shows nothing. */
const LEAST_SIDE = 8;

/** The whole pixels between two points; null where that is too little to show anything. */
export function regionBetween(a: Point, b: Point, { width, height }: Size): Region | null {
  const [x1, x2] = ordered(clamp(a.x, width), clamp(b.x, width));
  const [y1, y2] = ordered(clamp(a.y, height), clamp(b.y, height));
  const region: Region = [Math.round(x1), Math.round(y1), Math.round(x2), Math.round(y2)];
  return region[2] - region[0] < Math.min(LEAST_SIDE, width) || region[3] - region[1] < Math.min(LEAST_SIDE, height)
    ? null
    : region;
}

/** Half of each side, in the middle: where the keyboard begins. */
export function middleRegion({ width, height }: Size): Region {
  const [x, y] = [Math.round(width / 4), Math.round(height / 4)];
  return [x, y, width - x, height - y];
}

/** Arrow keys move a region; with `resize` they move its right and bottom edges. It stays within the picture. */
export function nudgeRegion(region: Region, key: string, resize: boolean, { width, height }: Size): Region {
  const [x1, y1, x2, y2] = region;
  const step = Math.max(1, Math.round(STEP * Math.max(width, height)));
  const dx = key === 'ArrowLeft' ? -step : key === 'ArrowRight' ? step : 0;
  const dy = key === 'ArrowUp' ? -step : key === 'ArrowDown' ? step : 0;
  if (resize) {
    return [
      x1,
      y1,
      Math.max(Math.min(width, x1 + LEAST_SIDE), Math.min(width, x2 + dx)),
      Math.max(Math.min(height, y1 + LEAST_SIDE), Math.min(height, y2 + dy)),
    ];
  }
  const moveX = Math.max(-x1, Math.min(width - x2, dx));
  const moveY = Math.max(-y1, Math.min(height - y2, dy));
  return [x1 + moveX, y1 + moveY, x2 + moveX, y2 + moveY];
}

const clamp = (value: number, most: number): number => Math.max(0, Math.min(most, value));
const ordered = (a: number, b: number): readonly [number, number] => (a <= b ? [a, b] : [b, a]);
