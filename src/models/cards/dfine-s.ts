/**
 * D-FINE-s trained on COCO, in the ONNX export of onnx-community.
 *
 * Peng et al., "D-FINE: Redefine Regression Task in DETRs as Fine-grained Distribution Refinement", ICLR 2025.
 *
 * @module
 */
import type { DetectorCard } from '../card.ts';
import { COCO_LABELS } from '../coco.ts';

export const dfineS: DetectorCard = {
  name: 'dfine-s',
  kind: 'detector',
  family: 'dfine',
  summary: 'Boxes of 80 everyday objects, the most careful detector here for its size',
  licence: 'Apache-2.0',
  source: {
    kind: 'hub',
    repository: 'onnx-community/dfine_s_coco-ONNX',
    revision: 'a3cf03147a9b86c78475139115c8ac142577352d',
  },
  files: [
    {
      path: 'config.json',
      sizeBytes: 6656,
      sha256: '9338ef3863d6e95627d4ab06009fa85b1dd523b346b5c3595de2b08862136e99',
    },
    { path: 'preprocessor_config.json' },
    {
      path: 'onnx/model.onnx',
      sizeBytes: 41535197,
      sha256: 'cd8a49a945feda6d28c6304ae8ae85c2759ba1d78a5a83a22c5ce8db82ef7238',
    },
  ],
  inputs: { pixel_values: 'float32 [N,3,640,640]' },
  preprocessing: 'preprocessor_config.json',
  labels: COCO_LABELS,
  inputSize: 640,
  cocoAp: 48.5,
  verified: false,
};
