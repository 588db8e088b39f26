/**
 * Justified rows: pictures of any shape in rows of one width, none cropped. A row is closed when it is full, and its height is the one at which it
 * fills the width; the last row keeps the height that was asked for.
 *
 * @module
 */
import type { Size } from './placement.ts';
import type { Rectangle } from './resample.ts';

export interface RowOptions {
  /** Of all rows, in pixels. */
  readonly width: number;
  /** Height that rows come near. */
  readonly rowHeight: number;
  readonly gap: number;
  /** Room below each row for its captions. */
  readonly caption: number;
}

/** Wider and taller pictures than this are shown in a frame of that shape. */
const WIDEST = 3;

/** @returns Where each picture lies, in their order; whole pixels, from (0, 0). */
export function justifiedRows(sizes: readonly Size[], { width, rowHeight, gap, caption }: RowOptions): Rectangle[] {
  const placed: Rectangle[] = [];
  const shapes = sizes.map((size) => Math.min(WIDEST, Math.max(1 / WIDEST, size.width / size.height)));
  let top = 0;
  let row: number[] = [];
  const close = (height: number): void => {
    let left = 0;
    for (const shape of row) {
      const wide = Math.round(shape * height);
      placed.push({ left, top, width: Math.max(1, Math.min(wide, width - left)), height });
      left += wide + gap;
    }
    top += height + caption + gap;
    row = [];
  };
  for (const shape of shapes) {
    row.push(shape);
    const room = width - gap * (row.length - 1);
    const height = room / row.reduce((sum, each) => sum + each, 0);
    if (height <= rowHeight) close(Math.floor(height));
  }
  if (row.length > 0) close(rowHeight);
  return placed;
}
