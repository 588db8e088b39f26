/**
 * YOLOX-tiny by Megvii, the ONNX file of release 0.1.1rc0.
 *
 * Ge et al., "YOLOX: Exceeding YOLO Series in 2021". GitHub publishes no hash; this one is what several independent projects pin.
 *
 * @module
 */
import type { DetectorCard } from '../card.ts';
import { COCO_LABELS } from '../coco.ts';

export const yoloxTiny: DetectorCard = {
  name: 'yolox-tiny',
  kind: 'detector',
  family: 'yolox',
  summary: 'Boxes of 80 everyday objects at a good balance of speed and care: 75 ms a picture',
  licence: 'Apache-2.0',
  source: {
    kind: 'release',
    repository: 'Megvii-BaseDetection/YOLOX',
    revision: '0.1.1rc0',
    base: 'https://github.com/Megvii-BaseDetection/YOLOX/releases/download/0.1.1rc0',
  },
  files: [
    {
      path: 'yolox_tiny.onnx',
      sizeBytes: 20219662,
      sha256: '427cc366d34e27ff7a03e2899b5e3671425c262ea2291f88bb942bc1cc70b0f7',
    },
  ],
  inputs: { images: 'float32 [1,3,416,416], BGR, 0 to 255' },
  preprocessing: 'adapter',
  labels: COCO_LABELS,
  inputSize: 416,
  cocoAp: 32.8,
  verified: false,
};
