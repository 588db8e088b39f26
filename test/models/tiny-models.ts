/**
 * Tiny models with meaning, laid out as real ones are on the hub: the picture side reads the mean colour, the text side
 * knows the words `red`, `green` and `blue`, and "red" finds the red picture. Tensor names, tokenizer files, padding and
 * preprocessing files are those of the families they stand for.
 *
 * @module
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { onnxModel } from './onnx-writer.ts';
import type { InitializerSpec, ModelSpec, NodeSpec } from './onnx-writer.ts';

/** Writes files below `folder`; objects as JSON. Returns the folder. */
export async function writeFolder(
  folder: string,
  files: Readonly<Record<string, Buffer | string | object>>,
): Promise<string> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, Buffer.isBuffer(content) || typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}

/** `green` before `red`, so that its `r e` is not merged before its `g r`. */
const WORDS = ['green', 'red', 'blue', 'a', 'photo'] as const;
/** Mean colour after (x/255 − 0.5) / 0.5, and the vectors of the words. */
const MEANING: Readonly<Record<string, readonly number[]>> = {
  red: [1, -1, -1],
  green: [-1, 1, -1],
  blue: [-1, -1, 1],
};
const NOTHING = [0, 0, 0];
/** A token that must never be fed: it would drown every word. */
const POISON = [500, 700, 900];

interface TowerSpec {
  readonly side: number;
  readonly output: string;
}

/** pixel_values → mean colour → output [N,3], three times as long as it would be with length 1. */
function visionTower({ side, output }: TowerSpec, extra: readonly NodeSpec[] = []): ModelSpec {
  return {
    inputs: [{ name: 'pixel_values', type: 'float32', shape: ['batch', 3, side, side] }],
    outputs: [
      { name: output, type: 'float32', shape: ['batch', 3] },
      ...extra.flatMap(({ outputs }) =>
        outputs.map((name) => ({ name, type: 'float32' as const, shape: ['batch', 3] })),
      ),
    ],
    nodes: [
      { op: 'GlobalAveragePool', inputs: ['pixel_values'], outputs: ['pooled'] },
      { op: 'Flatten', inputs: ['pooled'], outputs: ['color'] },
      { op: 'MatMul', inputs: ['color', 'scale'], outputs: [output] },
      ...extra,
    ],
    initializers: [{ name: 'scale', type: 'float32', dims: [3, 3], data: [3, 0, 0, 0, 3, 0, 0, 0, 3] }],
  };
}

/** input_ids → sum of the tokens' vectors → output [N,3]. */
function textTower(
  table: readonly (readonly number[])[],
  output: string,
  length: number | string,
  type: 'int64' | 'int32' = 'int64',
): ModelSpec {
  return {
    inputs: [{ name: 'input_ids', type, shape: ['batch', length] }],
    outputs: [{ name: output, type: 'float32', shape: ['batch', 3] }],
    nodes: [
      { op: 'Gather', inputs: ['table', 'input_ids'], outputs: ['vectors'] },
      { op: 'ReduceSum', inputs: ['vectors', 'tokens'], outputs: [output], attributes: { keepdims: 0 } },
    ],
    initializers: [
      { name: 'table', type: 'float32', dims: [table.length, 3], data: table.flat() },
      { name: 'tokens', type: 'int64', dims: [1], data: [1] },
    ],
  };
}

/** Ids of a vocabulary in order, and the vector of each token. */
function vectorTable(vocabulary: readonly string[], special: Readonly<Record<string, readonly number[]>>): number[][] {
  return vocabulary.map((token) => [
    ...(special[token] ?? MEANING[token.replace('</w>', '').replace('▁', '')] ?? NOTHING),
  ]);
}

const LETTERS = [...new Set(WORDS.join(''))];

