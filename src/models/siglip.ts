/**
 * SigLIP and SigLIP 2: both towers give `pooler_output` (and `last_hidden_state`, which is not asked for).
 *
 * @module
 */
import { dualEncoder } from './dual-encoder.ts';
import type { DualEncoderFiles } from './dual-encoder.ts';
import { siglipTokenizer } from './tokenizer.ts';
import type { ImageTextModel } from './types.ts';

export function siglipModel(source: DualEncoderFiles): ImageTextModel {
  return dualEncoder(source, { imageOutput: 'pooler_output', textOutput: 'pooler_output', tokenizer: siglipTokenizer });
}
