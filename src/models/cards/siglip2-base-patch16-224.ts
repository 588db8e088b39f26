/**
 * SigLIP 2 base, 224 pixels in patches of 16, in the ONNX export of onnx-community.
 *
 * Tschannen et al., "SigLIP 2: Multilingual Vision-Language Encoders", 2025. Its text tower is large (1.1 GB), for its
 * vocabulary of 256,000 pieces.
 *
 * @module
 */
import type { ImageTextCard } from '../card.ts';

export const siglip2BasePatch16: ImageTextCard = {
  name: 'siglip2-base-patch16-224',
  kind: 'image-text',
  family: 'siglip',
  summary: 'Much better photo search than CLIP, in many languages; a download of 1.5 GB, several times as slow',
  licence: 'Apache-2.0',
  source: {
    kind: 'hub',
    repository: 'onnx-community/siglip2-base-patch16-224-ONNX',
    revision: 'ba1f3b0843f24bc5417d38e19c37b287d719b2f4',
  },
  files: [
    {
      path: 'config.json',
      sizeBytes: 435,
      sha256: 'e43a9f7692d3819886a82cb2097048258d444f123c67d37ec825f9345b019cf2',
    },
    {
      path: 'preprocessor_config.json',
      sizeBytes: 394,
      sha256: '9b36b57ebaf20f09bf4c22100ccc21877ea6bfe5aead0c00c59f8af8ccefacfc',
    },
    {
      path: 'tokenizer.json',
      sizeBytes: 34363039,
      sha256: 'cb9140fae3ac5122c972d37adf83e1248471a38147ad76f8215c8872c6fd8322',
    },
    {
      path: 'onnx/vision_model.onnx',
      sizeBytes: 371807752,
      sha256: 'c0573e3f4140c3a7c4e9cc5912bd6b26a033b46a6a8e8af26cbea262b163bcad',
    },
    {
      path: 'onnx/text_model.onnx',
      sizeBytes: 1129469657,
      sha256: 'baf12d941beabafafb14f7b4adb38dc15be18681b964a84410ec53d9d65e6293',
    },
    {
      path: 'onnx/vision_model_fp16.onnx',
      sizeBytes: 186039516,
      sha256: 'a1959f7bd3993a607e48839f6d01e25b876fe76afda301b028b78eef68aabd95',
    },
    {
      path: 'onnx/vision_model_int8.onnx',
      sizeBytes: 94553333,
      sha256: '0dd31785a2713f1113ef2272472165c69d580473dae38d7b47568ac587795e70',
    },
    {
      path: 'onnx/text_model_int8.onnx',
      sizeBytes: 283438275,
      sha256: '3a0603d3a00c05a80a6ded4743c16aaac7b1e62cdcc7e362e7ce418659b96400',
    },
  ],
  inputs: { pixel_values: 'float32 [N,3,224,224]', input_ids: 'int64 [N,64]' },
  preprocessing: 'preprocessor_config.json',
  dimension: 768,
  verified: false,
};
