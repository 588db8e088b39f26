/**
 * One extractor on local files, without database or server: the local test of an extractor.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import { InvalidInputError } from '../contract/index.ts';
import { loadModule, outputOf, runBatch } from '../extractor/index.ts';
import type { Extractor, FeatureRow } from '../extractor/index.ts';
import { drawBoxes, openPicture, render } from '../image/index.ts';
import { createModels } from '../models/index.ts';
import { loadExtractors } from './extractors.ts';
import { resolveOptions } from './options.ts';
import type { EngineOptions } from './options.ts';

export interface ExtractorRun {
  readonly file: string;
  /** Columns, and vectors as arrays. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly error?: string;
  /** PNG with the rows' boxes, where that was asked for and there are columns x1, y1, x2, y2. */
  readonly drawing?: Uint8Array;
}

export async function runExtractor(
  options: EngineOptions,
  name: string,
  files: readonly string[],
  { params, draw }: { readonly params: Readonly<Record<string, unknown>>; readonly draw: boolean },
): Promise<ExtractorRun[]> {
  const resolved = resolveOptions(options);
  const models = createModels(resolved.models);
  const registry = await loadExtractors(resolved.extractors);
  const extractor =
    registry.has(name) || !/^[./]|\.[cm]?[jt]s$/.test(name) ? registry.get(name) : only(name, await loadModule(name));
  const description = await extractor.describe(params, models);
  const loaded = await extractor.load(description.params, models);
  try {
    const results: ExtractorRun[] = [];
    for (const file of files) results.push(await runOne({ extractor, description, loaded }, file, draw));
    return results;
  } finally {
    await loaded.close();
  }
}

function only(specifier: string, extractors: readonly Extractor[]): Extractor {
  const [first, ...others] = extractors;
  if (first !== undefined && others.length === 0) return first;
  const names = extractors.map(({ name }) => `"${name}"`).join(', ');
  throw new InvalidInputError(
    `Cannot choose an extractor of "${specifier}": it has ${names}; load it with FOVEA_EXTRACTORS and give a name`,
  );
}

interface Ready {
  readonly extractor: Extractor;
  readonly description: Awaited<ReturnType<Extractor['describe']>>;
  readonly loaded: Awaited<ReturnType<Extractor['load']>>;
}

async function runOne({ description, loaded }: Ready, file: string, draw: boolean): Promise<ExtractorRun> {
  try {
    const bytes = await readFile(file);
    const picture = await openPicture(bytes);
    const pixels = description.pixels.resize === 'none' ? undefined : await render(picture, description.pixels);
    const original = { width: picture.width, height: picture.height };
    const item = { id: file, pixels, bytes, mimeType: picture.format.mimeType, original };
    const result = (await runBatch(loaded, outputOf(description), [item])).get(file);
    if (result === undefined || result instanceof Error) throw result ?? new Error('The extractor returned nothing');
    const boxes = result.flatMap(boxOf);
    return {
      file,
      rows: result.map(({ columns, vectors }) => ({
        ...columns,
        ...Object.fromEntries(Object.entries(vectors).map(([key, vector]) => [key, [...vector]])),
      })),
      ...(draw && boxes.length > 0 ? { drawing: await drawBoxes(picture, boxes) } : {}),
    };
  } catch (error) {
    return { file, rows: [], error: error instanceof Error ? error.message : String(error) };
  }
}

function boxOf({
  columns: { object_name: label, x1, y1, x2, y2 },
}: FeatureRow): { label: string; box: { xmin: number; ymin: number; xmax: number; ymax: number } }[] {
  if (typeof x1 !== 'number' || typeof y1 !== 'number' || typeof x2 !== 'number' || typeof y2 !== 'number') return [];
  return [{ label: typeof label === 'string' ? label : '', box: { xmin: x1, ymin: y1, xmax: x2, ymax: y2 } }];
}
