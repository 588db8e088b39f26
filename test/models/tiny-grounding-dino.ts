/**
 * A tiny Grounding DINO with the inputs and outputs of the published export, whose arithmetic can be done by hand.
 *
 *     logits[query, position] = colour of the query · vector of the token at that position      0 or 8, less 4
 *     query 0 sees the mean colour of the left half, query 1 that of the right half, in boxes a little smaller than these
 *
 * So "red" (pieces "r", "##ed") finds the half of a picture that is red, whatever else is asked for in the same pass.
 *
 * @module
 */
import { float, onnxModel, whole } from './onnx-writer.ts';
import { bertTokenizerJson, writeFolder } from './tiny-models.ts';

export const GROUNDING_VOCABULARY = [
  '[PAD]',
  '[UNK]',
  '[CLS]',
  '[SEP]',
  '.',
  'r',
  '##ed',
  'green',
  'blue',
  'thing',
  't',
  '-',
  'shirt',
  ...'abcdefgh',
] as const;

/** Sides of the picture that it takes. */
const SIDE = 32;
/** Room for `[CLS] … [SEP]`. */
const MAX_TEXT = 12;
const SEEN: Readonly<Record<string, readonly number[]>> = { '##ed': [8, 0, 0], green: [0, 8, 0], blue: [0, 0, 8] };

/** Writes it below `folder`. */
export async function writeTinyGroundingDino(folder: string, files: Record<string, object> = {}): Promise<string> {
  return writeFolder(folder, {
    'config.json': { model_type: 'grounding-dino', max_text_len: MAX_TEXT, num_queries: 2 },
    'preprocessor_config.json': {
      image_processor_type: 'GroundingDinoImageProcessor',
      do_resize: true,
      do_rescale: true,
      do_normalize: true,
      do_pad: true,
      size: { height: SIDE, width: SIDE },
      resample: 2,
      rescale_factor: 1 / 255,
      image_mean: [0, 0, 0],
      image_std: [1, 1, 1],
    },
    'tokenizer.json': bertTokenizerJson(GROUNDING_VOCABULARY),
    'onnx/model.onnx': graph(),
    ...files,
  });
}

function graph(): Buffer {
  const text = ['input_ids', 'token_type_ids', 'attention_mask'].map((name) => ({
    name,
    type: 'int64' as const,
    shape: [1, 'sequence_length'],
  }));
  return onnxModel({
    inputs: [
      { name: 'pixel_values', type: 'float32', shape: [1, 3, SIDE, SIDE] },
      ...text,
      { name: 'pixel_mask', type: 'int64', shape: [1, SIDE, SIDE] },
    ],
    outputs: [
      { name: 'logits', type: 'float32', shape: [1, 2, 'positions'] },
      { name: 'pred_boxes', type: 'float32', shape: [1, 2, 4] },
    ],
    nodes: [
      // What is masked is not seen: [1,3,32,32] · [1,32,32] → two halves → mean colours [2,3].
      { op: 'Cast', inputs: ['pixel_mask'], outputs: ['mask'], attributes: { to: 1 } },
      { op: 'Mul', inputs: ['pixel_values', 'mask'], outputs: ['seen'] },
      { op: 'Reshape', inputs: ['seen', 'halves'], outputs: ['split'] },
      { op: 'ReduceMean', inputs: ['split'], outputs: ['means'], attributes: { axes: [0, 2, 4], keepdims: 0 } },
      { op: 'Transpose', inputs: ['means'], outputs: ['colors'], attributes: { perm: [1, 0] } },
      // The vectors of the tokens that are attended to, [3, length].
      { op: 'Gather', inputs: ['table', 'input_ids'], outputs: ['vectors'] },
      { op: 'Cast', inputs: ['attention_mask'], outputs: ['attended'], attributes: { to: 1 } },
      { op: 'Reshape', inputs: ['attended', 'column'], outputs: ['weights'] },
      { op: 'Reshape', inputs: ['vectors', 'rows'], outputs: ['tokens'] },
      { op: 'Mul', inputs: ['tokens', 'weights'], outputs: ['words'] },
      { op: 'Transpose', inputs: ['words'], outputs: ['across'], attributes: { perm: [1, 0] } },
      { op: 'MatMul', inputs: ['colors', 'across'], outputs: ['answers'] },
      { op: 'Sub', inputs: ['answers', 'four'], outputs: ['less'] },
      { op: 'Reshape', inputs: ['less', 'one_picture'], outputs: ['scores'] },
      // Filled up with what no sigmoid sees, as the model is to its longest text.
      { op: 'Concat', inputs: ['scores', 'nothing'], outputs: ['logits'], attributes: { axis: 2 } },
      { op: 'Identity', inputs: ['places'], outputs: ['pred_boxes'] },
    ],
    initializers: [
      whole('halves', [1, 3, SIDE, 2, SIDE / 2]),
      whole('column', [-1, 1]),
      whole('rows', [-1, 3]),
      whole('one_picture', [1, 2, -1]),
      float('four', [1], [4]),
      float(
        'table',
        [GROUNDING_VOCABULARY.length, 3],
        GROUNDING_VOCABULARY.flatMap((token) => [...(SEEN[token] ?? [0, 0, 0])]),
      ),
      float('nothing', [1, 2, 3], [-99, -99, -99, -99, -99, -99]),
      float('places', [1, 2, 4], [0.25, 0.5, 0.4375, 0.9375, 0.75, 0.5, 0.4375, 0.9375]),
    ],
  });
}
