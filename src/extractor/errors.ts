/**
 * Errors of extractors: a definition that is not one, and a result that is not what was declared.
 *
 * @module
 */
import { FoveaError } from '../contract/index.ts';

/** An extractor returned something other than it declared: its author's mistake, stored with the picture it happened on. */
export class ExtractorOutputError extends FoveaError {
  readonly code = 'extractor_output';

  constructor(reason: string, options?: ErrorOptions) {
    super(`Cannot store the extractor's result: ${reason}`, options);
  }
}

/** A module or an object that is no extractor, or one with a name, version or column that can't be used. */
export class ExtractorDefinitionError extends FoveaError {
  readonly code = 'extractor_definition';
  /** The extractor's name, or the path or package it was to come from. */
  readonly extractor: string;

  constructor(extractor: string, reason: string, options?: ErrorOptions) {
    super(`Cannot use extractor "${extractor}": ${reason}`, options);
    this.extractor = extractor;
  }
}

/** Whatever was thrown, as an Error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown });
}
