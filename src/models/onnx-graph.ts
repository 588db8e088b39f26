/**
 * Field numbers of ONNX messages, and what can be read of a model without loading it.
 *
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 *
 * @module
 */
import { fields, textOf } from './protobuf.ts';
import type { Field } from './protobuf.ts';

export const MODEL = { graph: 7 } as const;
export const GRAPH = { node: 1, initializer: 5, input: 11, output: 12, valueInfo: 13 } as const;
export const NODE = { input: 1, output: 2, opType: 4, attribute: 5 } as const;
export const ATTRIBUTE = { graph: 6, graphs: 11 } as const;
export const TENSOR = { dims: 1, dataType: 2, int32Data: 5, name: 8, rawData: 9, dataLocation: 14 } as const;
const VALUE_INFO = { name: 1, type: 2 } as const;

/** Element types of tensors that we meet. */
export const ELEMENT = { uint8: 2, int8: 3 } as const;

/** A graph's input or output. */
export interface GraphValue {
  readonly name: string;
  /** Undefined where the size is open (a name, or nothing). */
  readonly shape: readonly (number | undefined)[];
}

/** Inputs and outputs of the model in `bytes`. Throws `RangeError` where that is no ONNX model. */
export function graphSignature(bytes: Uint8Array): { inputs: GraphValue[]; outputs: GraphValue[] } {
  const graph = [...fields(bytes)].find(({ number, wire }) => number === MODEL.graph && wire === 2);
  if (graph === undefined) throw new RangeError('Cannot read ONNX model: there is no graph in it');
  const initialized = new Set<string>();
  const inputs: GraphValue[] = [];
  const outputs: GraphValue[] = [];
  for (const field of fields(bytes, graph.start, graph.end)) {
    if (field.number === GRAPH.input) inputs.push(graphValue(bytes, field));
    if (field.number === GRAPH.output) outputs.push(graphValue(bytes, field));
    if (field.number === GRAPH.initializer) initialized.add(nameIn(bytes, field, TENSOR.name));
  }
  return { inputs: inputs.filter(({ name }) => !initialized.has(name)), outputs };
}

/** The text of the field `number` of a message; empty where there is none. */
export function nameIn(bytes: Uint8Array, message: Field, number: number): string {
  for (const field of fields(bytes, message.start, message.end)) {
    if (field.number === number && field.wire === 2) return textOf(bytes, field);
  }
  return '';
}

/** ValueInfo{name, type{tensor{shape{dim{value}…}}}}. */
function graphValue(bytes: Uint8Array, message: Field): GraphValue {
  const shape: (number | undefined)[] = [];
  for (const type of inside(bytes, message, VALUE_INFO.type)) {
    for (const tensor of inside(bytes, type, 1)) {
      for (const dims of inside(bytes, tensor, 2)) {
        for (const dim of inside(bytes, dims, 1)) {
          shape.push(
            [...fields(bytes, dim.start, dim.end)].find(({ number, wire }) => number === 1 && wire === 0)?.value,
          );
        }
      }
    }
  }
  return { name: nameIn(bytes, message, VALUE_INFO.name), shape };
}

function* inside(bytes: Uint8Array, message: Field, number: number): Generator<Field> {
  for (const field of fields(bytes, message.start, message.end)) {
    if (field.number === number && field.wire === 2) yield field;
  }
}
