/**
 * A tiny Florence-2: four graphs with the names, inputs and outputs of the published exports, whose arithmetic can be done by hand.
 *
 *     image_features = mean colour · EYE                                 one visual token
 *     encoder: last_hidden_state = 2 · inputs_embeds
 *     decoder: state = 0.1 · Σ encoder + 0.5 · Σ keys + 0.25 · Σ values + 1.5 · last key;   logits = state · HEAD + BIAS
 *              key of a token = its vector, value = twice that
 *
 * As merged decoders do, the one here gives the encoder's keys and values with the first token only, and zeroes afterwards.
 *
 * @module
 */
import { float, onnxModel, whole } from './onnx-writer.ts';
import type { NodeSpec } from './onnx-writer.ts';
import { writeFolder } from './tiny-models.ts';

export const FLORENCE_VOCABULARY = [
  '<s>',
  '<pad>',
  '</s>',
  '<unk>',
  'what',
  'does',
  'the',
  'image',
  'describe',
  '?',
  'a',
  'red',
  'green',
  'blue',
  'dog',
  'kite',
  'on',
  'beach',
  'with',
  'two',
  'old',
  'trees',
] as const;

const SIZE = 4;
const SIDE = 8;
const NEVER: ReadonlySet<string> = new Set(['<s>', '<pad>', '<unk>', '?']);

/** Numbers from -1 to 1 that are the same each time (Lehmer's generator). */
function numbers(count: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return Math.fround((state / 2_147_483_647) * 2 - 1);
  });
}

const WORDS = FLORENCE_VOCABULARY.length;

/** Vectors of the tokens, [words, 4]; the last number counts tokens. */
export const FLORENCE_TOKENS: readonly number[] = numbers(WORDS * SIZE, 7).map((value, at) =>
  at % SIZE === 3 ? 1 : value,
);
/** Colour to the visual token, [3, 4]. */
export const FLORENCE_EYE: readonly number[] = numbers(3 * SIZE, 11);
/** State to scores, [4, words]: the more was said, the likelier the end. */
export const FLORENCE_HEAD: readonly number[] = numbers(SIZE * WORDS, 13).map((value, at) => {
  const [row, token] = [Math.floor(at / WORDS), at % WORDS];
  return row === 3 ? (FLORENCE_VOCABULARY[token] === '</s>' ? 1 : 0) : 2 * value;
});
export const FLORENCE_BIAS: readonly number[] = FLORENCE_VOCABULARY.map((word) =>
  word === '</s>' ? -12 : NEVER.has(word) ? -99 : 0,
);

/** Writes it; it is described in `config.json` as the published one is. */
export async function writeTinyFlorence(folder: string, config: object = {}): Promise<string> {
  const special = FLORENCE_VOCABULARY.slice(0, 4);
  const token = (content: string, id: number): object => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  });
  const part = (id: string): object => ({ SpecialToken: { id, type_id: 0 } });
  const named = (id: '<s>' | '</s>'): object => ({ id, ids: [FLORENCE_VOCABULARY.indexOf(id)], tokens: [id] });
  return writeFolder(folder, {
    'config.json': { model_type: 'florence2', text_config: { model_type: 'florence2_language', ...config } },
    'preprocessor_config.json': {
      image_processor_type: 'CLIPImageProcessor',
      do_resize: true,
      do_center_crop: false,
      do_rescale: true,
      do_normalize: true,
      size: { height: SIDE, width: SIDE },
      crop_size: { height: SIDE, width: SIDE },
      resample: 3,
      rescale_factor: 1 / 255,
      image_mean: [0.5, 0.5, 0.5],
      image_std: [0.5, 0.5, 0.5],
    },
    'tokenizer.json': {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: special.map(token),
      normalizer: {
        type: 'BertNormalizer',
        clean_text: true,
        handle_chinese_chars: true,
        strip_accents: null,
        lowercase: true,
      },
      pre_tokenizer: { type: 'BertPreTokenizer' },
      post_processor: {
        type: 'TemplateProcessing',
        single: [part('<s>'), { Sequence: { id: 'A', type_id: 0 } }, part('</s>')],
        pair: [],
        special_tokens: { '<s>': named('<s>'), '</s>': named('</s>') },
      },
      decoder: { type: 'WordPiece', prefix: '##', cleanup: false },
      model: {
        type: 'WordPiece',
        unk_token: '<unk>',
        continuing_subword_prefix: '##',
        max_input_chars_per_word: 100,
        vocab: Object.fromEntries(FLORENCE_VOCABULARY.map((word, id) => [word, id])),
      },
    },
    'tokenizer_config.json': {
      tokenizer_class: 'BartTokenizer',
      unk_token: '<unk>',
      pad_token: '<pad>',
      eos_token: '</s>',
    },
    'onnx/vision_encoder.onnx': visionEncoder(),
    'onnx/embed_tokens.onnx': onnxModel({
      inputs: [{ name: 'input_ids', type: 'int64', shape: ['batch', 'length'] }],
      outputs: [{ name: 'inputs_embeds', type: 'float32', shape: ['batch', 'length', SIZE] }],
      nodes: [{ op: 'Gather', inputs: ['tokens', 'input_ids'], outputs: ['inputs_embeds'] }],
      initializers: [float('tokens', [WORDS, SIZE], FLORENCE_TOKENS)],
    }),
    'onnx/encoder_model.onnx': onnxModel({
      inputs: [
        { name: 'attention_mask', type: 'int64', shape: ['batch', 'length'] },
        { name: 'inputs_embeds', type: 'float32', shape: ['batch', 'length', SIZE] },
      ],
      outputs: [{ name: 'last_hidden_state', type: 'float32', shape: ['batch', 'length', SIZE] }],
      nodes: [{ op: 'Mul', inputs: ['inputs_embeds', 'two'], outputs: ['last_hidden_state'] }],
      initializers: [float('two', [1], [2])],
    }),
    'onnx/decoder_model_merged.onnx': mergedDecoder(),
  });
}

