/**
 * YOLOX-nano by Megvii, the ONNX file of release 0.1.1rc0.
 *
 * Ge et al., "YOLOX: Exceeding YOLO Series in 2021". GitHub publishes no hash; this one is what several independent projects pin.
 *
 * @module
 */
import type { DetectorCard } from '../card.ts';
import { COCO_LABELS } from '../coco.ts';

export const yoloxNano: DetectorCard = {
  name: 'yolox-nano',
  kind: 'detector',
  family: 'yolox',
  summary: 'Boxes of 80 everyday objects, the quickest: 16 ms a picture; misses small things',
  licence: 'Apache-2.0',
  source: {
    kind: 'release',
    repository: 'Megvii-BaseDetection/YOLOX',
    revision: '0.1.1rc0',
    base: 'https://github.com/Megvii-BaseDetection/YOLOX/releases/download/0.1.1rc0',
  },
  files: [
    {
      path: 'yolox_nano.onnx',
      sizeBytes: 3659407,
      sha256: 'c789161ed43c8269fcd4e67c67eeeb4e80c622da2eb296a20bc6007bd18a0b7d',
    },
  ],
  inputs: { images: 'float32 [1,3,416,416], BGR, 0 to 255' },
  preprocessing: 'adapter',
  labels: COCO_LABELS,
  inputSize: 416,
  cocoAp: 25.8,
  verified: false,
};