/** Left to right: `r e` → `re`, `re d` → `red`. The last piece of a word carries `end`. */
function merges(words: readonly string[], end: string): { pairs: [string, string][]; pieces: string[] } {
  const pairs = new Map<string, [string, string]>();
  const pieces = new Set<string>();
  for (const word of words) {
    const letters = [...word].map((letter, index) => (index === word.length - 1 ? letter + end : letter));
    let whole = letters[0] ?? '';
    for (const letter of letters.slice(1)) {
      pairs.set(`${whole} ${letter}`, [whole, letter]);
      whole += letter;
      pieces.add(whole);
    }
  }
  return { pairs: [...pairs.values()], pieces: [...pieces] };
}

function tokenMap(vocabulary: readonly string[]): Record<string, number> {
  return Object.fromEntries(vocabulary.map((token, id) => [token, id]));
}

function addedToken(content: string, id: number): object {
  return { id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
}

const BPE = { type: 'BPE', dropout: null, continuing_subword_prefix: '', fuse_unk: false };

export interface TinyClipOptions {
  /** Type of `input_ids`. */
  readonly idType?: 'int64' | 'int32';
  /** Fixes the length of texts in the graph. */
  readonly textLength?: number;
  /** Extra or replaced files. */
  readonly files?: Readonly<Record<string, Buffer | string | object>>;
}

/** A CLIP: byte-level BPE with `</w>`, start and end tokens, padded with the end token; 16 pixels, centre crop of 12. */
export async function writeTinyClip(folder: string, options: TinyClipOptions = {}): Promise<string> {
  const { pairs, pieces } = merges(WORDS, '</w>');
  const vocabulary = ['!', ...LETTERS, ...LETTERS.map((letter) => `${letter}</w>`)];
  for (const piece of pieces) if (!vocabulary.includes(piece)) vocabulary.push(piece);
  const start = vocabulary.push('<|startoftext|>') - 1;
  const end = vocabulary.push('<|endoftext|>') - 1;
  const table = vectorTable(vocabulary, { '!': POISON });
  return writeFolder(folder, {
    'config.json': {
      model_type: 'clip',
      projection_dim: 3,
      text_config: { max_position_embeddings: 77, eos_token_id: end, pad_token_id: end },
    },
    'preprocessor_config.json': preprocessor({
      image_processor_type: 'CLIPImageProcessor',
      size: { shortest_edge: 16 },
      do_center_crop: true,
      crop_size: { height: 12, width: 12 },
      resample: 3,
    }),
    'tokenizer.json': {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: [addedToken('<|startoftext|>', start), addedToken('<|endoftext|>', end)],
      normalizer: {
        type: 'Sequence',
        normalizers: [
          { type: 'NFC' },
          { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
          { type: 'Lowercase' },
        ],
      },
      pre_tokenizer: {
        type: 'Sequence',
        pretokenizers: [
          {
            type: 'Split',
            pattern: { Regex: '[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+' },
            behavior: 'Removed',
            invert: true,
          },
          { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
        ],
      },
      post_processor: {
        type: 'RobertaProcessing',
        sep: ['<|endoftext|>', end],
        cls: ['<|startoftext|>', start],
        trim_offsets: false,
        add_prefix_space: false,
      },
      decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
      model: {
        ...BPE,
        unk_token: '<|endoftext|>',
        end_of_word_suffix: '</w>',
        vocab: tokenMap(vocabulary),
        merges: pairs,
      },
    },
    'tokenizer_config.json': {
      tokenizer_class: 'CLIPTokenizer',
      model_max_length: 77,
      bos_token: '<|startoftext|>',
      eos_token: '<|endoftext|>',
      pad_token: '<|endoftext|>',
      unk_token: '<|endoftext|>',
    },
    'onnx/vision_model.onnx': onnxModel(visionTower({ side: 12, output: 'image_embeds' })),
    'onnx/text_model.onnx': onnxModel(
      textTower(table, 'text_embeds', options.textLength ?? 'sequence', options.idType),
    ),
    ...options.files,
  });
}

/** A SigLIP 2: Gemma's BPE with byte fallback, no start token, every text 64 long, lower case only, squashed pictures. */
export async function writeTinySiglip(folder: string): Promise<string> {
  const { pairs, pieces } = merges(WORDS, '');
  for (const word of WORDS) pairs.push(['▁', word]);
  pieces.push(...WORDS.map((word) => `▁${word}`));
  const vocabulary = ['<pad>', '<eos>', '<bos>', '<unk>', '▁', ...LETTERS];
  for (const piece of pieces) if (!vocabulary.includes(piece)) vocabulary.push(piece);
  const table = vectorTable(vocabulary, { '<bos>': POISON, '<unk>': POISON });
  const hidden: NodeSpec = { op: 'Identity', inputs: ['color'], outputs: ['last_hidden_state'] };
  return writeFolder(folder, {
    'config.json': { model_type: 'siglip', vision_config: { hidden_size: 3 } },
    'preprocessor_config.json': preprocessor({
      image_processor_type: 'SiglipImageProcessor',
      size: { height: 10, width: 10 },
      resample: 2,
    }),
    'tokenizer.json': {
      version: '1.0',
      truncation: null,
      padding: {
        strategy: { Fixed: 64 },
        direction: 'Right',
        pad_to_multiple_of: null,
        pad_id: 0,
        pad_type_id: 0,
        pad_token: '<pad>',
      },
      added_tokens: ['<pad>', '<eos>', '<bos>', '<unk>'].map(addedToken),
      normalizer: { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
      pre_tokenizer: { type: 'Split', pattern: { String: ' ' }, behavior: 'MergedWithPrevious', invert: false },
      post_processor: {
        type: 'TemplateProcessing',
        single: [{ Sequence: { id: 'A', type_id: 0 } }, { SpecialToken: { id: '<eos>', type_id: 0 } }],
        pair: [],
        special_tokens: { '<eos>': { id: '<eos>', ids: [1], tokens: ['<eos>'] } },
      },
      decoder: { type: 'ByteFallback' },
      model: {
        ...BPE,
        unk_token: '<unk>',
        end_of_word_suffix: '',
        byte_fallback: true,
        vocab: tokenMap(vocabulary),
        merges: pairs,
      },
    },
    'tokenizer_config.json': {
      tokenizer_class: 'GemmaTokenizer',
      eos_token: '<eos>',
      pad_token: '<pad>',
      unk_token: '<unk>',
    },
    'onnx/vision_model.onnx': onnxModel(visionTower({ side: 10, output: 'pooler_output' }, [hidden])),
    'onnx/text_model.onnx': onnxModel(textTower(table, 'pooler_output', 64)),
  });
}

/** Words that change a vector, so that what was put before a text shows. */
const PREFIX_MEANING: Readonly<Record<string, readonly number[]>> = { query: [3, 0, 0], passage: [0, 3, 0] };

/** What a tokenizer of BERT's is written as; tokens in brackets are special. */
export function bertTokenizerJson(vocabulary: readonly string[]): object {
  const special = (id: string): object => ({ SpecialToken: { id, type_id: 0 } });
  const template = (id: string): object => ({ id, ids: [vocabulary.indexOf(id)], tokens: [id] });
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: vocabulary.flatMap((token, id) => (token.startsWith('[') ? [addedToken(token, id)] : [])),
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
      single: [special('[CLS]'), { Sequence: { id: 'A', type_id: 0 } }, special('[SEP]')],
      pair: [],
      special_tokens: { '[CLS]': template('[CLS]'), '[SEP]': template('[SEP]') },
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: tokenMap(vocabulary),
    },
  };
}

/** A BERT of colours: WordPiece, template `[CLS] … [SEP]`, last_hidden_state [N, L, 3]. The padding would drown every word. */
export async function writeTinyBert(folder: string): Promise<string> {
  const vocabulary = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', ...WORDS, 'query', 'passage', ':'];
  const table = vectorTable(vocabulary, { '[PAD]': POISON, ...PREFIX_MEANING });
  const ids = { type: 'int64' as const, shape: ['batch', 'sequence'] };
  return writeFolder(folder, {
    'config.json': { model_type: 'bert', hidden_size: 3, max_position_embeddings: 8 },
    'tokenizer.json': bertTokenizerJson(vocabulary),
    'tokenizer_config.json': { tokenizer_class: 'BertTokenizer', pad_token: '[PAD]', unk_token: '[UNK]' },
    'onnx/model.onnx': onnxModel({
      inputs: ['input_ids', 'attention_mask', 'token_type_ids'].map((name) => ({ name, ...ids })),
      outputs: [{ name: 'last_hidden_state', type: 'float32', shape: ['batch', 'sequence', 3] }],
      nodes: [{ op: 'Gather', inputs: ['table', 'input_ids'], outputs: ['last_hidden_state'] }],
      initializers: [{ name: 'table', type: 'float32', dims: [table.length, 3], data: table.flat() }],
    }),
  });
}

/** A D-FINE of 32 pixels, two candidates, three classes; candidate 0 is the left half, of the class of the mean colour. */
export async function writeTinyDfine(folder: string): Promise<string> {
  const classes = [8, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0];
  return writeFolder(folder, {
    'config.json': { model_type: 'd_fine', id2label: { 0: 'red thing', 1: 'green thing', 2: 'blue thing' } },
    'preprocessor_config.json': {
      ...preprocessor({ image_processor_type: 'RTDetrImageProcessor', size: { height: 32, width: 32 }, resample: 2 }),
      do_normalize: false,
      do_pad: false,
      image_mean: [0.485, 0.456, 0.406],
      image_std: [0.229, 0.224, 0.225],
    },
    'onnx/model.onnx': onnxModel({
      inputs: [{ name: 'pixel_values', type: 'float32', shape: ['batch', 3, 'height', 'width'] }],
      outputs: [
        { name: 'logits', type: 'float32', shape: ['batch', 2, 3] },
        { name: 'pred_boxes', type: 'float32', shape: ['batch', 2, 4] },
      ],
      ...colorHead([
        { output: 'logits', weights: classes, bias: [-4, -4, -4, -9, -9, -9], shape: [2, 3] },
        {
          output: 'pred_boxes',
          weights: Array(24).fill(0),
          bias: [0.25, 0.5, 0.5, 1, 0.5, 0.5, 0.2, 0.2],
          shape: [2, 4],
        },
      ]),
    }),
  });
}

/** Columns of a YOLOX row: x, y, w, h, objectness, 80 classes. */
const YOLOX_COLUMNS = 85;

/**
 * A YOLOX of 32 pixels in one file (16 + 4 + 1 cells). Cell (1, 1) of the first grid holds an 8×8 box around (12, 12): a
 * `dog` (class 16) as far as the picture is red, a `cat` (15) as far as it is blue.
 */
export async function writeTinyYolox(path: string): Promise<void> {
  const size = 21 * YOLOX_COLUMNS;
  const at = 5 * YOLOX_COLUMNS;
  const bias = Array.from({ length: size }, () => 0);
  bias.splice(at, 5, 0.5, 0.5, 0, 0, 1);
  const weights = Array.from({ length: 3 * size }, () => 0);
  // Rows of the weights are B, G, R; values come from 0 to 255.
  weights[at + 5 + 15] = 1 / 255;
  weights[2 * size + at + 5 + 16] = 1 / 255;
  const model = onnxModel({
    inputs: [{ name: 'images', type: 'float32', shape: [1, 3, 32, 32] }],
    outputs: [{ name: 'output', type: 'float32', shape: [1, 21, YOLOX_COLUMNS] }],
    ...colorHead([{ output: 'output', weights, bias, shape: [21, YOLOX_COLUMNS] }], 'images'),
  });
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, model);
}

interface Head {
  readonly output: string;
  /** [3, product of the shape]. */
  readonly weights: readonly number[];
  readonly bias: readonly number[];
  readonly shape: readonly number[];
}

/** Mean colour times weights plus bias, in the shape [N, …shape], for each output. */
function colorHead(heads: readonly Head[], input = 'pixel_values'): Pick<ModelSpec, 'nodes' | 'initializers'> {
  const nodes: NodeSpec[] = [
    { op: 'GlobalAveragePool', inputs: [input], outputs: ['pooled'] },
    { op: 'Flatten', inputs: ['pooled'], outputs: ['color'] },
  ];
  const initializers: InitializerSpec[] = [];
  for (const { output, weights, bias, shape } of heads) {
    nodes.push(
      { op: 'Gemm', inputs: ['color', `${output}_w`, `${output}_b`], outputs: [`${output}_flat`] },
      { op: 'Reshape', inputs: [`${output}_flat`, `${output}_shape`], outputs: [output] },
    );
    initializers.push(
      { name: `${output}_w`, type: 'float32', dims: [3, bias.length], data: weights },
      { name: `${output}_b`, type: 'float32', dims: [bias.length], data: bias },
      { name: `${output}_shape`, type: 'int64', dims: [shape.length + 1], data: [0, ...shape] },
    );
  }
  return { nodes, initializers };
}

function preprocessor(own: object): object {
  return {
    do_resize: true,
    do_rescale: true,
    rescale_factor: 1 / 255,
    do_normalize: true,
    image_mean: [0.5, 0.5, 0.5],
    image_std: [0.5, 0.5, 0.5],
    ...own,
  };
}

/**
 * A product of quantised weights, as dynamic quantisation writes it: x [N,4] → DynamicQuantizeLinear → MatMulInteger with
 * uint8 weights [4,3] → float32 [N,3]. `zero` undefined leaves the weights' zero point out.
 */
export function quantisedProduct(weights: readonly number[], zero: number | undefined, packed = false): Buffer {
  return onnxModel({
    inputs: [{ name: 'x', type: 'float32', shape: ['batch', 4] }],
    outputs: [{ name: 'y', type: 'float32', shape: ['batch', 3] }],
    nodes: [
      { op: 'DynamicQuantizeLinear', inputs: ['x'], outputs: ['x_q', 'x_scale', 'x_zero'] },
      {
        op: 'MatMulInteger',
        inputs: ['x_q', 'w', 'x_zero', ...(zero === undefined ? [] : ['w_zero'])],
        outputs: ['product'],
      },
      { op: 'Cast', inputs: ['product'], outputs: ['float'], attributes: { to: 1 } },
      { op: 'Mul', inputs: ['float', 'x_scale'], outputs: ['y'] },
    ],
    initializers: [
      { name: 'w', type: 'uint8', dims: [4, 3], data: weights, packed },
      ...(zero === undefined ? [] : [{ name: 'w_zero', type: 'uint8' as const, dims: [], data: [zero], packed }]),
    ],
  });
}

/** The picture side of `writeTinyClip` in 8 bits, as dynamic quantisation writes it; uint8 weights around 128. */
export function quantisedVisionTower(): Buffer {
  return onnxModel({
    inputs: [{ name: 'pixel_values', type: 'float32', shape: ['batch', 3, 12, 12] }],
    outputs: [{ name: 'image_embeds', type: 'float32', shape: ['batch', 3] }],
    nodes: [
      { op: 'GlobalAveragePool', inputs: ['pixel_values'], outputs: ['pooled'] },
      { op: 'Flatten', inputs: ['pooled'], outputs: ['color'] },
      { op: 'DynamicQuantizeLinear', inputs: ['color'], outputs: ['q', 'scale', 'zero'] },
      { op: 'MatMulInteger', inputs: ['q', 'w', 'zero', 'w_zero'], outputs: ['product'] },
      { op: 'Cast', inputs: ['product'], outputs: ['float'], attributes: { to: 1 } },
      { op: 'Mul', inputs: ['float', 'scale'], outputs: ['image_embeds'] },
    ],
    initializers: [
      { name: 'w', type: 'uint8', dims: [3, 3], data: [228, 128, 128, 128, 228, 128, 128, 128, 228] },
      { name: 'w_zero', type: 'uint8', dims: [], data: [128] },
    ],
  });
}
