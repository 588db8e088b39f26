/**
 * YOLOX-s by Megvii, the ONNX file of release 0.1.1rc0.
 *
 * Ge et al., "YOLOX: Exceeding YOLO Series in 2021". GitHub publishes no hash; this one is what several independent projects pin.
 *
 * @module
 */
import type { DetectorCard } from '../card.ts';
import { COCO_LABELS } from '../coco.ts';

export const yoloxS: DetectorCard = {
  name: 'yolox-s',
  kind: 'detector',
  family: 'yolox',
  summary: 'Boxes of 80 everyday objects, small ones too, for machines with time',
  licence: 'Apache-2.0',
  source: {
    kind: 'release',
    repository: 'Megvii-BaseDetection/YOLOX',
    revision: '0.1.1rc0',
    base: 'https://github.com/Megvii-BaseDetection/YOLOX/releases/download/0.1.1rc0',
  },
  files: [
    {
      path: 'yolox_s.onnx',
      sizeBytes: 35858002,
      sha256: 'c5c2d13e59ae883e6af3b45daea64af4833a4951c92d116ec270d9ddbe998063',
    },
  ],
  inputs: { images: 'float32 [1,3,640,640], BGR, 0 to 255' },
  preprocessing: 'adapter',
  labels: COCO_LABELS,
  inputSize: 640,
  cocoAp: 40.5,
  verified: false,
};
