/**
 * D-FINE-n trained on COCO, in the ONNX export of onnx-community.
 *
 * Peng et al., "D-FINE: Redefine Regression Task in DETRs as Fine-grained Distribution Refinement", ICLR 2025.
 * One report says that this export scores a dog at 0.45 where another upload of the same model gives 0.88.
 *
 * @module
 */
import type { DetectorCard } from '../card.ts';
import { COCO_LABELS } from '../coco.ts';

export const dfineN: DetectorCard = {
  name: 'dfine-n',
  kind: 'detector',
  family: 'dfine',
  summary: 'Boxes of 80 everyday objects, small and quick; one source saw low scores from this export',
  licence: 'Apache-2.0',
  source: {
    kind: 'hub',
    repository: 'onnx-community/dfine_n_coco-ONNX',
    revision: '380d2839c327efaf65dd0fe0c2c10ab7fadd5473',
  },
  files: [
    {
      path: 'config.json',
      sizeBytes: 6597,
      sha256: 'a5c7533f3b72be6bb102b93e1b34ca3643af4e0590408a7881543cbb0aa80c4c',
    },
    {
      path: 'preprocessor_config.json',
      sizeBytes: 444,
      sha256: 'cd38cd59999e7a95d68e487fbe5132df3d4e5c32a0836add57e6126ba0c4eaf1',
    },
    {
      path: 'onnx/model.onnx',
      sizeBytes: 15258358,
      sha256: '0f684f409618ee8a822410e754a29caa817d1aa16283ce89cad936d0a48e2f35',
    },
  ],
  inputs: { pixel_values: 'float32 [N,3,640,640]' },
  preprocessing: 'preprocessor_config.json',
  labels: COCO_LABELS,
  inputSize: 640,
  cocoAp: 42.8,
  verified: false,
};