function visionEncoder(): Buffer {
  return onnxModel({
    inputs: [{ name: 'pixel_values', type: 'float32', shape: ['batch', 3, SIDE, SIDE] }],
    outputs: [{ name: 'image_features', type: 'float32', shape: ['batch', 1, SIZE] }],
    nodes: [
      { op: 'GlobalAveragePool', inputs: ['pixel_values'], outputs: ['pooled'] },
      { op: 'Flatten', inputs: ['pooled'], outputs: ['color'] },
      { op: 'MatMul', inputs: ['color', 'eye'], outputs: ['seen'] },
      { op: 'Reshape', inputs: ['seen', 'one_token'], outputs: ['image_features'] },
    ],
    initializers: [float('eye', [3, SIZE], FLORENCE_EYE), whole('one_token', [0, 1, SIZE])],
  });
}

function mergedDecoder(): Buffer {
  const past = (name: string) => ({ name, type: 'float32' as const, shape: ['batch', 1, `${name} length`, SIZE] });
  const names = ['decoder.key', 'decoder.value', 'encoder.key', 'encoder.value'];
  const sum = (input: string, output: string): NodeSpec => ({
    op: 'ReduceSum',
    inputs: [input, 'positions'],
    outputs: [output],
    attributes: { keepdims: 1 },
  });
  const join = (inputs: readonly string[], output: string): NodeSpec => ({
    op: 'Concat',
    inputs,
    outputs: [output],
    attributes: { axis: 2 },
  });
  const times = (a: string, b: string, output: string): NodeSpec => ({ op: 'Mul', inputs: [a, b], outputs: [output] });
  const add = (a: string, b: string, output: string): NodeSpec => ({ op: 'Add', inputs: [a, b], outputs: [output] });
  return onnxModel({
    inputs: [
      { name: 'encoder_attention_mask', type: 'int64', shape: ['batch', 'encoder length'] },
      { name: 'encoder_hidden_states', type: 'float32', shape: ['batch', 'encoder length', SIZE] },
      { name: 'inputs_embeds', type: 'float32', shape: ['batch', 'length', SIZE] },
      ...names.map((name) => past(`past_key_values.0.${name}`)),
      { name: 'use_cache_branch', type: 'bool', shape: [1] },
    ],
    outputs: [
      { name: 'logits', type: 'float32', shape: ['batch', 'length', WORDS] },
      ...names.map((name) => past(`present.0.${name}`)),
    ],
    nodes: [
      { op: 'Reshape', inputs: ['inputs_embeds', 'as_heads'], outputs: ['key'] },
      times('key', 'two', 'value'),
      join(['past_key_values.0.decoder.key', 'key'], 'present.0.decoder.key'),
      join(['past_key_values.0.decoder.value', 'value'], 'present.0.decoder.value'),
      { op: 'Cast', inputs: ['use_cache_branch'], outputs: ['cached'], attributes: { to: 1 } },
      { op: 'Sub', inputs: ['one', 'cached'], outputs: ['is_first'] },
      { op: 'Reshape', inputs: ['encoder_hidden_states', 'as_heads'], outputs: ['encoded'] },
      times('encoded', 'is_first', 'present.0.encoder.key'),
      times('encoded', 'is_first', 'present.0.encoder.value'),
      // A sum over nothing is none: with a row of zeroes it is.
      join(['past_key_values.0.encoder.key', 'nothing'], 'remembered'),
      sum('remembered', 'remembered_sum'),
      sum('present.0.encoder.key', 'encoded_sum'),
      add('remembered_sum', 'encoded_sum', 'encoder_sum'),
      sum('present.0.decoder.key', 'key_sum'),
      sum('present.0.decoder.value', 'value_sum'),
      times('encoder_sum', 'tenth', 'of_encoder'),
      times('key_sum', 'half', 'of_keys'),
      times('value_sum', 'quarter', 'of_values'),
      times('key', 'last', 'of_last'),
      add('of_encoder', 'of_keys', 'with_keys'),
      add('with_keys', 'of_values', 'with_values'),
      add('with_values', 'of_last', 'heads'),
      { op: 'Reshape', inputs: ['heads', 'as_tokens'], outputs: ['state'] },
      { op: 'MatMul', inputs: ['state', 'head'], outputs: ['scores'] },
      add('scores', 'bias', 'logits'),
    ],
    initializers: [
      whole('as_heads', [1, 1, -1, SIZE]),
      whole('as_tokens', [1, -1, SIZE]),
      whole('positions', [2]),
      float('nothing', [1, 1, 1, SIZE], [0, 0, 0, 0]),
      float('one', [1], [1]),
      float('two', [1], [2]),
      float('tenth', [1], [0.1]),
      float('half', [1], [0.5]),
      float('quarter', [1], [0.25]),
      float('last', [1], [1.5]),
      float('head', [SIZE, WORDS], FLORENCE_HEAD),
      float('bias', [WORDS], FLORENCE_BIAS),
    ],
  });
}
