/**
 * PP-OCRv5 mobile for languages in Latin letters.
 *
 * Cui et al., "PaddleOCR 3.0 Technical Report", 2025. Hashes are those of RapidOCR's own list of models, version 3.9.2;
 * its dictionary has none there: the first fetch computes it and the lock file keeps it.
 *
 * @module
 */
import type { TextReaderCard } from '../card.ts';
import { PPOCR_DETECTION, PPOCR_INPUTS, PPOCR_SOURCE, PPOCR_ANGLE } from '../ppocr-source.ts';

const RECOGNITION = 'onnx/PP-OCRv5/rec/latin_PP-OCRv5_rec_mobile.onnx';
const DICTIONARY = 'paddle/PP-OCRv5/rec/latin_PP-OCRv5_rec_mobile/ppocrv5_latin_dict.txt';

export const ppocrV5Latin: TextReaderCard = {
  name: 'ppocr-v5-latin',
  kind: 'text-reader',
  family: 'ppocr',
  summary: 'Reads text in Latin letters, with their accents: English, French, German, Polish and their kin',
  licence: 'Apache-2.0',
  source: PPOCR_SOURCE,
  files: [
    PPOCR_DETECTION,
    PPOCR_ANGLE,
    {
      path: RECOGNITION,
      sha256: 'b20bd37c168a570f583afbc8cd7925603890efbcdc000a59e22c269d160b5f5a',
    },
    { path: DICTIONARY },
  ],
  parts: {
    detection: PPOCR_DETECTION.path,
    angle: PPOCR_ANGLE.path,
    recognition: RECOGNITION,
    dictionary: DICTIONARY,
  },
  inputs: PPOCR_INPUTS,
  preprocessing: 'adapter',
  verified: false,
};
