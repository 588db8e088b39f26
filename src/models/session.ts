/**
 * ONNX sessions: one thread each, because the machine's parallelism is one process a core, and two threads of a session
 * collapse as soon as anything else runs.
 *
 * A run and the making of a session block the event loop, and ending the process during a run aborts it: sessions live in
 * model hosts, never in the server, and `close` waits for the run.
 *
 * @module
 */
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { InvalidInputError } from '../contract/index.ts';

/** An input or output of a graph. */
interface TensorSpec {
  readonly name: string;
  /** `float32`, `int64`, … */
  readonly type: string;
  /** Undefined where the size is open. */
  readonly shape: readonly (number | undefined)[];
}

/** What a graph is fed. Whole numbers become the integer type that the graph wants, or truth values (1, 0). */
export interface Feed {
  readonly data: Float32Array | readonly number[];
  readonly dims: readonly number[];
}

/** What a graph gives: always float32. */
export interface Output {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

export interface Session {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /** Feeds what the graph asks for by name; extra feeds are left out. Returns every float32 output. */
  run(feeds: Readonly<Record<string, Feed>>): Promise<Readonly<Record<string, Output>>>;
  /** Waits for the run in progress. */
  close(): Promise<void>;
}

/** Loads a model file. Throws `InvalidInputError` where the runtime refuses it. */
export async function openSession(path: string): Promise<Session> {
  const { InferenceSession: factory, Tensor: TensorClass } = await import('onnxruntime-node');
  const session = await factory
    .create(path, {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      // Errors only: exports warn of initializers that nobody reads.
      logSeverityLevel: 3,
    })
    .catch((error: unknown) => {
      throw new InvalidInputError(`Cannot load model file "${path}": ${String(error)}`, [], { cause: error });
    });
  const inputs = specs(session.inputMetadata);
  let last: Promise<unknown> = Promise.resolve();
  return {
    inputs,
    outputs: specs(session.outputMetadata),
    run: async (feeds) => {
      const tensors: Record<string, Tensor> = {};
      for (const spec of inputs) {
        const feed = feeds[spec.name];
        if (feed === undefined)
          throw new RangeError(`Cannot run "${path}": nothing is fed to its input "${spec.name}"`);
        tensors[spec.name] = makeTensor(TensorClass, spec, feed);
      }
      const run = session.run(tensors);
      last = run.catch(() => undefined);
      return floats(await run);
    },
    close: async () => {
      await last;
      await session.release();
    },
  };
}

function specs(metadata: readonly InferenceSession.ValueMetadata[]): TensorSpec[] {
  return metadata.map((value) =>
    value.isTensor
      ? {
          name: value.name,
          type: value.type,
          shape: value.shape.map((size) => (typeof size === 'number' && size > 0 ? size : undefined)),
        }
      : { name: value.name, type: 'other', shape: [] },
  );
}

function makeTensor(TensorClass: typeof Tensor, spec: TensorSpec, { data, dims }: Feed): Tensor {
  if (data instanceof Float32Array) return new TensorClass('float32', data, dims);
  if (spec.type === 'int64') return new TensorClass('int64', BigInt64Array.from(data, BigInt), dims);
  if (spec.type === 'bool') return new TensorClass('bool', Uint8Array.from(data), dims);
  if (spec.type === 'int32') return new TensorClass('int32', Int32Array.from(data), dims);
  throw new RangeError(`Cannot feed whole numbers to input "${spec.name}": it wants ${spec.type}`);
}

function floats(results: InferenceSession.OnnxValueMapType): Record<string, Output> {
  const outputs: Record<string, Output> = {};
  for (const [name, value] of Object.entries(results)) {
    if ('data' in value && value.data instanceof Float32Array) outputs[name] = { data: value.data, dims: value.dims };
  }
  return outputs;
}

/** The output `name`. Throws `InvalidInputError` where the graph has none of that name. */
export function outputOf(outputs: Readonly<Record<string, Output>>, name: string, path: string): Output {
  const output = outputs[name];
  if (output !== undefined) return output;
  const names = Object.keys(outputs).map((key) => `"${key}"`);
  throw new InvalidInputError(`Cannot use model file "${path}": it gives ${names.join(', ')} and not "${name}"`);
}
