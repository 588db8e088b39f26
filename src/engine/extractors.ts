/**
 * The extractors of a process: the built-in ones and the user's own.
 *
 * @module
 */
import { createRegistry, loadModule } from '../extractor/index.ts';
import type { ExtractorRegistry } from '../extractor/index.ts';
import { builtinExtractors } from '../extractors/index.ts';

/** @param own Files or npm packages, resolved from the working directory. */
export async function loadExtractors(own: readonly string[]): Promise<ExtractorRegistry> {
  return createRegistry([
    ...builtinExtractors,
    ...(await Promise.all(own.map((specifier) => loadModule(specifier)))).flat(),
  ]);
}
