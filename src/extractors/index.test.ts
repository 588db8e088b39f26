import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { GraphSpec } from '../contract/index.ts';
import { createRegistry } from '../extractor/registry.ts';
import { builtinExtractors, photosGraph } from './index.ts';

const registry = createRegistry(builtinExtractors);

test('photosGraph is a graph of the contract, made of built-in extractors and their parameters', () => {
  expect(GraphSpec.parse(photosGraph)).toEqual(photosGraph);
  for (const { extractor, params } of photosGraph.policies) {
    expect(registry.get(extractor).params.safeParse(params).success).toBe(true);
  }
  expect(photosGraph.policies.map(({ name }) => name)).toEqual(['clip', 'objects', 'exif', 'colors', 'phash']);
});

test.each([
  ['tensorlake/clip-extractor', 'embedding/clip'],
  ['hub://embedding/clip-embedding', 'embedding/clip'],
  ['hub://embedding/clip', 'embedding/clip'],
  ['tensorlake/yolo-extractor', 'image/yolo'],
  ['hub://image/yolo', 'image/yolo'],
  ['tensorlake/easyocr', 'image/ocr'],
  ['tensorlake/paddleocr_extractor', 'image/ocr'],
  ['hub://embedding/clip_embedding', 'embedding/clip'],
  ['indexify_extractors.yolo.yolo_extractor:YoloExtractor', 'image/yolo'],
  ['yolo.yolo_extractor:YoloExtractor', 'image/yolo'],
  ['yolo_extractor:YoloExtractor', 'image/yolo'],
  ['tensorlake/moondream', 'image/describe'],
  ['hub://image/florence', 'image/describe'],
  ['tensorlake/openai', 'image/describe'],
  ['indexify_extractors.moondream.moondream_extractor:MoondreamExtractor', 'image/describe'],
  ['tensorlake/minilm-l6', 'text/embed'],
  ['hub://embedding/e5_embedding', 'text/embed'],
  ['indexify_extractors.clip_embedding.openai_clip_extractor:ClipEmbeddingExtractor', 'embedding/clip'],
])('the built-in extractors answer to %s', (alias, name) => {
  expect(registry.get(alias).name).toBe(name);
});

/** All but the one that never runs. */
const running = builtinExtractors.filter(({ accepts }) => accepts.length > 0);

test.each(running.map(({ name }) => name))(
  '%s has a file of its own, whose test runs the conformance suite',
  (name) => {
    const file = new URL(`${name.replace('/', '-')}.test.ts`, import.meta.url);
    expect(readFileSync(file, 'utf8')).toMatch(/^ +testExtractor\(/m);
  },
);
