/**
 * Microsoft's Florence-2 base, fine-tuned, in the ONNX export of onnx-community, in 8 bits.
 *
 * Xiao et al., "Florence-2: Advancing a Unified Representation for a Variety of Vision Tasks", CVPR 2024. Revision and hashes as several
 * independent projects pin them. Not run here: its description, not its weights, is what the adapter was written by.
 *
 * @module
 */
import type { CaptionerCard } from '../card.ts';

export const florence2BaseFt: CaptionerCard = {
  name: 'florence-2-base-ft',
  kind: 'captioner',
  family: 'florence2',
  summary: 'Describes pictures in English, on your machine; some seconds a picture',
  licence: 'MIT',
  source: {
    kind: 'hub',
    repository: 'onnx-community/Florence-2-base-ft',
    revision: 'e88a44eaf3791a35eae0c5a47b3dbcd36e67eb6f',
  },
  build: 'quantized',
  files: [
    { path: 'config.json' },
    {
      path: 'preprocessor_config.json',
      sizeBytes: 2673,
      sha256: 'c892857e34a7082284983a7717717d39c9bf7e574f1f41d80d4c918c97502efa',
    },
    {
      path: 'tokenizer.json',
      sizeBytes: 2_297_961,
      sha256: 'd69dcdb2323e124ac4f800cb9863ddccea0d7bb11e16125e8df3bd60f2f8aeac',
    },
    {
      path: 'onnx/vision_encoder_quantized.onnx',
      sizeBytes: 93_746_540,
      sha256: '3b79d54f23f666f731549db23cb070c35a979ce19cbd9720e90e67a78dc9768c',
    },
    {
      path: 'onnx/embed_tokens_quantized.onnx',
      sizeBytes: 39_390_433,
      sha256: '6b2258db1c8ee9b160576ccde3cd3814d83a2edaed0dd1c6ca9ff3c38fa62214',
    },
    {
      path: 'onnx/encoder_model_quantized.onnx',
      sizeBytes: 43_651_493,
      sha256: 'f4ad7a68f1fb875d3bcf735ea14a7021b7ba7e83baf7cf10289881b4ed6d9b85',
    },
    {
      path: 'onnx/decoder_model_merged_quantized.onnx',
      sizeBytes: 98_177_697,
      sha256: 'f22f52f980c33df0efa15932c2f3db6d9d3595ce6387eca938b8cfe23dc4c641',
    },
  ],
  inputs: { pixel_values: 'float32 [1,3,768,768]', input_ids: 'int64 [1,L]' },
  preprocessing: 'preprocessor_config.json',
  verified: false,
};
