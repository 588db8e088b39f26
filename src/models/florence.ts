/**
 * Florence-2: a picture and a task's prompt become a sequence for a BART encoder, whose decoder writes the answer.
 *
 *     pixel_values ─► vision encoder ─► image_features [1,577,768] ─┐
 *     prompt ─► tokenizer ─► embed_tokens [1,L,768] ────────────────┴► encoder ─► last_hidden_state ─► decoder, a token at a time
 *
 * The decoder keeps what it computed of earlier tokens: `present.*` of one step is `past_key_values.*` of the next. Keys and values
 * of the encoder come with the first step only; what later steps give for them is empty or made up, as merged decoders do.
 *
 * Xiao et al., "Florence-2: Advancing a Unified Representation for a Variety of Vision Tasks", CVPR 2024.
 *
 * @module
 */
import { z } from 'zod';
import { plainText } from '../chat/index.ts';
import { InvalidInputError } from '../contract/index.ts';
import { parseJsonFile } from './config.ts';
import { greedyDecode } from './greedy.ts';
import type { GreedyRules } from './greedy.ts';
import type { LocatedModel } from './locate.ts';
import { normalisingPlanes, planarTensor } from './normalise.ts';
import { florenceFiles, TOKENIZER_CONFIG } from './onnx-files.ts';
import { readPreprocessing } from './preprocessor.ts';
import type { Preprocessing } from './preprocessor.ts';
import { openSession, outputOf } from './session.ts';
import type { Feed, Output, Session } from './session.ts';
import { textCodec } from './tokenizer.ts';
import type { TextCodec } from './tokenizer.ts';
import type { Caption, CaptionerModel, CaptionItem } from './types.ts';
import { usable } from './usable.ts';

/** The tasks that give one text of the whole picture, and what the model was trained to be asked for them. */
export const FLORENCE_TASKS: Readonly<Record<string, string>> = {
  '<CAPTION>': 'What does the image describe?',
  '<DETAILED_CAPTION>': 'Describe in detail what is shown in the image.',
  '<MORE_DETAILED_CAPTION>': 'Describe with a paragraph what is shown in the image.',
  '<OCR>': 'What is the text in the image?',
};

const MAX_CAPTION = 4000;

const FlorenceConfig = z.looseObject({
  text_config: z
    .looseObject({
      decoder_start_token_id: z.int().nonnegative().default(2),
      eos_token_id: z.int().nonnegative().default(2),
      forced_bos_token_id: z.int().nonnegative().nullish().default(0),
      no_repeat_ngram_size: z.int().nonnegative().default(3),
    })
    .prefault({}),
});

interface Parts {
  readonly vision: Session;
  readonly embed: Session;
  readonly encoder: Session;
  readonly decoder: Session;
  readonly codec: TextCodec;
  readonly preprocessing: Preprocessing;
  readonly rules: Omit<GreedyRules, 'maxLength'>;
  /** Of the decoder's file, for errors. */
  readonly path: string;
}

/** Loads the weights. */
export async function loadFlorence(located: LocatedModel): Promise<CaptionerModel> {
  const { model } = located;
  const parts = await usable(model, () => openFlorence(located));
  return {
    async caption(items, { prompt, maxTokens }) {
      const captions = new Map<string, Caption | Error>();
      for (const item of items)
        captions.set(item.id, await usable(model, () => captionOf(parts, item, prompt, maxTokens)));
      return captions;
    },
    async close() {
      for (const session of [parts.vision, parts.embed, parts.encoder, parts.decoder]) await session.close();
    },
  };
}

