/**
 * fovea-tiny: the model in this package. Hashes computed from its files; figures in `assets/models/fovea-tiny/README.md`.
 *
 * @module
 */
import type { ImageTextCard } from '../card.ts';

export const foveaTiny: ImageTextCard = {
  name: 'fovea-tiny',
  kind: 'image-text',
  family: 'clip',
  summary: 'Everyday scenes in English and some Chinese, without a download; knows no brands, places or rare things',
  licence: 'Apache-2.0 (some training data are offered for research use only: see its README)',
  source: { kind: 'shipped' },
  files: [
    {
      path: 'config.json',
      sizeBytes: 656,
      sha256: '69400f8c5eadf52f64ac89e079bf730a9961665cc83927e589098f71756b452b',
    },
    {
      path: 'preprocessor_config.json',
      sizeBytes: 424,
      sha256: 'b75f33f371697f59bcda2a2b3d8a9f906c1e9f7c0896e3040a29f8a188fd52db',
    },
    {
      path: 'tokenizer.json',
      sizeBytes: 632675,
      sha256: '15174d39178437591401eb7f3b8afa18b81141992fc6ba603b4f0e57a156087c',
    },
    {
      path: 'tokenizer_config.json',
      sizeBytes: 234,
      sha256: '603375e178f7532af81437a4c38838358a0a1cd23258ddc3622abe726d5d5fca',
    },
    {
      path: 'onnx/vision_model.onnx',
      sizeBytes: 10006739,
      sha256: 'da7fcf34d21ccc4cec6e8202268a2726b2afcc3f9cdf91eb82d48a2862b08020',
    },
    {
      path: 'onnx/text_model.onnx',
      sizeBytes: 4345953,
      sha256: '0c237bdde6d1bebecfd75db37fcc645f09deac879873641f9b7cb0b4b1700217',
    },
  ],
  inputs: { pixel_values: 'float32 [N,3,160,160]', input_ids: 'int64 [N,L], L ≤ 77' },
  preprocessing: 'preprocessor_config.json',
  dimension: 256,
  verified: true,
};
