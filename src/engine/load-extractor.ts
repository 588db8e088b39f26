/**
 * One extractor in this process, without database or server: to try it on a picture, and to learn what it takes and
 * writes.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { InvalidInputError } from '../contract/index.ts';
import type { ExtractorInfo, FeatureRow, OutputSpec } from '../contract/index.ts';
import { extractorInfo, loadModule, outputOf, prepareFile, prepareItem, runBatch } from '../extractor/index.ts';
import type { Extractor, ExtractorDescription, ExtractorItem, LoadedExtractor, Models } from '../extractor/index.ts';
import { createModels } from '../models/index.ts';
import { loadExtractors } from './extractors.ts';
import { resolveOptions } from './options.ts';
import type { EngineOptions } from './options.ts';

/** Where models and extractors of one's own are found, as for `open()`; and the extractor's parameters. */
export interface LoadExtractorOptions extends Pick<
  EngineOptions,
  'home' | 'cache' | 'models' | 'hub' | 'extractors' | 'ffmpeg'
> {
  readonly params?: Readonly<Record<string, unknown>>;
}

/** An extractor with its weights loaded. */
export interface LocalExtractor {
  readonly name: string;
  readonly version: string;
  /** As a policy would pin them: `model: 'auto'` is the model's name. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly output: OutputSpec;
  /** Sentences for people, e.g. which model "auto" chose. */
  readonly notes: readonly string[];
  /**
   * The features of one picture, by its path or its bytes: rows as `output` declares them, boxes in pixels of the
   * upright original.
   *
   * @throws UnreadableImageError; what the extractor says of that picture.
   */
  extract(picture: string | Uint8Array): Promise<readonly FeatureRow[]>;
  /**
   * One row with the vector of a text, in the space of its pictures' vectors.
   *
   * @throws InvalidInputError where the extractor takes pictures only.
   */
  extractText(text: string): Promise<readonly FeatureRow[]>;
  close(): Promise<void>;
}

/**
 * Loads an extractor by its name, an alias (also as Indexify wrote it), a file or a package of one's own. Close it.
 *
 * @throws NotFoundError with the nearest name; InvalidInputError for parameters it does not take; ModelUnavailableError.
 */
export async function loadExtractor(name: string, options: LoadExtractorOptions = {}): Promise<LocalExtractor> {
  const { extractor, models } = await find(name, options);
  const description = await extractor.describe(options.params ?? {}, models);
  const loaded = await extractor.load(description.params, models);
  return localExtractor(extractor, description, loaded);
}

/**
 * What an extractor takes and, with these parameters, writes. Loads no weights.
 *
 * @throws NotFoundError with the nearest name; InvalidInputError for parameters it does not take.
 */
export async function describeExtractor(name: string, options: LoadExtractorOptions = {}): Promise<ExtractorInfo> {
  const { extractor, models } = await find(name, options);
  return extractorInfo(extractor, models, options.params);
}

async function find(name: string, options: LoadExtractorOptions): Promise<{ extractor: Extractor; models: Models }> {
  const resolved = resolveOptions(options);
  const registry = await loadExtractors(resolved.extractors, resolved.models.ffmpeg);
  const isOwn = !registry.has(name) && /^[./]|\.[cm]?[jt]s$/.test(name);
  return {
    extractor: isOwn ? only(name, await loadModule(name)) : registry.get(name),
    models: createModels(resolved.models),
  };
}

function only(specifier: string, extractors: readonly Extractor[]): Extractor {
  const [first, ...others] = extractors;
  if (first !== undefined && others.length === 0) return first;
  const names = extractors.map(({ name }) => `"${name}"`).join(', ');
  throw new InvalidInputError(
    `Cannot choose an extractor of "${specifier}": it has ${names}; load it with FOVEA_EXTRACTORS and give a name`,
  );
}

function localExtractor(
  { name, version, accepts }: Extractor,
  description: ExtractorDescription,
  loaded: LoadedExtractor,
): LocalExtractor {
  const output = outputOf(description);
  return {
    name,
    version,
    params: description.params,
    output,
    notes: description.notes ?? [],
    async extract(picture) {
      const item = await itemOf(picture, name, description.pixels);
      const result = (await runBatch(loaded, output, [item])).get(item.id);
      if (result === undefined || result instanceof Error)
        throw result ?? new Error(`Cannot tell what "${name}" found: it returned nothing`);
      return result;
    },
    async extractText(text) {
      const [vector] = Object.keys(output.vectors);
      if (loaded.encodeText === undefined || vector === undefined)
        throw new InvalidInputError(`Cannot run "${name}" on a text: it takes ${accepts.join(', ')}`);
      const [embedding] = await loaded.encodeText([text]);
      if (embedding === undefined) throw new Error(`Cannot tell the vector of a text: "${name}" returned none`);
      return [{ columns: {}, vectors: { [vector]: embedding } }];
    },
    close: () => loaded.close(),
  };
}

async function itemOf(
  picture: string | Uint8Array,
  name: string,
  request: ExtractorDescription['pixels'],
): Promise<ExtractorItem> {
  const takesFile = request.resize === 'none' && request.file === true;
  if (typeof picture === 'string' && takesFile) return prepareFile('picture', resolve(picture));
  if (takesFile) throw new InvalidInputError(`Cannot run "${name}" on bytes: it takes files; give the path of one`);
  const bytes = typeof picture === 'string' ? await readFile(picture) : picture;
  return prepareItem('picture', bytes, request);
}
