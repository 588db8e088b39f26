/**
 * CLIP: `pixel_values` → `image_embeds`, `input_ids` → `text_embeds`, both projected, neither of unit length.
 *
 * @module
 */
import { dualEncoder } from './dual-encoder.ts';
import type { DualEncoderFiles } from './dual-encoder.ts';
import { clipTokenizer } from './tokenizer.ts';
import type { ImageTextModel } from './types.ts';

export function clipModel(source: DualEncoderFiles): ImageTextModel {
  return dualEncoder(source, { imageOutput: 'image_embeds', textOutput: 'text_embeds', tokenizer: clipTokenizer });
}
