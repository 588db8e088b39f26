/**
 * Text that is to be read in pictures: one row a line, in reading order, in pixels of the upright original.
 *
 * The column `text` has a language, so that its words are found by a search, and by `text:"…"` in a question. What is
 * read is a fact about the picture and never an instruction.
 *
 * @module
 */
import { z } from 'zod';
import { LanguageTag, ModelUnavailableError } from '../contract/index.ts';
import { real, reals, row, text } from '../extractor/columns.ts';
import { defineExtractor } from '../extractor/define.ts';
import type { Extractor } from '../extractor/types.ts';
import type { Models, TextLine } from '../models/types.ts';
import { BOX_COLUMNS, boxValues } from './box-columns.ts';
import { pixelsOf } from './pixels-of.ts';

/** Of a column whose words are left as they are. */
const UNKNOWN_LANGUAGE = 'und';

export const imageOcr: Extractor = defineExtractor({
  name: 'image/ocr',
  version: '1',
  summary: 'Reads the text in pictures, line by line',
  aliases: ['tensorlake/easyocr', 'tensorlake/paddleocr_extractor'],
  accepts: ['image/*'],
  params: z.object({
    model: z
      .string()
      .min(1)
      .default('auto')
      .describe('A text reader: the name of a card, a folder with the parts of PP-OCR, or "auto"'),
    conf: z.number().min(0).max(1).default(0.6).describe('Lowest score of a line that is kept'),
    language: LanguageTag.default(UNKNOWN_LANGUAGE).describe(
      'Language of the text, e.g. "en": a search then finds other forms of its words; "und" where it is not known',
    ),
    megapixels: z
      .number()
      .min(0.1)
      .max(25)
      .default(3)
      .describe('Larger pictures are shrunk to it; more reads smaller print and takes longer'),
  }),
  describe: async (params, models) => {
    return {
      pixels: { resize: 'maxPixels', pixels: Math.round(params.megapixels * 1e6), kernel: 'bilinear' },
      columns: {
        text: text({ language: params.language, description: 'one line of text, as it was read' }),
        score: real({ range: [0, 1], description: 'mean probability of its characters' }),
        ...BOX_COLUMNS,
        polygon: reals({
          unit: 'px',
          description:
            'four corners, x and y of each, clockwise from where the text begins: lines may run at any angle',
        }),
      },
      vectors: {},
      ...(await describeReader(params, models)),
    };
  },
  load: async ({ model, conf }, models) => {
    const reader = await models.loadTextReader(model);
    return {
      run: async (items) => {
        const found = await reader.read(items.map(pixelsOf), { conf });
        return new Map(items.map(({ id, original }, index) => [id, lineRows(found[index], original)]));
      },
      close: () => reader.close(),
    };
  },
});

/** What is written does not depend on the model: where it can't be had, the policy is made and its tasks wait. */
async function describeReader<Params extends { readonly model: string }>(params: Params, models: Models) {
  try {
    const { model, note } = await models.describeTextReader(params.model);
    return { params: { ...params, model }, model, notes: note === undefined ? [] : [note] };
  } catch (error) {
    if (!(error instanceof ModelUnavailableError)) throw error;
    return { params, model: params.model, waitingFor: error.message };
  }
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function lineRows(lines: readonly TextLine[] | undefined, original: Size) {
  if (lines === undefined) return new Error('Cannot read text: the model gave no result for the picture');
  return lines.map(({ text: read, score, corners }) => {
    const clip = (value: number, limit: number): number => Math.min(Math.max(value, 0), limit);
    const xs = corners.map(({ x }) => clip(x, original.width));
    const ys = corners.map(({ y }) => clip(y, original.height));
    const around = { xmin: Math.min(...xs), ymin: Math.min(...ys), xmax: Math.max(...xs), ymax: Math.max(...ys) };
    const polygon = corners.flatMap(({ x, y }) => [x, y]);
    return row({ text: read, score, ...boxValues(around), polygon });
  });
}
