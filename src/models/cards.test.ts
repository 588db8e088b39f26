import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CARDS } from './cards/index.ts';
import { COCO_LABELS } from './coco.ts';
import { requiredFiles } from './onnx-files.ts';
import { yoloxCells } from './yolox.ts';

test('COCO_LABELS has 80 names in the order of the data set', () => {
  expect(COCO_LABELS).toHaveLength(80);
  expect(new Set(COCO_LABELS).size).toBe(80);
  expect([0, 15, 16, 36, 57, 62, 79].map((id) => COCO_LABELS[id])).toEqual([
    'person',
    'cat',
    'dog',
    'skateboard',
    'couch',
    'tv',
    'toothbrush',
  ]);
});

test('CARDS have names of their own, and hashes and revisions of the right form', () => {
  expect(new Set(CARDS.map(({ name }) => name)).size).toBe(CARDS.length);
  for (const { source, files } of CARDS) {
    if (source.kind === 'hub') expect(source.revision).toMatch(/^[0-9a-f]{40}$/);
    for (const { sha256 = '0'.repeat(64) } of files) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  }
});

test.each(CARDS.map((card) => [card.name, card] as const))('%s lists every file that loading needs', (_, card) => {
  const paths = card.files.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining([...requiredFiles(card.family, card.build ?? 'fp32', card)]));
});

test.each([
  ['fovea-tiny', 6],
  ['fovea-boxes', 1],
])('%s: the files in the package are the ones on its card', (name, count) => {
  const card = CARDS.find((one) => one.name === name);
  expect(card?.files.length).toBe(count);
  for (const { path, sizeBytes, sha256 } of card?.files ?? []) {
    const bytes = readFileSync(new URL(`../../assets/models/${name}/${path}`, import.meta.url));
    expect([path, bytes.length, createHash('sha256').update(bytes).digest('hex')]).toEqual([path, sizeBytes, sha256]);
  }
});

test('yoloxCells() is the number of rows that the published files give', () => {
  expect([yoloxCells(256), yoloxCells(416), yoloxCells(640)]).toEqual([1344, 3549, 8400]);
});
