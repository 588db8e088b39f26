/**
 * PP-OCR as a model that is found and loaded.
 *
 * @module
 */
import { InvalidInputError } from '../contract/index.ts';
import type { TextReaderParts } from './card.ts';
import type { LocatedModel } from './locate.ts';
import { openPpocr } from './ppocr.ts';
import type { TextReaderModel } from './types.ts';
import { usable } from './usable.ts';

export async function loadPpocr(located: LocatedModel): Promise<TextReaderModel> {
  const { model, files } = located;
  const { detection, angle, recognition, dictionary } = partsOf(located);
  const reader = await usable(model, async () =>
    openPpocr({
      detection: await files.sound(detection),
      angle: angle === undefined ? undefined : await files.sound(angle),
      recognition: await files.sound(recognition),
      dictionary: await files.sound(dictionary),
    }),
  );
  return { ...reader, read: (pictures, options) => usable(model, () => reader.read(pictures, options)) };
}

function partsOf({ card, parts, model }: LocatedModel): TextReaderParts {
  const own = parts ?? (card?.kind === 'text-reader' ? card.parts : undefined);
  if (own === undefined) throw new InvalidInputError(`Cannot use model "${model}": it is no text reader`);
  return own;
}
