/**
 * Boxes of everyday objects: one row a detection, best first, in pixels of the upright original.
 *
 * @module
 */
import { z } from 'zod';
import { ModelUnavailableError } from '../contract/index.ts';
import type { Detection } from '../contract/index.ts';
import { real, row, text } from '../extractor/columns.ts';
import { defineExtractor } from '../extractor/define.ts';
import type { Extractor } from '../extractor/types.ts';
import type { Models } from '../models/types.ts';
import { AREA_COLUMN, BOX_COLUMNS, boxArea, boxValues } from './box-columns.ts';
import { pixelsOf } from './pixels-of.ts';

export const imageYolo: Extractor = defineExtractor({
  name: 'image/yolo',
  version: '1',
  summary: 'Finds objects: class, score and box of each',
  aliases: ['tensorlake/yolo-extractor', 'yolo_extractor:YoloExtractor'],
  accepts: ['image/*'],
  params: z.object({
    model: z
      .string()
      .min(1)
      .default('auto')
      .describe('A detector: the name of a card, a hub repository, a folder, or "auto"'),
    conf: z.number().min(0).max(1).default(0.25).describe('Lowest score that is kept'),
    iou: z
      .number()
      .min(0)
      .max(1)
      .default(0.45)
      .describe('Overlap above which the lesser of two boxes of one class goes'),
  }),
  describe: async (params, models) => {
    const detector = await describeDetector(params.model, models);
    return {
      columns: {
        object_name: text({ description: 'class, as the model names it (COCO-80: person, dog, skateboard, …)' }),
        score: real({ range: [0, 1], description: 'confidence; not comparable between models' }),
        ...BOX_COLUMNS,
        area: AREA_COLUMN,
      },
      vectors: {},
      params: { ...params, model: detector.model },
      ...detector,
    };
  },
  load: async ({ model, conf, iou }, models) => {
    const detector = await models.loadDetector(model);
    return {
      run: async (items) => {
        const pictures = items.map((item) => ({ pixels: pixelsOf(item), original: item.original }));
        const found = await detector.detect(pictures, { conf, iou });
        return new Map(items.map(({ id }, index) => [id, detectionRows(found[index])]));
      },
      close: () => detector.close(),
    };
  },
});

/**
 * What depends on the model. What is written does not, so a detector that can't be had lets its policy be made, and its
 * tasks wait for it.
 */
export async function describeDetector(name: string, models: Models) {
  try {
    const { model, pixels, note } = await models.describeDetector(name);
    return { model, pixels, notes: note === undefined ? [] : [note] };
  } catch (error) {
    if (!(error instanceof ModelUnavailableError)) throw error;
    return { model: name, pixels: { resize: 'none' } as const, waitingFor: error.message };
  }
}

function detectionRows(detections: readonly Detection[] | undefined) {
  if (detections === undefined) return new Error('Cannot find objects: the model gave no result for the picture');
  return detections.toSorted((a, b) => b.score - a.score).map(detectionRow);
}

function detectionRow({ label, score, box }: Detection) {
  return row({ object_name: label, score, ...boxValues(box), area: boxArea(box) });
}
