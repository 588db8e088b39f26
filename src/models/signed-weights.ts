/**
 * Makes the unsigned 8-bit weights of matrix products signed, bit for bit the same results and twice as fast on CPUs with
 * signed dot products (VNNI, and ARM's).
 *
 *     MatMulInteger(A, B, a_zero, b_zero) = (A − a_zero) · (B − b_zero)
 *     B XOR 0x80, read as int8, is B − 128; so is b_zero XOR 0x80; their difference is unchanged
 *
 * Rewritten are B where it is an initializer that only such products read, with its zero point (missing means 0, which
 * becomes −128) and the element type of both, 2 (uint8) → 3 (int8). Everything else is copied.
 *
 * @module
 */
import { ATTRIBUTE, ELEMENT, GRAPH, MODEL, nameIn, NODE, TENSOR } from './onnx-graph.ts';
import { bytesField, concat, fields, textOf, varintField, varintsOf } from './protobuf.ts';
import type { Chunks, Field } from './protobuf.ts';

/** Names a zero point that was added because a product had none. */
const IMPLIED_ZERO = 'fovea_signed_zero';
const PRODUCT = 'MatMulInteger';

interface Node {
  readonly field: Field;
  readonly opType: string;
  /** In order; an input left out is the empty text. */
  readonly inputs: readonly string[];
}

interface Plan {
  /** Initializers to rewrite: weights, and zero points under a new name. */
  readonly weights: ReadonlySet<string>;
  readonly zeros: ReadonlySet<string>;
}

/** The rewritten model, or undefined where it has no such weights. Throws `RangeError` where `bytes` is no ONNX model. */
export function signWeights(bytes: Uint8Array): Uint8Array | undefined {
  const graph = [...fields(bytes)].find(({ number, wire }) => number === MODEL.graph && wire === 2);
  if (graph === undefined) throw new RangeError('Cannot read ONNX model: there is no graph in it');
  const nodes = [...fields(bytes, graph.start, graph.end)]
    .filter(({ number }) => number === GRAPH.node)
    .map((field) => readNode(bytes, field));
  const plan = planRewrite(bytes, graph, nodes);
  if (plan.weights.size === 0) return undefined;
  return concat([
    bytes.subarray(0, graph.from),
    ...bytesField(MODEL.graph, rewriteGraph(bytes, graph, plan, nodes)),
    bytes.subarray(graph.end),
  ]);
}

function readNode(bytes: Uint8Array, field: Field): Node {
  const inputs: string[] = [];
  let opType = '';
  for (const part of fields(bytes, field.start, field.end)) {
    if (part.number === NODE.input) inputs.push(textOf(bytes, part));
    if (part.number === NODE.opType) opType = textOf(bytes, part);
  }
  return { field, opType, inputs };
}

function planRewrite(bytes: Uint8Array, graph: Field, nodes: readonly Node[]): Plan {
  const unsigned = unsignedInitializers(bytes, graph);
  const elsewhere = usedElsewhere(bytes, graph, nodes);
  const weights = new Set<string>();
  const zeros = new Set<string>();
  const refused = new Set<string>();
  for (const { opType, inputs } of nodes) {
    const [, weight = '', , zero = ''] = inputs;
    if (opType !== PRODUCT || !unsigned.has(weight)) continue;
    const possible = !elsewhere.has(weight) && (zero === '' || unsigned.has(zero));
    if (!possible) refused.add(weight);
    else weights.add(weight);
  }
  // A weight that two products share is rewritten for both or for neither.
  for (const name of refused) weights.delete(name);
  for (const { opType, inputs } of nodes) {
    const [, weight = '', , zero = ''] = inputs;
    if (opType === PRODUCT && weights.has(weight) && zero !== '') zeros.add(zero);
  }
  return { weights, zeros };
}

/** Names of uint8 initializers whose bytes are in the file and that callers can't replace. */
function unsignedInitializers(bytes: Uint8Array, graph: Field): Set<string> {
  const names = new Set<string>();
  const replaceable: string[] = [];
  for (const field of fields(bytes, graph.start, graph.end)) {
    if (field.number === GRAPH.input) replaceable.push(nameIn(bytes, field, 1));
    if (field.number !== GRAPH.initializer) continue;
    const parts = [...fields(bytes, field.start, field.end)];
    const isUnsigned = parts.some(({ number, value }) => number === TENSOR.dataType && value === ELEMENT.uint8);
    const external = parts.some(({ number, value }) => number === TENSOR.dataLocation && value === 1);
    if (isUnsigned && !external) names.add(nameIn(bytes, field, TENSOR.name));
  }
  for (const name of replaceable) names.delete(name);
  return names;
}

