/**
 * Tiny models of faces with meaning: a cell of 8 × 8 pixels that is red is a face, and a face's vector is the mean colour of
 * what is cut out around it. Names and shapes of inputs and outputs are those of YuNet and SFace.
 *
 * @module
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onnxModel } from './onnx-writer.ts';
import type { InitializerSpec, NodeSpec } from './onnx-writer.ts';

export const TINY_SIDE = 64;

/** Of a face whose cell begins at (0, 0), in pixels: a box of 24 around the cell's middle, and its five points. */
export const TINY_FACE = { box: [-8, -8, 16, 16], points: [0, 2, 8, 2, 4, 5, 1, 9, 7, 9] } as const;

/** What each output of a grid is: how many numbers a cell, weights of B, G and R, and biases. */
function heads(stride: number) {
  const isFinest = stride === 8;
  const score = { weights: isFinest ? [-0.1, -0.1, 0.1] : [0, 0, 0], biases: [isFinest ? -10 : -30], sigmoid: true };
  const fixed = (biases: readonly number[]) => ({ weights: biases.flatMap(() => [0, 0, 0]), biases, sigmoid: false });
  return {
    cls: score,
    obj: score,
    bbox: fixed([0.5, 0.5, Math.log(3), Math.log(3)]),
    kps: fixed(TINY_FACE.points.map((value) => value / 8)),
  };
}

/** Writes `<folder>/yunet.onnx`; returns the folder. */
export async function writeTinyYunet(folder: string): Promise<string> {
  const nodes: NodeSpec[] = [];
  const initializers: InitializerSpec[] = [];
  const outputs: { name: string; type: 'float32'; shape: number[] }[] = [];
  for (const stride of [8, 16, 32]) {
    const cells = (TINY_SIDE / stride) ** 2;
    const square = [stride, stride];
    const pooling = { kernel_shape: square, strides: square };
    nodes.push({ op: 'AveragePool', inputs: ['input'], outputs: [`cells_${stride}`], attributes: pooling });
    for (const [head, { weights, biases, sigmoid }] of Object.entries(heads(stride))) {
      const name = `${head}_${stride}`;
      const width = biases.length;
      initializers.push(
        { name: `${name}_w`, type: 'float32', dims: [width, 3, 1, 1], data: weights },
        { name: `${name}_b`, type: 'float32', dims: [width], data: biases },
        { name: `${name}_s`, type: 'int64', dims: [3], data: [1, cells, width] },
      );
      const conv = [`cells_${stride}`, `${name}_w`, `${name}_b`];
      nodes.push({ op: 'Conv', inputs: conv, outputs: [`${name}_c`], attributes: { kernel_shape: [1, 1] } });
      nodes.push({ op: sigmoid ? 'Sigmoid' : 'Identity', inputs: [`${name}_c`], outputs: [`${name}_a`] });
      nodes.push({
        op: 'Transpose',
        inputs: [`${name}_a`],
        outputs: [`${name}_t`],
        attributes: { perm: [0, 2, 3, 1] },
      });
      nodes.push({ op: 'Reshape', inputs: [`${name}_t`, `${name}_s`], outputs: [name] });
      outputs.push({ name, type: 'float32', shape: [1, cells, width] });
    }
  }
  const input = { name: 'input', type: 'float32' as const, shape: [1, 3, TINY_SIDE, TINY_SIDE] };
  return write(folder, 'yunet.onnx', onnxModel({ inputs: [input], outputs, nodes, initializers }));
}

/** Writes `<folder>/sface.onnx`, whose vectors have three numbers; returns the folder. */
export async function writeTinySface(folder: string): Promise<string> {
  const model = onnxModel({
    inputs: [{ name: 'data', type: 'float32', shape: [1, 3, 112, 112] }],
    outputs: [{ name: 'fc1', type: 'float32', shape: [1, 3] }],
    nodes: [
      { op: 'GlobalAveragePool', inputs: ['data'], outputs: ['pooled'] },
      { op: 'Flatten', inputs: ['pooled'], outputs: ['fc1'] },
    ],
    initializers: [],
  });
  return write(folder, 'sface.onnx', model);
}

async function write(folder: string, name: string, bytes: Buffer): Promise<string> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), bytes);
  return folder;
}
