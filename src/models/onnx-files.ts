/**
 * Which files a model of a family is made of, as exports on the hub name them:
 *
 *     config.json  preprocessor_config.json  tokenizer.json  tokenizer_config.json
 *     onnx/vision_model<suffix>.onnx  onnx/text_model<suffix>.onnx          (dual encoders)
 *     onnx/model<suffix>.onnx                                               (detectors, text embedders)
 *     onnx/{vision_encoder,embed_tokens,encoder_model,decoder_model_merged}<suffix>.onnx      (Florence-2)
 *
 * @module
 */
import type { Card, Family, Variant } from './card.ts';

/** Every variant, the reference first. */
export const VARIANTS: readonly Variant[] = ['fp32', 'fp16', 'quantized', 'int8', 'uint8', 'q4', 'q4f16', 'bnb4'];

function suffix(variant: Variant): string {
  return variant === 'fp32' ? '' : `_${variant}`;
}

export function visionFile(variant: Variant): string {
  return `onnx/vision_model${suffix(variant)}.onnx`;
}

export function textFile(variant: Variant): string {
  return `onnx/text_model${suffix(variant)}.onnx`;
}

/** Of a model that is one graph. */
export function modelFile(variant: Variant): string {
  return `onnx/model${suffix(variant)}.onnx`;
}

export function florenceFiles(variant: Variant) {
  const file = (part: string): string => `onnx/${part}${suffix(variant)}.onnx`;
  return {
    vision: file('vision_encoder'),
    embed: file('embed_tokens'),
    encoder: file('encoder_model'),
    decoder: file('decoder_model_merged'),
  };
}

/** The file that holds the towers' settings for texts; optional in a repository whose card doesn't list it. */
export const TOKENIZER_CONFIG = 'tokenizer_config.json';

/** Families whose files are not named as exports on the hub are: the card, or the folder itself, says. */
const NAMED_BY_CARD: ReadonlySet<Family> = new Set(['yolox', 'ppocr', 'ultraface', 'yunet', 'sface']);

/** What must be there before the model can be loaded. */
export function requiredFiles(family: Family, variant: Variant, card: Card | undefined): readonly string[] {
  if (NAMED_BY_CARD.has(family)) return card === undefined ? [] : card.files.map(({ path }) => path);
  const configs = ['config.json', 'preprocessor_config.json'];
  if (family === 'dfine') return [...configs, modelFile(variant)];
  if (family === 'grounding-dino') return [...configs, 'tokenizer.json', modelFile(variant)];
  if (family === 'florence2') return [...configs, 'tokenizer.json', ...Object.values(florenceFiles(variant))];
  if (family === 'bert') return ['config.json', 'tokenizer.json', modelFile(variant)];
  const listed = card?.files.some(({ path }) => path === TOKENIZER_CONFIG) === true;
  const tokenizer = listed ? ['tokenizer.json', TOKENIZER_CONFIG] : ['tokenizer.json'];
  return [...configs, ...tokenizer, visionFile(variant), textFile(variant)];
}
