/**
 * Grounding DINO: a picture and phrases go in, candidates come out that answer to tokens of the phrases.
 *
 *     logits [1, queries, tokens]      p = sigmoid(logit): how much a candidate answers to the token at that position
 *     pred_boxes [1, queries, 4]       cx, cy, w, h in 0..1 of the whole (squashed) picture
 *
 *     kept where the largest p > box threshold;   of a kept one, tokens with p > text threshold say what it is
 *
 * As the reference's post-processing (transformers, `post_process_grounded_object_detection`), but for the label: there it is
 * all such tokens in a row, of whatever phrases ("shirt blouse t - shirt"); here a box has a row for each phrase that was asked for
 * and has one of them, so that labels are the words that people ask by.
 *
 * Liu et al., "Grounding DINO: Marrying DINO with Grounded Pre-Training for Open-Set Object Detection", ECCV 2024.
 *
 * @module
 */
import { z } from 'zod';
import { InvalidInputError } from '../contract/index.ts';
import { boxAround, inOriginal } from './box.ts';
import { parseJsonFile } from './config.ts';
import { planPasses } from './grounding-prompt.ts';
import type { PlacedPhrase, PromptPass } from './grounding-prompt.ts';
import type { LocatedModel } from './locate.ts';
import { nonMaximumSuppression } from './nms.ts';
import { normalisingPlanes, planarTensor } from './normalise.ts';
import { modelFile, TOKENIZER_CONFIG } from './onnx-files.ts';
import { readPreprocessing } from './preprocessor.ts';
import { openSession, outputOf } from './session.ts';
import type { Feed, Output } from './session.ts';
import { bertPieces } from './tokenizer.ts';
import type {
  GroundedDetection,
  GroundingOptions,
  ZeroShotDetectorDescription,
  ZeroShotDetectorModel,
} from './types.ts';
import { usable } from './usable.ts';

const GroundingConfig = z.looseObject({ max_text_len: z.int().min(8).default(256) });

/** May fetch configurations and the tokenizer, never weights. */
export async function describeZeroShotDetector(
  { model, files }: LocatedModel,
  prompt: string,
): Promise<Omit<ZeroShotDetectorDescription, 'note'>> {
  const { pixels } = await readPreprocessing(await files.path('preprocessor_config.json'));
  const passes = await passesOf(
    prompt,
    await files.path('config.json'),
    await files.path('tokenizer.json'),
    await files.optional(TOKENIZER_CONFIG),
  );
  return { model, pixels, passes: passes.length };
}

/** Loads the weights; the prompt becomes tokens once. */
export async function loadZeroShotDetector(located: LocatedModel, prompt: string): Promise<ZeroShotDetectorModel> {
  const { model, files } = located;
  const settings = (await files.optional(TOKENIZER_CONFIG)) && (await files.sound(TOKENIZER_CONFIG));
  const passes = await passesOf(
    prompt,
    await files.sound('config.json'),
    await files.sound('tokenizer.json'),
    settings,
  );
  const detector = await usable(model, () => openGroundingDino(located, passes));
  return { ...detector, detect: (item, options) => usable(model, () => detector.detect(item, options)) };
}

async function passesOf(prompt: string, config: string, tokenizer: string, settings: string | null) {
  const { max_text_len: maxTokens } = await parseJsonFile(config, GroundingConfig);
  return planPasses(prompt, await bertPieces(tokenizer, settings), maxTokens);
}

async function openGroundingDino(
  { files, variant }: LocatedModel,
  passes: readonly PromptPass[],
): Promise<ZeroShotDetectorModel> {
  const preprocessing = await readPreprocessing(await files.sound('preprocessor_config.json'));
  const { width, height, factor, mean, std } = preprocessing;
  const path = await files.sound(modelFile(variant));
  const session = await openSession(path);
  const planes = normalisingPlanes(factor, mean, std);
  // Of a picture that fills its tensor: nothing is padding.
  const mask: Feed = { data: Array.from({ length: width * height }, () => 1), dims: [1, height, width] };
  const texts = passes.map((pass) => ({ pass, feeds: textFeeds(pass) }));
  return {
    async detect({ pixels, original }, options) {
      const picture: Feed = { data: planarTensor([pixels], planes, width, height), dims: [1, 3, height, width] };
      const found: GroundedDetection[] = [];
      for (const { pass, feeds } of texts) {
        options.onPass?.();
        const outputs = await session.run({ pixel_values: picture, pixel_mask: mask, ...feeds });
        found.push(...decodeGrounding(candidatesOf(outputs, pass, path), pass.phrases, options, preprocessing));
      }
      return inOriginal(nonMaximumSuppression(found, options.iou), pixels.toOriginal, original);
    },
    close: () => session.close(),
  };
}

function textFeeds({ ids }: PromptPass): Record<string, Feed> {
  const dims = [1, ids.length];
  const all = (value: number): Feed => ({ data: ids.map(() => value), dims });
  return { input_ids: { data: ids, dims }, token_type_ids: all(0), attention_mask: all(1) };
}

/** What one pass gave. */
export interface Candidates {
  /** [queries, positions]; positions behind the text are negligible. */
  readonly logits: Float32Array;
  /** [queries, 4]. */
  readonly boxes: Float32Array;
}

function candidatesOf(outputs: Readonly<Record<string, Output>>, { ids }: PromptPass, path: string): Candidates {
  const { data: logits, dims } = outputOf(outputs, 'logits', path);
  const { data: boxes } = outputOf(outputs, 'pred_boxes', path);
  const positions = dims.at(-1) ?? 0;
  if (positions >= ids.length && boxes.length > 0 && logits.length / positions === boxes.length / 4)
    return { logits, boxes };
  throw new InvalidInputError(
    `Cannot use model file "${path}": its logits don't fit ${ids.length} tokens and ${boxes.length / 4} boxes`,
  );
}

/** Boxes in pixels of the input, best first; at most as many as candidates. */
export function decodeGrounding(
  { logits, boxes }: Candidates,
  phrases: readonly PlacedPhrase[],
  { boxThreshold, textThreshold }: Pick<GroundingOptions, 'boxThreshold' | 'textThreshold'>,
  size: { readonly width: number; readonly height: number },
): GroundedDetection[] {
  const queries = boxes.length / 4;
  const positions = logits.length / queries;
  const detections: GroundedDetection[] = [];
  for (let query = 0; query < queries; query++) {
    const scores = logits
      .subarray(query * positions, (query + 1) * positions)
      .map((logit) => 1 / (1 + Math.exp(-logit)));
    if (!scores.some((score) => score > boxThreshold)) continue;
    const box = boxAround(boxes.subarray(query * 4, query * 4 + 4), size);
    for (const { text: label, words } of phrases) {
      const best = words.map(({ from, to }) => Math.max(...scores.subarray(from, to)));
      const answered = words.filter((_word, place) => (best[place] ?? 0) > textThreshold);
      if (answered.length === 0) continue;
      detections.push({ label, score: Math.max(...best), box, phrase: answered.map(({ text }) => text).join(' ') });
    }
  }
  return detections.toSorted((a, b) => b.score - a.score).slice(0, queries);
}
