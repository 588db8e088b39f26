/**
 * Justified rows: pictures keep their shape and fill the width. The layout is Flickr's (`justified-layout`); here it is
 * turned into rows that can be drawn by themselves.
 *
 * @module
 */
import layout from 'justified-layout';

/** Between pictures, in CSS pixels. */
export const GAP = 4;
/** Room for a rule with its words above a row. */
export const RULE_HEIGHT = 36;
/** Of pictures whose size is not known yet. */
const UNKNOWN_RATIO = 4 / 3;
/** Panoramas and tall pictures are cropped beyond these, so that no row is a thread. */
const LEAST_RATIO = 0.45;
const LARGEST_RATIO = 3.2;

export interface Sized {
  readonly width: number | null;
  readonly height: number | null;
}

export interface Placed<T> {
  readonly item: T;
  /** CSS pixels. */
  readonly left: number;
  readonly width: number;
  readonly height: number;
}

export interface Row<T> {
  /** CSS pixels, its rule included. */
  readonly height: number;
  readonly hasRule: boolean;
  readonly tiles: readonly Placed<T>[];
}

export interface JustifyOptions {
  /** CSS pixels that rows fill. */
  readonly width: number;
  /** CSS pixels that rows aim at. */
  readonly height: number;
  /** Index of the first item of a row with a rule above it. */
  readonly rule?: number | undefined;
}

/** Rows of `items` in their order. */
export function justify<T extends Sized>(items: readonly T[], { width, height, rule }: JustifyOptions): Row<T>[] {
  if (rule === undefined || rule <= 0 || rule >= items.length) return rowsOf(items, width, height);
  const [first, ...others] = rowsOf(items.slice(rule), width, height);
  const below = first === undefined ? [] : [{ ...first, height: first.height + RULE_HEIGHT, hasRule: true }, ...others];
  return [...rowsOf(items.slice(0, rule), width, height), ...below];
}

function rowsOf<T extends Sized>(items: readonly T[], width: number, height: number): Row<T>[] {
  const { boxes } = layout(items.map(ratioOf), {
    containerWidth: width,
    containerPadding: 0,
    boxSpacing: GAP,
    targetRowHeight: height,
    targetRowHeightTolerance: 0.3,
  });
  const rows: { top: number; height: number; hasRule: boolean; tiles: Placed<T>[] }[] = [];
  for (const [index, box] of boxes.entries()) {
    const item = items[index];
    if (item === undefined) continue;
    if (rows.at(-1)?.top !== box.top) rows.push({ top: box.top, height: box.height, hasRule: false, tiles: [] });
    rows.at(-1)?.tiles.push({ item, left: box.left, width: box.width, height: box.height });
  }
  return rows;
}

function ratioOf({ width, height }: Sized): number {
  if (width === null || height === null || width === 0 || height === 0) return UNKNOWN_RATIO;
  return Math.min(LARGEST_RATIO, Math.max(LEAST_RATIO, width / height));
}
