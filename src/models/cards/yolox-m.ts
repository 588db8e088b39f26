/**
 * YOLOX-m by Megvii, the ONNX file of release 0.1.1rc0.
 *
 * Ge et al., "YOLOX: Exceeding YOLO Series in 2021". No source gives this file's hash: the first fetch computes it and the lock file keeps it.
 *
 * @module
 */
import type { DetectorCard } from '../card.ts';
import { COCO_LABELS } from '../coco.ts';

export const yoloxM: DetectorCard = {
  name: 'yolox-m',
  kind: 'detector',
  family: 'yolox',
  summary: 'Boxes of 80 everyday objects, the most careful of the YOLOX family here, and slow on a CPU',
  licence: 'Apache-2.0',
  source: {
    kind: 'release',
    repository: 'Megvii-BaseDetection/YOLOX',
    revision: '0.1.1rc0',
    base: 'https://github.com/Megvii-BaseDetection/YOLOX/releases/download/0.1.1rc0',
  },
  files: [{ path: 'yolox_m.onnx' }],
  inputs: { images: 'float32 [1,3,640,640], BGR, 0 to 255' },
  preprocessing: 'adapter',
  labels: COCO_LABELS,
  inputSize: 640,
  cocoAp: 46.9,
  verified: false,
};