async function openFlorence({ files, variant }: LocatedModel): Promise<Parts> {
  const { text_config: text } = await parseJsonFile(await files.sound('config.json'), FlorenceConfig);
  const preprocessing = await readPreprocessing(await files.sound('preprocessor_config.json'));
  const settings = (await files.optional(TOKENIZER_CONFIG)) && (await files.sound(TOKENIZER_CONFIG));
  const codec = await textCodec(await files.sound('tokenizer.json'), settings);
  const names = florenceFiles(variant);
  const open = async (name: string): Promise<Session> => openSession(await files.sound(name));
  return {
    vision: await open(names.vision),
    embed: await open(names.embed),
    encoder: await open(names.encoder),
    decoder: await open(names.decoder),
    codec,
    preprocessing,
    rules: {
      startToken: text.decoder_start_token_id,
      endToken: text.eos_token_id,
      noRepeatNgram: text.no_repeat_ngram_size,
      ...(typeof text.forced_bos_token_id === 'number' ? { forcedFirst: text.forced_bos_token_id } : {}),
    },
    path: await files.path(names.decoder),
  };
}

async function captionOf(
  parts: Parts,
  { pixels }: CaptionItem,
  prompt: string,
  maxTokens: number,
): Promise<Caption | Error> {
  const ids = parts.codec.encode(FLORENCE_TASKS[prompt] ?? prompt);
  const { width, height, factor, mean, std } = parts.preprocessing;
  const data = planarTensor([pixels], normalisingPlanes(factor, mean, std), width, height);
  const seen = await parts.vision.run({ pixel_values: { data, dims: [1, 3, height, width] } });
  const features = outputOf(seen, 'image_features', parts.path);
  const sequence = joinTokens(features, await embedTokens(parts, ids));
  const mask = ones(sequence.dims[1] ?? 0);
  const encoded = await parts.encoder.run({ inputs_embeds: sequence, attention_mask: mask });
  const hidden = outputOf(encoded, 'last_hidden_state', parts.path);
  const tokens = await greedyDecode(decoderOf(parts, hidden, mask), { ...parts.rules, maxLength: maxTokens });
  const text = plainText(parts.codec.decode(tokens), MAX_CAPTION);
  if (text === '') return new Error('Cannot describe this picture: the model wrote nothing');
  return { text, inputTokens: mask.data.length, outputTokens: tokens.length };
}

async function embedTokens({ embed, path }: Parts, ids: readonly number[]): Promise<Output> {
  return outputOf(await embed.run({ input_ids: { data: ids, dims: [1, ids.length] } }), 'inputs_embeds', path);
}

/** [1, a, d] and [1, b, d] → [1, a + b, d]. */
function joinTokens(a: Output, b: Output): Output {
  const data = new Float32Array(a.data.length + b.data.length);
  data.set(a.data);
  data.set(b.data, a.data.length);
  return { data, dims: [1, (a.dims[1] ?? 0) + (b.dims[1] ?? 0), b.dims[2] ?? 0] };
}

function ones(length: number): Feed {
  return { data: Array.from({ length }, () => 1), dims: [1, length] };
}

/** One run of the decoder a token, with what it remembers of those before. */
function decoderOf(parts: Parts, hidden: Output, mask: Feed): (tokens: readonly number[]) => Promise<Float32Array> {
  const { decoder, path } = parts;
  const inputs = decoder.inputs.filter(({ name }) => name.startsWith('past_key_values.'));
  const past = new Map<string, Feed>(
    inputs.map(({ name, shape }) => {
      const [, heads, , size] = shape;
      if (heads === undefined || size === undefined)
        throw new InvalidInputError(`Cannot use model file "${path}": its input "${name}" leaves heads and size open`);
      return [name, { data: new Float32Array(0), dims: [1, heads, 0, size] }];
    }),
  );
  return async (tokens) => {
    const isFirst = tokens.length === 1;
    const outputs = await decoder.run({
      inputs_embeds: await embedTokens(parts, tokens.slice(-1)),
      encoder_hidden_states: hidden,
      encoder_attention_mask: mask,
      use_cache_branch: { data: [isFirst ? 0 : 1], dims: [1] },
      ...Object.fromEntries(past),
    });
    for (const { name } of inputs) {
      if (name.includes('.encoder.') && !isFirst) continue;
      past.set(name, outputOf(outputs, name.replace('past_key_values', 'present'), path));
    }
    const logits = outputOf(outputs, 'logits', path);
    return logits.data.slice(-(logits.dims.at(-1) ?? 0));
  };
}
