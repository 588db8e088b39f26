/** The child of onnxruntime.py: one model, one thread. A message is the length of its head, the head (JSON), the tensors. */
import { InferenceSession, Tensor } from 'onnxruntime-node';

const ARRAYS = { float32: Float32Array, int64: BigInt64Array };
const session = await InferenceSession.create(process.argv[2], { intraOpNumThreads: 1, interOpNumThreads: 1 });
const input = process.stdin[Symbol.asyncIterator]();
let rest = Buffer.alloc(0);

for (let length = await take(4); length !== undefined; length = await take(4)) {
  const { names, feeds } = JSON.parse((await take(length.readUInt32LE())).toString());
  const tensors = {};
  for (const [name, type, dims] of feeds) {
    const size = dims.reduce((product, side) => product * side, ARRAYS[type].BYTES_PER_ELEMENT);
    const bytes = Uint8Array.from(await take(size)).buffer;
    tensors[name] = new Tensor(type, new ARRAYS[type](bytes), dims);
  }
  await answer(tensors, names ?? session.outputNames);
}

async function answer(tensors, names) {
  try {
    const outputs = await session.run(tensors, names);
    send({ outputs: names.map((name) => [outputs[name].type, outputs[name].dims]) });
    for (const name of names) {
      const { buffer, byteOffset, byteLength } = outputs[name].data;
      process.stdout.write(Buffer.from(buffer, byteOffset, byteLength));
    }
  } catch (error) {
    send({ error: String(error) });
  }
}

function send(head) {
  const text = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  process.stdout.write(Buffer.concat([length, text]));
}

/** The next bytes; undefined at the end of the input. */
async function take(size) {
  const parts = [rest];
  let have = rest.length;
  while (have < size) {
    const { done, value } = await input.next();
    if (done) return undefined;
    parts.push(value);
    have += value.length;
  }
  const all = Buffer.concat(parts);
  rest = all.subarray(size);
  return all.subarray(0, size);
}
