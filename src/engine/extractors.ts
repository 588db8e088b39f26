/**
 * The extractors of a process: the built-in ones and the user's own.
 *
 * @module
 */
import { createRegistry, loadModule } from '../extractor/index.ts';
import type { ExtractorRegistry } from '../extractor/index.ts';
import { ffmpegPrograms } from '../video/index.ts';
import { createBuiltinExtractors } from '../extractors/index.ts';

/**
 * @param own Files or npm packages, resolved from the working directory.
 * @param ffmpeg Path of the program; absent: from `PATH`.
 */
export async function loadExtractors(own: readonly string[], ffmpeg?: string): Promise<ExtractorRegistry> {
  return createRegistry([
    ...createBuiltinExtractors(ffmpegPrograms(ffmpeg)),
    ...(await Promise.all(own.map((specifier) => loadModule(specifier)))).flat(),
  ]);
}
