/**
 * PP-OCRv5 mobile for Chinese, Japanese and English.
 *
 * Cui et al., "PaddleOCR 3.0 Technical Report", 2025. Hashes are those of RapidOCR's own list of models, version 3.9.2;
 * the dictionary's is what several independent projects pin.
 *
 * @module
 */
import type { TextReaderCard } from '../card.ts';
import { PPOCR_DETECTION, PPOCR_INPUTS, PPOCR_SOURCE, PPOCR_ANGLE } from '../ppocr-source.ts';

const RECOGNITION = 'onnx/PP-OCRv5/rec/ch_PP-OCRv5_rec_mobile.onnx';
const DICTIONARY = 'paddle/PP-OCRv5/rec/ch_PP-OCRv5_rec_mobile/ppocrv5_dict.txt';

export const ppocrV5Chinese: TextReaderCard = {
  name: 'ppocr-v5-chinese',
  kind: 'text-reader',
  family: 'ppocr',
  summary: 'Reads Chinese (simplified and traditional), Japanese and English',
  licence: 'Apache-2.0',
  source: PPOCR_SOURCE,
  files: [
    PPOCR_DETECTION,
    PPOCR_ANGLE,
    {
      path: RECOGNITION,
      sha256: '5825fc7ebf84ae7a412be049820b4d86d77620f204a041697b0494669b1742c5',
    },
    {
      path: DICTIONARY,
      sha256: 'd1979e9f794c464c0d2e0b70a7fe14dd978e9dc644c0e71f14158cdf8342af1b',
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
