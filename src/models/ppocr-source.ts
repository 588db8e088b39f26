/**
 * What the cards of PP-OCRv5 share: RapidOCR's conversions to ONNX, their detector and their classifier of angles.
 *
 * @module
 */
import type { CardFile, CardSource } from './card.ts';

export const PPOCR_SOURCE: CardSource = {
  kind: 'release',
  repository: 'RapidAI/RapidOCR',
  revision: 'v3.9.2',
  base: 'https://www.modelscope.cn/models/RapidAI/RapidOCR/resolve/v3.9.2',
};

export const PPOCR_DETECTION: CardFile = {
  path: 'onnx/PP-OCRv5/det/ch_PP-OCRv5_det_mobile.onnx',
  sha256: '4d97c44a20d30a81aad087d6a396b08f786c4635742afc391f6621f5c6ae78ae',
};

export const PPOCR_ANGLE: CardFile = {
  path: 'onnx/PP-OCRv4/cls/ch_ppocr_mobile_v2.0_cls_mobile.onnx',
  sizeBytes: 585532,
  sha256: 'e47acedf663230f8863ff1ab0e64dd2d82b838fceb5957146dab185a89d6215c',
};

export const PPOCR_INPUTS = {
  detection: 'float32 [1,3,H,W], B, G, R, sides multiples of 32',
  angle: 'float32 [1,3,48,192], B, G, R',
  recognition: 'float32 [1,3,48,W], B, G, R',
} as const;
