/**
 * Non-maximum suppression, per class: of boxes of one label that overlap by more than `iou`, the best stays.
 *
 *     IoU(a, b) = area(a ∩ b) / area(a ∪ b)
 *
 * Greedy, as in Felzenszwalb et al., "Object Detection with Discriminatively Trained Part-Based Models", 2010.
 *
 * @module
 */
import type { BoundingBox, Detection } from '../contract/index.ts';

/** What stays, best first; ties in the order given. */
export function nonMaximumSuppression<Each extends Detection>(detections: readonly Each[], iou: number): Each[] {
  const kept = new Map<string, Each[]>();
  const result: Each[] = [];
  for (const candidate of detections.toSorted((a, b) => b.score - a.score)) {
    const rivals = kept.get(candidate.label) ?? [];
    if (rivals.some(({ box }) => intersectionOverUnion(box, candidate.box) > iou)) continue;
    kept.set(candidate.label, [...rivals, candidate]);
    result.push(candidate);
  }
  return result;
}

/** In [0, 1]; 0 where both are empty. */
export function intersectionOverUnion(a: BoundingBox, b: BoundingBox): number {
  const width = Math.min(a.xmax, b.xmax) - Math.max(a.xmin, b.xmin);
  const height = Math.min(a.ymax, b.ymax) - Math.max(a.ymin, b.ymin);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (area(a) + area(b) - shared);
}

function area({ xmin, ymin, xmax, ymax }: BoundingBox): number {
  return (xmax - xmin) * (ymax - ymin);
}
