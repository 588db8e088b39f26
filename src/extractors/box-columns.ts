/**
 * Columns of a box, the same in every extractor that finds something somewhere in a picture.
 *
 * @module
 */
import type { BoundingBox } from '../contract/index.ts';
import { box, real } from '../extractor/columns.ts';

const side = { unit: 'px' };

/** Pixels of the upright original. */
export const BOX_COLUMNS = {
  x1: real({ ...side, description: 'left edge of the box' }),
  y1: real({ ...side, description: 'top edge of the box' }),
  x2: real({ ...side, description: 'right edge of the box' }),
  y2: real({ ...side, description: 'bottom edge of the box' }),
  bounding_box: box({ description: 'x1, y1, x2, y2' }),
};

export const AREA_COLUMN = real({ unit: 'px²', description: '(x2 − x1) · (y2 − y1)' });

export function boxArea({ xmin, ymin, xmax, ymax }: BoundingBox): number {
  return (xmax - xmin) * (ymax - ymin);
}

/** A box as values of `BOX_COLUMNS`. */
export function boxValues({ xmin: x1, ymin: y1, xmax: x2, ymax: y2 }: BoundingBox) {
  return { x1, y1, x2, y2, bounding_box: [x1, y1, x2, y2] };
}
