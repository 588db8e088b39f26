/**
 * SigLIP 2 base, 256 pixels in patches of 32, in the ONNX export of onnx-community.
 *
 * Tschannen et al., "SigLIP 2: Multilingual Vision-Language Encoders", 2025. No source gives hashes of its files: the
 * first fetch takes the hub's own.
 *
 * @module
 */
import type { ImageTextCard } from '../card.ts';

export const siglip2BasePatch32: ImageTextCard = {
  name: 'siglip2-base-patch32-256',
  kind: 'image-text',
  family: 'siglip',
  summary: 'Better photo search than CLIP, in many languages, at about two thirds of its speed; a large download',
  licence: 'Apache-2.0',
  source: {
    kind: 'hub',
    repository: 'onnx-community/siglip2-base-patch32-256-ONNX',
    revision: '7efccb86b5b6601bfe9e14326e1c11b40b68d44c',
  },
  files: [
    { path: 'config.json' },
    { path: 'preprocessor_config.json' },
    { path: 'tokenizer.json', sizeBytes: 34363039 },
    { path: 'onnx/vision_model.onnx', sizeBytes: 378478689 },
    { path: 'onnx/text_model.onnx' },
    { path: 'onnx/vision_model_fp16.onnx', sizeBytes: 189374263 },
    { path: 'onnx/vision_model_quantized.onnx' },
    { path: 'onnx/text_model_quantized.onnx' },
  ],
  inputs: { pixel_values: 'float32 [N,3,256,256]', input_ids: 'int64 [N,64]' },
  preprocessing: 'preprocessor_config.json',
  dimension: 768,
  verified: false,
};
