/**
 * A model whose files are there and can't be used is no fault of the picture or the words that it was given.
 *
 * @module
 */
import { InvalidInputError, ModelUnavailableError } from '../contract/index.ts';

/** Runs what loads or runs a model; what is wrong with its files becomes a `ModelUnavailableError`. */
export async function usable<T>(model: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    // "Cannot load model file "…": why" → the file and why.
    const reason = error.message.replace(/^Cannot [^"]*/, '');
    throw new ModelUnavailableError(model, `${reason}; put a sound copy of that file there`);
  }
}
