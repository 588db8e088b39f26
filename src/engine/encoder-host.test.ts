import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { hasTestData, testData } from '../../test/data.ts';
import { createModels } from '../models/index.ts';
import type { SearchIndex } from '../retrieval/index.ts';
import { createEncoderHost } from './encoder-host.ts';

const folder = mkdtempSync(join(tmpdir(), 'fovea-encoder-'));
const models = { cacheFolder: folder, localFolders: [], offline: true };
const host = createEncoderHost({ models, extractors: [] });
afterAll(async () => {
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});

async function tinyIndex(): Promise<SearchIndex> {
  const { space, dimension, model } = await createModels(models).describeImageText('fovea-tiny');
  const place = {
    name: 'g.p.embedding',
    policyId: 1,
    version: 1,
    output: 'embedding',
    dimension,
    ofRegions: false,
    ofTexts: false,
    isHandedOver: false,
  };
  return { ...place, extractor: 'embedding/clip', params: { model }, space };
}

/** The children of this process that run the encoder's program. */
function encoders(): number[] {
  const lines = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' }).split(
    '\n',
  );
  return lines.filter((line) => line.includes('encoder-main.js')).map((line) => Number.parseInt(line, 10));
}

test.skipIf(!hasTestData)(
  'words and pictures become unit vectors of one space, also after the host was killed',
  async () => {
    const index = await tinyIndex();
    const picture = readFileSync(testData('data/photos/cat_720p.jpg'));
    const [cat, car, image] = await Promise.all([
      host.encodeText(index, 'a cat'),
      host.encodeText(index, 'a car'),
      host.encodeImage(index, picture),
    ]);
    const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
    expect(dot(cat, cat)).toBeCloseTo(1, 4);
    expect(dot(image, cat)).toBeGreaterThan(dot(image, car) + 0.1);
    const [pid] = encoders();
    expect(encoders()).toHaveLength(1);
    process.kill(pid ?? 0, 'SIGKILL');
    // Words that were asked before need no process.
    expect(await host.encodeText(index, 'a cat')).toEqual(cat);
    const dog = await host.encodeText(index, 'a dog');
    expect(dot(dog, dog)).toBeCloseTo(1, 4);
    expect(dog).not.toEqual(cat);
    expect(encoders()).not.toContain(pid);
  },
);

test('a picture that is none, and a model that has other files, are sentences', async () => {
  const index = await tinyIndex();
  await expect(host.encodeImage(index, Buffer.from('no picture'))).rejects.toThrow('not a picture');
  await expect(host.encodeText({ ...index, space: 'another' }, 'a cat')).rejects.toThrow('another space');
});
