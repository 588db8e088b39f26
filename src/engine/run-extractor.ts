/**
 * One extractor on local files and texts, each with its own result or error: the local test of an extractor.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import type { FeatureRow } from '../contract/index.ts';
import { drawBoxes, openPicture } from '../image/index.ts';
import { loadExtractor } from './load-extractor.ts';
import type { LoadExtractorOptions, LocalExtractor } from './load-extractor.ts';

export interface ExtractorRun {
  /** The file's path, or the text. */
  readonly input: string;
  /** Columns, and vectors as arrays. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly error?: string;
  /** PNG with the rows' boxes, where that was asked for and there are columns x1, y1, x2, y2. */
  readonly drawing?: Uint8Array;
}

/** What it is run on. */
export interface ExtractorInputs {
  readonly files?: readonly string[];
  readonly texts?: readonly string[];
}

/** @throws what `loadExtractor` throws; the failure of one input is in its result. */
export async function runExtractor(
  name: string,
  { files = [], texts = [] }: ExtractorInputs,
  { draw = false, ...options }: LoadExtractorOptions & { readonly draw?: boolean },
): Promise<ExtractorRun[]> {
  const extractor = await loadExtractor(name, options);
  try {
    const results: ExtractorRun[] = [];
    for (const file of files) results.push(await attempt(file, () => runFile(extractor, file, draw)));
    for (const text of texts)
      results.push(await attempt(text, async () => ({ rows: (await extractor.extractText(text)).map(flat) })));
    return results;
  } finally {
    await extractor.close();
  }
}

type Found = Pick<ExtractorRun, 'rows' | 'drawing'>;

async function attempt(input: string, work: () => Promise<Found>): Promise<ExtractorRun> {
  try {
    return { input, ...(await work()) };
  } catch (error) {
    return { input, rows: [], error: error instanceof Error ? error.message : String(error) };
  }
}

async function runFile(extractor: LocalExtractor, file: string, draw: boolean): Promise<Found> {
  const rows = await extractor.extract(file);
  const boxes = draw ? rows.flatMap(boxOf) : [];
  return {
    rows: rows.map(flat),
    ...(boxes.length === 0 ? {} : { drawing: await drawBoxes(await openPicture(await readFile(file)), boxes) }),
  };
}

function flat({ columns, vectors }: FeatureRow): Readonly<Record<string, unknown>> {
  return { ...columns, ...Object.fromEntries(Object.entries(vectors).map(([key, vector]) => [key, [...vector]])) };
}

function boxOf({
  columns: { object_name: label, x1, y1, x2, y2 },
}: FeatureRow): { label: string; box: { xmin: number; ymin: number; xmax: number; ymax: number } }[] {
  if (typeof x1 !== 'number' || typeof y1 !== 'number' || typeof x2 !== 'number' || typeof y2 !== 'number') return [];
  return [{ label: typeof label === 'string' ? label : '', box: { xmin: x1, ymin: y1, xmax: x2, ymax: y2 } }];
}
