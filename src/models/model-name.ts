/**
 * What people write in `model:`
 *
 *     auto
 *     <card>                     clip-vit-base-patch32
 *     <owner>/<name>[@revision]  a repository on the hub
 *     ./folder  /folder          a folder laid out like one, or a single ONNX file
 *     …:<variant>                another build: fp16, quantized, …
 *
 * @module
 */
import { isAbsolute, resolve } from 'node:path';
import { InvalidInputError } from '../contract/index.ts';
import type { Variant } from './card.ts';
import { VARIANTS } from './onnx-files.ts';

export type ModelName =
  | { readonly kind: 'auto' }
  | { readonly kind: 'name'; readonly name: string; readonly variant: Variant }
  | { readonly kind: 'repository'; readonly name: string; readonly revision: string; readonly variant: Variant }
  | { readonly kind: 'path'; readonly path: string; readonly variant: Variant };

/** One owner, one name: letters, digits, `-`, `_`, `.`, none of them only dots. */
const REPOSITORY = /^(?!\.)[\w.-]+\/(?!\.)[\w.-]+$/;
const NAME = /^(?!\.)[\w.-]+$/;
const REVISION = /^(?!.*\.\.)[\w./-]+$/;

/** Throws `InvalidInputError` where it is none of the forms. A relative folder becomes an absolute one. */
export function parseModelName(text: string): ModelName {
  const model = text.trim();
  if (model === 'auto' || model === '') return { kind: 'auto' };
  const variant = VARIANTS.find((name) => model.endsWith(`:${name}`));
  const rest = variant === undefined ? model : model.slice(0, -variant.length - 1);
  const build = variant ?? 'fp32';
  if (isModelPath(rest)) return { kind: 'path', path: resolve(rest), variant: build };
  const [name = '', revision = 'main', ...more] = rest.split('@');
  if (REPOSITORY.test(name) && REVISION.test(revision) && more.length === 0) {
    return { kind: 'repository', name, revision, variant: build };
  }
  if (NAME.test(rest)) return { kind: 'name', name: rest, variant: build };
  throw new InvalidInputError(
    `Cannot use model "${text}": a model is "auto", a card's name, a hub repository "owner/name" or a folder that starts with "./" or "/"`,
  );
}

/** Whether a model is named by a path of this machine. */
export function isModelPath(text: string): boolean {
  const model = text.trim();
  return model.startsWith('.') || isAbsolute(model);
}

/** The name of a build of a model: what a policy pins. */
export function withVariant(model: string, variant: Variant): string {
  return variant === 'fp32' ? model : `${model}:${variant}`;
}
