/**
 * A tiny PP-OCR with meaning: what is not white is text, and along a line red reads "中", blue "文", black "x". Inputs,
 * outputs, names of files and dictionary are those of the real ones.
 *
 * @module
 */
import { onnxModel } from './onnx-writer.ts';
import type { ModelSpec } from './onnx-writer.ts';
import { writeFolder } from './tiny-models.ts';

const DYNAMIC = ['batch', 3, 'height', 'width'] as const;

/** 1 − brightness, steep: [1, 3, H, W] → [1, 1, H, W]. */
const DETECTION: ModelSpec = {
  inputs: [{ name: 'x', type: 'float32', shape: DYNAMIC }],
  outputs: [{ name: 'sigmoid_0.tmp_0', type: 'float32', shape: ['batch', 1, 'height', 'width'] }],
  nodes: [
    { op: 'Conv', inputs: ['x', 'weight', 'bias'], outputs: ['dark'], attributes: { kernel_shape: [1, 1] } },
    { op: 'Sigmoid', inputs: ['dark'], outputs: ['sigmoid_0.tmp_0'] },
  ],
  initializers: [
    // White is (2.25, 2.43, 2.64) after normalising.
    { name: 'weight', type: 'float32', dims: [1, 3, 1, 1], data: [-8, -8, -8] },
    { name: 'bias', type: 'float32', dims: [1], data: [8 * 6.5] },
  ],
};

/** Each strip of 4 columns votes for a class by its colour: [1, 3, 48, W] → [1, W / 4, classes]. */
function recognition(classes: readonly (readonly [number, number, number, number])[]): ModelSpec {
  return {
    inputs: [{ name: 'x', type: 'float32', shape: ['batch', 3, 48, 'width'] }],
    outputs: [{ name: 'softmax_0.tmp_0', type: 'float32', shape: ['batch', 'steps', classes.length] }],
    nodes: [
      // Above and below the text there is paper: of three bands the middle one counts.
      { op: 'AveragePool', inputs: ['x'], outputs: ['bands'], attributes: { kernel_shape: [16, 4], strides: [16, 4] } },
      { op: 'Slice', inputs: ['bands', 'one', 'two', 'axis'], outputs: ['pooled'] },
      { op: 'Conv', inputs: ['pooled', 'weight', 'bias'], outputs: ['votes'], attributes: { kernel_shape: [1, 1] } },
      { op: 'Squeeze', inputs: ['votes', 'axis'], outputs: ['flat'] },
      { op: 'Transpose', inputs: ['flat'], outputs: ['steps'], attributes: { perm: [0, 2, 1] } },
      { op: 'Softmax', inputs: ['steps'], outputs: ['softmax_0.tmp_0'], attributes: { axis: 2 } },
    ],
    initializers: [
      {
        name: 'weight',
        type: 'float32',
        dims: [classes.length, 3, 1, 1],
        data: classes.flatMap(([b, g, r]) => [b, g, r]),
      },
      { name: 'bias', type: 'float32', dims: [classes.length], data: classes.map(([, , , bias]) => bias) },
      { name: 'axis', type: 'int64', dims: [1], data: [2] },
      { name: 'one', type: 'int64', dims: [1], data: [1] },
      { name: 'two', type: 'int64', dims: [1], data: [2] },
    ],
  };
}

/** Weights of B, G, R in [-1, 1], and bias: blank for white and for padding, then the dictionary, then the space. */
const CLASSES = [
  [4, 4, 4, 4],
  [-8, -8, 8, -6],
  [8, -8, -8, -6],
  [-8, -8, -8, -14],
  [0, 0, 0, -40],
] as const;

/** @param dictionary What stands for red, blue and black. */
export function writeTinyPpocr(folder: string, dictionary = '中\n文\nx\n'): Promise<string> {
  return writeFolder(folder, {
    'tiny_det_infer.onnx': onnxModel(DETECTION),
    'tiny_rec_infer.onnx': onnxModel(recognition(CLASSES)),
    'tiny_dict.txt': dictionary,
  });
}
