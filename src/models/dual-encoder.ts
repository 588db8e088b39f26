/**
 * Runs a dual encoder: two graphs that put pictures and texts into one space. What differs between families (tokens,
 * names of the outputs) comes in as a `TowerRules` (`clip.ts`, `siglip.ts`).
 *
 * @module
 */
import { InvalidInputError } from '../contract/index.ts';
import type { Pixels } from '../image/pixels.ts';
import { batchRule, inBatches } from './batches.ts';
import type { ModelConfig } from './config.ts';
import { readModelConfig } from './config.ts';
import type { ModelFiles } from './model-files.ts';
import { normalisingPlanes, planarTensor } from './normalise.ts';
import { TOKENIZER_CONFIG } from './onnx-files.ts';
import type { Preprocessing } from './preprocessor.ts';
import { readPreprocessing } from './preprocessor.ts';
import { openSession, outputOf } from './session.ts';
import type { Session } from './session.ts';
import { fastestBuild, isEightBit } from './signed-choice.ts';
import type { Feeds } from './signed-choice.ts';
import type { TokenizeBatch } from './tokenizer.ts';
import type { ImageTextModel } from './types.ts';
import { unitRows } from './unit-vector.ts';
import { usable } from './usable.ts';

/** Pictures or texts in one run where the graph's batch is open: more is no faster and costs memory. */
const PREFERRED_BATCH = 8;
/** Length of the texts that builds are timed with. Tokens. */
const SAMPLE_LENGTH = 16;

/** What a family of dual encoders does its own way. */
export interface TowerRules {
  readonly imageOutput: string;
  readonly textOutput: string;
  readonly tokenizer: (
    tokenizerPath: string,
    configPath: string | null,
    config: ModelConfig,
    fixedLength: number | undefined,
  ) => Promise<TokenizeBatch>;
}

export interface DualEncoderFiles {
  readonly model: string;
  readonly files: ModelFiles;
  readonly vision: string;
  readonly text: string;
  readonly dimension: number;
  readonly cacheFolder: string;
}

/** Loads nothing yet: each tower comes with its first use. */
export function dualEncoder(source: DualEncoderFiles, rules: TowerRules): ImageTextModel {
  const vision = once(() => openVision(source, rules));
  const text = once(() => openText(source, rules));
  return {
    encodeImages: async (pixels) =>
      pixels.length === 0 ? [] : usable(source.model, async () => (await vision.get()).encode(pixels)),
    encodeTexts: async (texts) =>
      texts.length === 0 ? [] : usable(source.model, async () => (await text.get()).encode(texts)),
    close: async () => {
      for (const tower of [vision, text]) await (await tower.peek())?.close();
    },
  };
}

interface Tower<Item> {
  encode(items: readonly Item[]): Promise<Float32Array[]>;
  close(): Promise<void>;
}

async function openVision(source: DualEncoderFiles, rules: TowerRules): Promise<Tower<Pixels>> {
  const { files } = source;
  const preprocessing = await readPreprocessing(await files.sound('preprocessor_config.json'));
  const { width, height, factor, mean, std } = preprocessing;
  const planes = normalisingPlanes(factor, mean, std);
  const path = await files.sound(source.vision);
  const session = await openFastest(path, source, (graph) => sampleFeeds(graph, preprocessing));
  const batch = batchRule(session, 'pixel_values', PREFERRED_BATCH);
  const run = async (pixels: readonly Pixels[]): Promise<Float32Array[]> => {
    const data = planarTensor(pixels, planes, width, height);
    const outputs = await session.run({ pixel_values: { data, dims: [pixels.length, 3, height, width] } });
    return vectors(outputOf(outputs, rules.imageOutput, path).data, pixels.length, source.dimension, path);
  };
  return { encode: (pixels) => inBatches(pixels, batch, run), close: () => session.close() };
}

async function openText(source: DualEncoderFiles, rules: TowerRules): Promise<Tower<string>> {
  const { files } = source;
  const config = await readModelConfig(await files.sound('config.json'));
  const tokenizerPath = await files.sound('tokenizer.json');
  const settingsPath = (await files.optional(TOKENIZER_CONFIG)) && (await files.sound(TOKENIZER_CONFIG));
  const path = await files.sound(source.text);
  const session = await openFastest(path, source, (graph) => sampleFeeds(graph));
  const fixedLength = session.inputs.find(({ name }) => name === 'input_ids')?.shape[1];
  const tokenize = await rules.tokenizer(tokenizerPath, settingsPath, config, fixedLength);
  const batch = batchRule(session, 'input_ids', PREFERRED_BATCH);
  const run = async (texts: readonly string[]): Promise<Float32Array[]> => {
    const { ids, mask, length } = tokenize(texts);
    const dims = [texts.length, length];
    const outputs = await session.run({ input_ids: { data: ids, dims }, attention_mask: { data: mask, dims } });
    return vectors(outputOf(outputs, rules.textOutput, path).data, texts.length, source.dimension, path);
  };
  return { encode: (texts) => inBatches(texts, batch, run), close: () => session.close() };
}

async function openFastest(
  path: string,
  { cacheFolder }: DualEncoderFiles,
  sample: (session: Session) => Feeds,
): Promise<Session> {
  return openSession(isEightBit(path) ? await fastestBuild(path, cacheFolder, sample) : path);
}

/** One made-up picture or text: what decides the time is its size, and every weight must count in the comparison. */
function sampleFeeds(graph: Session, preprocessing?: Preprocessing): Feeds {
  const feeds: Record<string, Feeds[string]> = {};
  for (const { name, shape } of graph.inputs) {
    if (preprocessing !== undefined) {
      const dims = [shape[0] ?? 1, 3, preprocessing.height, preprocessing.width];
      const size = dims.reduce((product, side) => product * side, 1);
      feeds[name] = { data: Float32Array.from({ length: size }, (_, i) => ((i * 7919) % 511) / 255 - 1), dims };
    } else {
      const dims = [shape[0] ?? 1, shape[1] ?? SAMPLE_LENGTH];
      feeds[name] = { data: Array.from({ length: (dims[0] ?? 1) * (dims[1] ?? 1) }, () => 1), dims };
    }
  }
  return feeds;
}

function vectors(data: Float32Array, rows: number, dimension: number, path: string): Float32Array[] {
  if (data.length !== rows * dimension) {
    throw new InvalidInputError(
      `Cannot use model file "${path}": it gives ${data.length / rows} numbers for one input, and its configuration says ${dimension}`,
    );
  }
  return unitRows(data, rows);
}

/** Makes a thing at the first `get`; a failure is forgotten, so that the next `get` tries again. */
function once<Value>(make: () => Promise<Value>): {
  get: () => Promise<Value>;
  peek: () => Promise<Value | undefined>;
} {
  let made: Promise<Value> | undefined;
  return {
    get: () => {
      made ??= make().catch((error: unknown) => {
        made = undefined;
        throw error;
      });
      return made;
    },
    peek: async () => made?.catch(() => undefined),
  };
}
