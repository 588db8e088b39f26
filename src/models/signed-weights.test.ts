import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { temporaryFolders } from '../../test/models/folder.ts';
import { onnxModel } from '../../test/models/onnx-writer.ts';
import { quantisedProduct, writeFolder } from '../../test/models/tiny-models.ts';
import { openSession } from './session.ts';
import { isEightBit, signedChoice } from './signed-choice.ts';
import type { Feeds } from './signed-choice.ts';
import { signWeights } from './signed-weights.ts';

const folder = temporaryFolders();
/** 4 × 3, both ends of the range among them. */
const WEIGHTS = [0, 255, 128, 127, 1, 254, 3, 200, 90, 17, 64, 129];
const x = { data: Float32Array.of(0.5, -1, 2, 0.25, -3, 1, 0, 7), dims: [2, 4] };
const sample = (): Feeds => ({ x });

async function outputsOf(model: Uint8Array): Promise<number[]> {
  const path = `${await writeFolder(folder(), { 'model.onnx': Buffer.from(model) })}/model.onnx`;
  const session = await openSession(path);
  const { y } = await session.run(sample());
  await session.close();
  return [...(y?.data ?? [])];
}

test.each([
  ['a zero point', 117, false],
  ['no zero point', undefined, false],
  ['values packed as varints', 117, true],
])('signWeights() leaves the outputs the same bits: %s', async (_, zero, packed) => {
  const published = quantisedProduct(WEIGHTS, zero, packed);
  const signed = signWeights(published) ?? Buffer.of();
  const before = await outputsOf(published);
  expect(before.some((value) => value !== 0)).toBe(true);
  expect(await outputsOf(signed)).toEqual(before);
});

test('signWeights() flips the top bit of every weight', () => {
  const signed = Buffer.from(signWeights(quantisedProduct(WEIGHTS, 117)) ?? []);
  const flipped = Buffer.from(WEIGHTS.map((weight) => weight ^ 0x80));
  expect([signed.includes(flipped), signed.includes(Buffer.from(WEIGHTS))]).toEqual([true, false]);
});

test('signWeights() has nothing to do twice, nor in a model of floats', () => {
  expect(signWeights(signWeights(quantisedProduct(WEIGHTS, 117)) ?? Buffer.of())).toBeUndefined();
  const tiny = readFileSync(new URL('../../assets/models/fovea-tiny/onnx/text_model.onnx', import.meta.url));
  expect(signWeights(tiny)).toBeUndefined();
});

test('signWeights() leaves weights alone that something else reads too', () => {
  const model = onnxModel({
    inputs: [{ name: 'x', type: 'uint8', shape: [1, 2] }],
    outputs: [
      { name: 'y', type: 'int32', shape: [1, 1] },
      { name: 'z', type: 'int32', shape: [2, 1] },
    ],
    nodes: [
      { op: 'MatMulInteger', inputs: ['x', 'w'], outputs: ['y'] },
      { op: 'Cast', inputs: ['w'], outputs: ['z'], attributes: { to: 6 } },
    ],
    initializers: [{ name: 'w', type: 'uint8', dims: [2, 1], data: [1, 200] }],
  });
  expect(signWeights(model)).toBeUndefined();
});

test('signWeights() refuses what is no ONNX model', () => {
  expect(() => signWeights(Buffer.from('not a model'))).toThrow('Cannot read');
});

test('signedChoice() compares and times both builds once, and keeps what it chose', async () => {
  const at = await writeFolder(folder(), { 'model_quantized.onnx': quantisedProduct(WEIGHTS, 117) });
  const ask = (): ReturnType<typeof signedChoice> =>
    signedChoice(`${at}/model_quantized.onnx`, `${at}/signed.onnx`, `${at}/choice.json`, sample);
  const choice = await ask();
  expect(choice).toMatchObject({ rewritten: true, identical: true });
  expect(choice.use).toBe(choice.signedMs < choice.publishedMs ? 'signed' : 'published');
  // Times would differ if they were taken again.
  expect(await ask()).toEqual(choice);
});

test('signedChoice() makes a build anew that was damaged', async () => {
  const at = await writeFolder(folder(), { 'model_quantized.onnx': quantisedProduct(WEIGHTS, 117) });
  const ask = (): ReturnType<typeof signedChoice> =>
    signedChoice(`${at}/model_quantized.onnx`, `${at}/signed.onnx`, `${at}/choice.json`, sample);
  // As if it were the faster one, which chance decides for a product as small as this.
  writeFileSync(`${at}/choice.json`, JSON.stringify({ ...(await ask()), use: 'signed' }));
  const bytes = readFileSync(`${at}/signed.onnx`);
  expect((await ask()).use).toBe('signed');
  writeFileSync(
    `${at}/signed.onnx`,
    bytes.map((byte) => byte ^ 1),
  );
  await ask();
  expect(readFileSync(`${at}/signed.onnx`).equals(bytes)).toBe(true);
});

test('signedChoice() keeps the published build where there is nothing to rewrite', async () => {
  const signed = signWeights(quantisedProduct(WEIGHTS, 117)) ?? Buffer.of();
  const at = await writeFolder(folder(), { 'model_quantized.onnx': Buffer.from(signed) });
  const choice = await signedChoice(`${at}/model_quantized.onnx`, `${at}/s.onnx`, `${at}/c.json`, sample);
  expect(choice).toMatchObject({ rewritten: false, use: 'published' });
});

test('isEightBit() goes by the published names', () => {
  const names = [
    'vision_model_quantized',
    'text_model_uint8',
    'model_int8',
    'vision_model',
    'vision_model_q4',
    'x_fp16',
  ];
  expect(names.filter((name) => isEightBit(`/cache/onnx/${name}.onnx`))).toEqual(names.slice(0, 3));
});
