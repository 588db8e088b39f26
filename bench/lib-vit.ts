/**
 * A picture tower of the size of CLIP ViT-B/32 with random signed 8-bit weights, laid out as a model folder: what counts
 * for speed is the shape of the work, not what it finds.
 *
 *     [N,3,224,224] → patches 32 × 32 → 49 tokens + 1 → 12 × (attention of 12 heads, MLP 768 → 3072 → 768) → [N,512]
 *
 * Products with weights are dynamically quantised (per tensor), the rest is float32, as in the hub's 8-bit exports.
 * Dosovitskiy et al., "An Image is Worth 16x16 Words", ICLR 2021; sizes of Radford et al., ICML 2021.
 *
 * @module
 */
import { onnxModel } from '../test/models/onnx-writer.ts';
import type { InitializerSpec, NodeSpec } from '../test/models/onnx-writer.ts';
import { writeTinyClip } from '../test/models/tiny-models.ts';

const SIDE = 224;
const PATCH = 32;
const WIDTH = 768;
const HEADS = 12;
const LAYERS = 12;
const TOKENS = (SIDE / PATCH) ** 2 + 1;
const DIMENSION = 512;

/** `int8`: as in the hub's 8-bit exports. */
type Precision = 'int8' | 'fp32';

/** Writes the folder of the model; its words are of no use. */
export async function writeRandomVit(folder: string, precision: Precision = 'int8'): Promise<string> {
  return writeTinyClip(folder, {
    files: {
      'config.json': { model_type: 'clip', projection_dim: DIMENSION },
      'preprocessor_config.json': {
        image_processor_type: 'CLIPImageProcessor',
        do_resize: true,
        size: { shortest_edge: SIDE },
        do_center_crop: true,
        crop_size: { height: SIDE, width: SIDE },
        resample: 3,
        do_rescale: true,
        rescale_factor: 1 / 255,
        do_normalize: true,
        image_mean: [0.481, 0.458, 0.408],
        image_std: [0.269, 0.261, 0.276],
      },
      'onnx/vision_model.onnx': visionTower(precision),
    },
  });
}

function visionTower(precision: Precision): Buffer {
  const build = new Builder(precision);
  build.weights('patch', [WIDTH, 3, PATCH, PATCH], 0.02);
  const grid = build.add('Conv', ['pixel_values', 'patch'], { kernel_shape: [PATCH, PATCH], strides: [PATCH, PATCH] });
  const flat = build.reshape(grid, [0, WIDTH, TOKENS - 1]);
  const patches = build.add('Transpose', [flat], { perm: [0, 2, 1] });
  const summary = build.add('ReduceMean', [patches], { axes: [1], keepdims: 1 });
  let tokens = build.add('Concat', [summary, patches], { axis: 1 });
  for (let layer = 0; layer < LAYERS; layer++) {
    tokens = build.add('Add', [tokens, attention(build, build.layerNorm(tokens))]);
    tokens = build.add('Add', [tokens, perceptron(build, build.layerNorm(tokens))]);
  }
  const pooled = build.add('ReduceMean', [build.layerNorm(tokens)], { axes: [1], keepdims: 0 });
  build.weights('projection', [WIDTH, DIMENSION], 0.05);
  build.nodes.push({ op: 'MatMul', inputs: [pooled, 'projection'], outputs: ['image_embeds'] });
  return onnxModel({
    inputs: [{ name: 'pixel_values', type: 'float32', shape: ['batch', 3, SIDE, SIDE] }],
    outputs: [{ name: 'image_embeds', type: 'float32', shape: ['batch', DIMENSION] }],
    nodes: build.nodes,
    initializers: build.initializers,
  });
}

function attention(build: Builder, input: string): string {
  const size = WIDTH / HEADS;
  const quantised = build.quantise(input);
  const heads = (perm: readonly number[]): string =>
    build.add('Transpose', [build.reshape(build.product(quantised, WIDTH, WIDTH), [0, TOKENS, HEADS, size])], { perm });
  const [query, key, value] = [heads([0, 2, 1, 3]), heads([0, 2, 3, 1]), heads([0, 2, 1, 3])];
  const scores = build.add('Mul', [build.add('MatMul', [query, key]), build.scalar(1 / Math.sqrt(size))]);
  const mixed = build.add('MatMul', [build.add('Softmax', [scores], { axis: 3 }), value]);
  const joined = build.reshape(build.add('Transpose', [mixed], { perm: [0, 2, 1, 3] }), [0, TOKENS, WIDTH]);
  return build.product(build.quantise(joined), WIDTH, WIDTH);
}

