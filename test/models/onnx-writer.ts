/**
 * Writes ONNX models by hand, so that tests have models of their own: ModelProto by its field numbers
 * (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). Deliberately independent of `src/models/protobuf.ts`.
 *
 * @module
 */

type ElementType = 'float32' | 'uint8' | 'int8' | 'int32' | 'int64' | 'bool';

const ELEMENT: Readonly<Record<ElementType, number>> = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9 };

/** A graph's input or output; a text in the shape is an open size with a name. */
interface ValueSpec {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly (number | string)[];
}

export interface InitializerSpec {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly data: ArrayLike<number>;
  /** Keeps 8-bit values as varints in `int32_data`, as some exporters do, instead of `raw_data`. */
  readonly packed?: boolean;
}

export interface NodeSpec {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Whole numbers and lists of them, non-negative. */
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>;
}

export interface ModelSpec {
  readonly inputs: readonly ValueSpec[];
  readonly outputs: readonly ValueSpec[];
  readonly nodes: readonly NodeSpec[];
  readonly initializers: readonly InitializerSpec[];
}

/** The bytes of a model: IR 8, opset 13. */
export function onnxModel({ inputs, outputs, nodes, initializers }: ModelSpec): Buffer {
  const graph = Buffer.concat([
    ...nodes.map((node) => message(1, nodeProto(node))),
    text(2, 'tiny'),
    ...initializers.map((tensor) => message(5, tensorProto(tensor))),
    ...inputs.map((value) => message(11, valueInfo(value))),
    ...outputs.map((value) => message(12, valueInfo(value))),
  ]);
  return Buffer.concat([number(1, 8), text(2, 'fovea tests'), message(7, graph), message(8, number(2, 13))]);
}

function nodeProto({ op, inputs, outputs, attributes = {} }: NodeSpec): Buffer {
  return Buffer.concat([
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(4, op),
    ...Object.entries(attributes).map(([name, value]) =>
      message(
        5,
        typeof value === 'number'
          ? Buffer.concat([text(1, name), number(3, value), number(20, 2)])
          : Buffer.concat([text(1, name), ...value.map((item) => number(8, item)), number(20, 7)]),
      ),
    ),
  ]);
}

/** A constant of a graph. */
export const float = (name: string, dims: readonly number[], data: readonly number[]): InitializerSpec => ({
  name,
  type: 'float32',
  dims,
  data,
});
/** A list of whole numbers, as shapes and axes are. */
export const whole = (name: string, data: readonly number[]): InitializerSpec => ({
  name,
  type: 'int64',
  dims: [data.length],
  data,
});

function tensorProto({ name, type, dims, data, packed }: InitializerSpec): Buffer {
  const content =
    packed === true
      ? message(5, Buffer.concat(Array.from(data, (value) => varint(value))))
      : message(9, rawData(type, data));
  return Buffer.concat([...dims.map((size) => number(1, size)), number(2, ELEMENT[type]), text(8, name), content]);
}

function rawData(type: ElementType, data: ArrayLike<number>): Buffer {
  if (type === 'float32') return Buffer.from(Float32Array.from(data).buffer);
  if (type === 'int64') return Buffer.from(BigInt64Array.from(Array.from(data, BigInt)).buffer);
  if (type === 'int32') return Buffer.from(Int32Array.from(data).buffer);
  return Buffer.from(type === 'int8' ? Int8Array.from(data).buffer : Uint8Array.from(data).buffer);
}

function valueInfo({ name, type, shape }: ValueSpec): Buffer {
  const dims = shape.map((size) => message(1, typeof size === 'number' ? number(1, size) : text(2, size)));
  const tensor = Buffer.concat([number(1, ELEMENT[type]), message(2, Buffer.concat(dims))]);
  return Buffer.concat([text(1, name), message(2, message(1, tensor))]);
}

function number(field: number, value: number): Buffer {
  return Buffer.concat([varint(field * 8), varint(value)]);
}

function text(field: number, value: string): Buffer {
  return message(field, Buffer.from(value));
}

function message(field: number, content: Buffer): Buffer {
  return Buffer.concat([varint(field * 8 + 2), varint(content.length), content]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}
