/**
 * What a model is good for, by its family.
 *
 * @module
 */
import { InvalidInputError } from '../contract/index.ts';
import type { Card, Family, Kind } from './card.ts';

const KINDS: Readonly<Record<Family, Kind>> = {
  clip: 'image-text',
  siglip: 'image-text',
  yolox: 'detector',
  dfine: 'detector',
  'grounding-dino': 'zero-shot-detector',
  ppocr: 'text-reader',
  bert: 'text-embedding',
  florence2: 'captioner',
  ultraface: 'face-detector',
  yunet: 'face-detector',
  sface: 'face-embedder',
};

/** As sentences call them. */
const NAMES: Readonly<Record<Kind, string>> = {
  'image-text': 'an image-text model',
  detector: 'a detector',
  'zero-shot-detector': 'a detector of what words name',
  'text-reader': 'a text reader',
  'text-embedding': 'a text embedder',
  captioner: 'a model that describes pictures',
  'face-detector': 'a face detector',
  'face-embedder': 'a face embedder',
};

export function kindOf({ family }: { readonly family: Family }): Kind {
  return KINDS[family];
}

/** The model, if it is of that kind. Throws `InvalidInputError` with the names of those that are. */
export function requireKind<Model extends { readonly model: string; readonly family: Family }>(
  located: Model,
  kind: Kind,
  cards: readonly Card[],
): Model {
  const own = kindOf(located);
  if (own === kind) return located;
  const names = cards.filter((card) => card.kind === kind).map(({ name }) => `"${name}"`);
  throw new InvalidInputError(
    `Cannot use model "${located.model}" here: it is ${NAMES[own]}, not ${NAMES[kind]}; use one of ${names.join(', ')}`,
  );
}