function perceptron(build: Builder, input: string): string {
  const hidden = build.product(build.quantise(input), WIDTH, 4 * WIDTH);
  const gate = build.add('Sigmoid', [build.add('Mul', [hidden, build.scalar(1.702)])]);
  return build.product(build.quantise(build.add('Mul', [hidden, gate])), 4 * WIDTH, WIDTH);
}

interface Quantised {
  readonly values: string;
  readonly scale: string;
  readonly zero: string;
}

class Builder {
  readonly nodes: NodeSpec[] = [];
  readonly initializers: InitializerSpec[] = [];
  #count = 0;
  /** Of a linear congruential generator, so that every run has the same weights. */
  #seed = 1;
  readonly #precision: Precision;

  constructor(precision: Precision) {
    this.#precision = precision;
  }

  add(op: string, inputs: readonly string[], attributes: NodeSpec['attributes'] = {}): string {
    const output = this.#name();
    this.nodes.push({ op, inputs, outputs: [output], attributes });
    return output;
  }

  reshape(input: string, shape: readonly number[]): string {
    const name = this.#name();
    this.initializers.push({ name, type: 'int64', dims: [shape.length], data: shape });
    return this.add('Reshape', [input, name]);
  }

  scalar(value: number): string {
    const name = this.#name();
    this.initializers.push({ name, type: 'float32', dims: [], data: [value] });
    return name;
  }

  weights(name: string, dims: readonly number[], spread: number): void {
    const data = Float32Array.from({ length: product(dims) }, () => spread * (this.#random() - 0.5));
    this.initializers.push({ name, type: 'float32', dims, data });
  }

  /** Over the last of three axes, scale 1. */
  layerNorm(input: string): string {
    const axes = { axes: [2], keepdims: 1 };
    const centred = this.add('Sub', [input, this.add('ReduceMean', [input], axes)]);
    const variance = this.add('ReduceMean', [this.add('Mul', [centred, centred])], axes);
    return this.add('Div', [centred, this.add('Sqrt', [this.add('Add', [variance, this.scalar(1e-5)])])]);
  }

  quantise(input: string): Quantised {
    if (this.#precision === 'fp32') return { values: input, scale: '', zero: '' };
    const [values, scale, zero] = [this.#name(), this.#name(), this.#name()];
    this.nodes.push({ op: 'DynamicQuantizeLinear', inputs: [input], outputs: [values, scale, zero] });
    return { values, scale, zero };
  }

  /** Times random signed weights [rows, columns], plus a bias. */
  product({ values, scale, zero }: Quantised, rows: number, columns: number): string {
    const weights = this.#name();
    if (this.#precision === 'fp32') return this.#floatProduct(values, weights, rows, columns);
    const data = Int8Array.from({ length: rows * columns }, () => 200 * (this.#random() - 0.5));
    this.initializers.push({ name: weights, type: 'int8', dims: [rows, columns], data });
    const whole = this.add('Cast', [this.add('MatMulInteger', [values, weights, zero])], { to: 1 });
    const bias = this.#name();
    this.weights(bias, [columns], 0.1);
    const factor = this.add('Mul', [scale, this.scalar(0.0005)]);
    return this.add('Add', [this.add('Mul', [whole, factor]), bias]);
  }

  #floatProduct(values: string, weights: string, rows: number, columns: number): string {
    this.weights(weights, [rows, columns], 0.1);
    const bias = this.#name();
    this.weights(bias, [columns], 0.1);
    return this.add('Add', [this.add('MatMul', [values, weights]), bias]);
  }

  #name(): string {
    return `n${this.#count++}`;
  }

  #random(): number {
    this.#seed = (this.#seed * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return this.#seed / 2 ** 32;
  }
}

const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1);
