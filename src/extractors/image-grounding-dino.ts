/**
 * Boxes of what a prompt names: one row a box and phrase, best first, in pixels of the upright original.
 *
 * Words become boxes when pictures are read, so other words are another version of the policy, and read all pictures again.
 * Boxes that any word finds at query time are those of a detector, embedded (docs/objects.md).
 *
 * @module
 */
import { z } from 'zod';
import { ModelUnavailableError } from '../contract/index.ts';
import { real, row, text } from '../extractor/columns.ts';
import { defineExtractor } from '../extractor/define.ts';
import { STANDALONE } from '../extractor/run-batch.ts';
import type { Extractor, ExtractorResult } from '../extractor/types.ts';
import type { GroundedDetection, Models } from '../models/types.ts';
import { AREA_COLUMN, BOX_COLUMNS, boxArea, boxValues } from './box-columns.ts';
import { pixelsOf } from './pixels-of.ts';

/** A thousand names; each hundred of them reads the picture once more. */
const MAX_PROMPT = 20_000;

export const imageGroundingDino: Extractor = defineExtractor({
  name: 'image/grounding-dino',
  version: '1',
  summary: 'Finds objects that a prompt names: phrase, score and box of each',
  aliases: ['tensorlake/groundingdino', 'image/groundingdino', 'groundingdino:GroundingDinoExtractor'],
  accepts: ['image/*'],
  apart: true,
  params: z.object({
    model: z
      .string()
      .min(1)
      .default('auto')
      .describe('A Grounding DINO: the name of a card, a hub repository, a folder, or "auto"'),
    prompt: z
      .string()
      .trim()
      .min(1, 'must name what to look for: "skateboard. person."')
      .max(MAX_PROMPT, `has more than ${MAX_PROMPT.toLocaleString('en-US')} characters`)
      .default('person')
      .describe('What to look for, in English, each with a full stop: "skateboard. red backpack."'),
    box_threshold: z.number().min(0).max(1).default(0.35).describe('A box is kept where it answers to a word by more'),
    text_threshold: z.number().min(0).max(1).default(0.25).describe('A kept box is what it answers to by more'),
    iou: z
      .number()
      .min(0)
      .max(1)
      .default(0.8)
      .describe('Overlap above which the lesser of two boxes of one phrase goes'),
  }),
  describe: async (params, models) => {
    const { notes, ...detector } = await describeDetector(params.model, params.prompt, models);
    return {
      columns: {
        object_name: text({ description: 'the phrase of the prompt, in lower case' }),
        score: real({
          range: [0, 1],
          description: 'how much it answers to that phrase; not comparable between models',
        }),
        ...BOX_COLUMNS,
        area: AREA_COLUMN,
        phrase: text({ description: 'the words of the phrase that it answers to: "backpack" of "red backpack"' }),
      },
      vectors: {},
      ...detector,
      params: { ...params, model: detector.model },
      ...(notes.length === 0 ? {} : { notes }),
    };
  },
  load: async ({ model, prompt, box_threshold: boxThreshold, text_threshold: textThreshold, iou }, models) => {
    const detector = await models.loadZeroShotDetector(model, prompt);
    return {
      run: async (items, { alive, signal } = STANDALONE) => {
        const onPass = (): void => {
          signal.throwIfAborted();
          alive();
        };
        const results = new Map<string, ExtractorResult>();
        for (const item of items) {
          // One whose pixels are missing must not make the others be looked at twice.
          if (item.pixels === undefined) {
            results.set(item.id, new Error('Cannot find objects: the picture has no pixels'));
            continue;
          }
          const picture = { pixels: pixelsOf(item), original: item.original };
          const found = await detector.detect(picture, { boxThreshold, textThreshold, iou, onPass });
          results.set(item.id, found.map(detectionRow));
        }
        return results;
      },
      close: () => detector.close(),
    };
  },
});

/** What is written does not depend on the model: where it can't be had, the policy is made, and its tasks wait. */
async function describeDetector(name: string, prompt: string, models: Models) {
  try {
    const { model, pixels, passes, note } = await models.describeZeroShotDetector(name, prompt);
    const often = passes === 1 ? [] : [`The prompt takes ${passes} passes over each picture, each as long as one`];
    return { model, pixels, notes: [...(note === undefined ? [] : [note]), ...often] };
  } catch (error) {
    if (!(error instanceof ModelUnavailableError)) throw error;
    return { model: name, pixels: { resize: 'none' } as const, notes: [], waitingFor: error.message };
  }
}

function detectionRow({ label, score, box, phrase }: GroundedDetection) {
  return row({ object_name: label, score, ...boxValues(box), area: boxArea(box), phrase });
}
