/**
 * A card for a tiny CLIP on the loopback hub.
 *
 * @module
 */
import type { ImageTextCard } from '../../src/models/card.ts';

/** Of the repository `test/tiny-clip`, revision `abc`, without hashes. */
export function tinyCard(): ImageTextCard {
  return {
    name: 'tiny',
    kind: 'image-text',
    family: 'clip',
    summary: 'Three colours',
    licence: 'Apache-2.0',
    source: { kind: 'hub', repository: 'test/tiny-clip', revision: 'abc' },
    files: [
      { path: 'config.json' },
      { path: 'preprocessor_config.json' },
      { path: 'tokenizer.json' },
      { path: 'tokenizer_config.json' },
      { path: 'onnx/vision_model.onnx' },
      { path: 'onnx/text_model.onnx' },
    ],
    inputs: {},
    preprocessing: 'preprocessor_config.json',
    dimension: 3,
    verified: false,
  };
}
