/**
 * Grounding DINO with a Swin-T, in the ONNX export of onnx-community, in 8 bits.
 *
 * Liu et al., "Grounding DINO: Marrying DINO with Grounded Pre-Training for Open-Set Object Detection", ECCV 2024. Revision and
 * hashes as several independent projects pin them. Not run here: its description, not its weights, is what the adapter was written by.
 *
 * One source measured that boxes of an 8-bit build overlap those of the full one by 0.87, those of `q4f16` by 0.97.
 *
 * @module
 */
import type { ZeroShotDetectorCard } from '../card.ts';

export const groundingDinoTiny: ZeroShotDetectorCard = {
  name: 'grounding-dino-tiny',
  kind: 'zero-shot-detector',
  family: 'grounding-dino',
  summary: 'Boxes of whatever English words name; some seconds a picture',
  licence: 'Apache-2.0',
  source: {
    kind: 'hub',
    repository: 'onnx-community/grounding-dino-tiny-ONNX',
    revision: 'ff690b0a8050566c290287545bd059350f3e9096',
  },
  build: 'quantized',
  files: [
    { path: 'config.json' },
    {
      path: 'preprocessor_config.json',
      sha256: 'ffc8a8a93bb1782cc6f84a37b83babb0660bb19146e52600c122335a798b503f',
    },
    {
      path: 'tokenizer.json',
      sizeBytes: 711_396,
      sha256: 'd241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66',
    },
    {
      path: 'onnx/model_quantized.onnx',
      sizeBytes: 203_824_675,
      sha256: '70bf2d3310d1ae73769c96a71e00cbf2861eb33a1f4d97d84a108a7bf02c03c9',
    },
    {
      path: 'onnx/model_fp16.onnx',
      sizeBytes: 360_393_267,
      sha256: '04c18d2db35569f11c47732f2e05ed3a71559a8903823fc581e90b0e3168c9ff',
    },
    {
      path: 'onnx/model_q4f16.onnx',
      sha256: '48435b57e5a5ca01792596b9c64277260b734c10aed320109505c8e71238d6ac',
    },
  ],
  inputs: {
    pixel_values: 'float32 [1,3,800,800]',
    pixel_mask: 'int64 [1,800,800]',
    input_ids: 'int64 [1,L], L ≤ 256',
    token_type_ids: 'int64 [1,L]',
    attention_mask: 'int64 [1,L]',
  },
  preprocessing: 'preprocessor_config.json',
  verified: false,
};