/** Names that anything but the weight of a product reads: other inputs, graph outputs, graphs within nodes. */
function usedElsewhere(bytes: Uint8Array, graph: Field, nodes: readonly Node[]): Set<string> {
  const names = new Set<string>();
  for (const { opType, inputs, field } of nodes) {
    for (const [position, name] of inputs.entries()) if (opType !== PRODUCT || position !== 1) names.add(name);
    collectInner(bytes, field, names);
  }
  for (const field of fields(bytes, graph.start, graph.end)) {
    if (field.number === GRAPH.output) names.add(nameIn(bytes, field, 1));
  }
  return names;
}

/** Everything that the graphs of a node's attributes (If, Loop, Scan) read; they see the outer names. */
function collectInner(bytes: Uint8Array, node: Field, names: Set<string>): void {
  for (const attribute of fields(bytes, node.start, node.end)) {
    if (attribute.number !== NODE.attribute) continue;
    for (const inner of fields(bytes, attribute.start, attribute.end)) {
      if (inner.wire !== 2 || (inner.number !== ATTRIBUTE.graph && inner.number !== ATTRIBUTE.graphs)) continue;
      for (const field of fields(bytes, inner.start, inner.end)) {
        if (field.number === GRAPH.output) names.add(nameIn(bytes, field, 1));
        if (field.number !== GRAPH.node) continue;
        for (const name of readNode(bytes, field).inputs) names.add(name);
        collectInner(bytes, field, names);
      }
    }
  }
}

function rewriteGraph(bytes: Uint8Array, graph: Field, plan: Plan, nodes: readonly Node[]): Chunks {
  const byStart = new Map(nodes.map((node) => [node.field.from, node]));
  const chunks: Chunks = [];
  for (const field of fields(bytes, graph.start, graph.end)) {
    const whole = bytes.subarray(field.from, field.end);
    const name = field.number === GRAPH.initializer ? nameIn(bytes, field, TENSOR.name) : '';
    const node = byStart.get(field.from);
    if (node?.opType === PRODUCT && plan.weights.has(node.inputs[1] ?? '')) {
      chunks.push(...bytesField(GRAPH.node, signedNode(bytes, node)));
    } else if (field.number === GRAPH.initializer && plan.weights.has(name)) {
      chunks.push(...bytesField(GRAPH.initializer, signedTensor(bytes, field, name)));
    } else if (field.number === GRAPH.valueInfo && plan.weights.has(nameIn(bytes, field, 1))) {
      // Says uint8; the initializer itself says what it is.
      continue;
    } else {
      chunks.push(whole);
      // The unsigned zero point stays for whoever else reads it; the runtime drops what nobody reads.
      if (plan.zeros.has(name))
        chunks.push(...bytesField(GRAPH.initializer, signedTensor(bytes, field, signedName(name))));
    }
  }
  const implied = nodes.some(
    ({ opType, inputs }) => opType === PRODUCT && plan.weights.has(inputs[1] ?? '') && (inputs[3] ?? '') === '',
  );
  return implied ? [...chunks, ...bytesField(GRAPH.initializer, impliedZero())] : chunks;
}

function signedName(zero: string): string {
  return zero === '' ? IMPLIED_ZERO : `${zero}_fovea_signed`;
}

function impliedZero(): Chunks {
  return [
    varintField(TENSOR.dataType, ELEMENT.int8),
    ...bytesField(TENSOR.name, IMPLIED_ZERO),
    ...bytesField(TENSOR.rawData, Uint8Array.of(0x80)),
  ];
}

/** The same node with its four inputs written out, the last one the signed zero point. */
function signedNode(bytes: Uint8Array, { field, inputs }: Node): Chunks {
  const [a = '', b = '', aZero = '', bZero = ''] = inputs;
  const rest = [...fields(bytes, field.start, field.end)].filter(({ number }) => number !== NODE.input);
  return [
    ...[a, b, aZero, signedName(bZero)].flatMap((name) => bytesField(NODE.input, name)),
    ...rest.map(({ from, end }) => bytes.subarray(from, end)),
  ];
}

/** TensorProto keeps bytes as `raw_data`, or one varint each in `int32_data`. */
function signedTensor(bytes: Uint8Array, field: Field, name: string): Chunks {
  const chunks: Chunks = [];
  const values: number[] = [];
  for (const part of fields(bytes, field.start, field.end)) {
    if (part.number === TENSOR.rawData) {
      chunks.push(
        ...bytesField(
          TENSOR.rawData,
          bytes.subarray(part.start, part.end).map((byte) => byte ^ 0x80),
        ),
      );
    } else if (part.number === TENSOR.int32Data) {
      values.push(...varintsOf(bytes, part).map((byte) => byte ^ 0x80));
    } else if (part.number !== TENSOR.dataType && part.number !== TENSOR.name) {
      chunks.push(bytes.subarray(part.from, part.end));
    }
  }
  if (values.length > 0) chunks.push(...bytesField(TENSOR.rawData, Uint8Array.from(values)));
  return [varintField(TENSOR.dataType, ELEMENT.int8), ...bytesField(TENSOR.name, name), ...chunks];
}
