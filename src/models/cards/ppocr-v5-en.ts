/**
 * PP-OCRv5 mobile for English.
 *
 * Cui et al., "PaddleOCR 3.0 Technical Report", 2025. Hashes are those of RapidOCR's own list of models, version 3.9.2;
 * the dictionary's is what several independent projects pin.
 *
 * @module
 */
import type { TextReaderCard } from '../card.ts';
import { PPOCR_DETECTION, PPOCR_INPUTS, PPOCR_SOURCE, PPOCR_ANGLE } from '../ppocr-source.ts';

const RECOGNITION = 'onnx/PP-OCRv5/rec/en_PP-OCRv5_rec_mobile.onnx';
const DICTIONARY = 'paddle/PP-OCRv5/rec/en_PP-OCRv5_rec_mobile/ppocrv5_en_dict.txt';

export const ppocrV5En: TextReaderCard = {
  name: 'ppocr-v5-en',
  kind: 'text-reader',
  family: 'ppocr',
  summary: 'Reads English, and is surest there',
  licence: 'Apache-2.0',
  source: PPOCR_SOURCE,
  files: [
    PPOCR_DETECTION,
    PPOCR_ANGLE,
    {
      path: RECOGNITION,
      sizeBytes: 7872351,
      sha256: 'c3461add59bb4323ecba96a492ab75e06dda42467c9e3d0c18db5d1d21924be8',
    },
    {
      path: DICTIONARY,
      sizeBytes: 1416,
      sha256: 'e025a66d31f327ba0c232e03f407ae8d105e1e709e7ccb3f408aa778c24e70d6',
    },
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
