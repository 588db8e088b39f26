/**
 * Models: cards, weights and what they compute. Importing this loads no native code; that comes with the first session.
 *
 * @module
 */
export type { Card, CardFile, CardSource, DetectorCard, ImageTextCard, Variant } from './card.ts';
export { CARDS } from './cards/index.ts';
export { COCO_LABELS } from './coco.ts';
export { createModels } from './models.ts';
export type * from './types.ts';
export { verifyVariants } from './verify.ts';
export type { VariantReport } from './verify.ts';
