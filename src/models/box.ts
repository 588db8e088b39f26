/**
 * Boxes of a model's input, brought back to the upright original.
 *
 * @module
 */
import type { BoundingBox, Detection } from '../contract/index.ts';
import type { Pixels } from '../image/pixels.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Undoes resize and letterbox, clips to the picture, and leaves out boxes of which nothing is left. */
export function inOriginal<Each extends Detection>(
  detections: readonly Each[],
  toOriginal: Pixels['toOriginal'],
  original: Size,
): Each[] {
  return detections.flatMap((detection) => {
    const box = toOriginalBox(detection.box, toOriginal, original);
    return box === undefined ? [] : [{ ...detection, box }];
  });
}

function toOriginalBox(
  box: BoundingBox,
  { scaleX, scaleY, offsetX, offsetY }: Pixels['toOriginal'],
  original: Size,
): BoundingBox | undefined {
  const clip = (value: number, limit: number): number => Math.min(Math.max(value, 0), limit);
  const xmin = clip((box.xmin - offsetX) * scaleX, original.width);
  const xmax = clip((box.xmax - offsetX) * scaleX, original.width);
  const ymin = clip((box.ymin - offsetY) * scaleY, original.height);
  const ymax = clip((box.ymax - offsetY) * scaleY, original.height);
  return xmax > xmin && ymax > ymin ? { xmin, ymin, xmax, ymax } : undefined;
}

/** The box of a centre, width and height, which are parts of an input of that size, as transformers give them. */
export function boxAround([cx = 0, cy = 0, w = 0, h = 0]: Iterable<number>, { width, height }: Size): BoundingBox {
  return {
    xmin: (cx - w / 2) * width,
    ymin: (cy - h / 2) * height,
    xmax: (cx + w / 2) * width,
    ymax: (cy + h / 2) * height,
  };
}
