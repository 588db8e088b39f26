/**
 * Boxes and what is in them.
 *
 * @module
 */
import { z } from 'zod';

/** Axis-aligned box in pixels of the upright image (EXIF orientation applied); origin top left. */
export const BoundingBox = z.object({
  xmin: z.number(),
  ymin: z.number(),
  /** Exclusive: `xmax - xmin` is the width. */
  xmax: z.number(),
  ymax: z.number(),
});
export type BoundingBox = z.infer<typeof BoundingBox>;

/** One detected object. */
export const Detection = z.object({
  /** Class name as the model publishes it, e.g. `skateboard` (COCO-80). */
  label: z.string(),
  /** Confidence in [0, 1]; not comparable between models. */
  score: z.number().min(0).max(1),
  box: BoundingBox,
});
export type Detection = z.infer<typeof Detection>;
