import { describe, expect, test } from 'vitest';
import { temporaryFolders } from '../../test/models/folder.ts';
import { closedAfterEach, offlineModels } from '../../test/models/opened.ts';
import { BLUE, plain, RED } from '../../test/models/pictures.ts';
import { writeTinyDfine } from '../../test/models/tiny-models.ts';
import type { DetectorModel } from './types.ts';
import { decodeDfine } from './dfine.ts';

const folder = temporaryFolders();
const opened = closedAfterEach();

const labels = ['cat', 'dog'];
const size = { width: 100, height: 50 };

test('decodeDfine() takes the sigmoid of each class and corners of centre and size', () => {
  const logits = Float32Array.of(-9, 0);
  expect(decodeDfine(logits, Float32Array.of(0.5, 0.5, 0.25, 1), labels, 0.3, size)).toEqual([
    { label: 'dog', score: 0.5, box: { xmin: 37.5, ymin: 0, xmax: 62.5, ymax: 50 } },
  ]);
});

test('decodeDfine() keeps both labels of a candidate, best first, and at most as many as candidates', () => {
  // Two candidates in one place; no suppression.
  const logits = Float32Array.of(2, 3, 1, 0);
  const boxes = Float32Array.of(0.5, 0.5, 1, 1, 0.5, 0.5, 1, 1);
  const found = decodeDfine(logits, boxes, labels, 0.3, size);
  expect(found.map(({ label }) => label)).toEqual(['dog', 'cat']);
});

describe('a D-FINE folder', () => {
  test('describes itself, and finds what its colour says in pixels of the original', async () => {
    const path = await writeTinyDfine(folder());
    const models = offlineModels(folder());
    expect(await models.describeDetector(path)).toEqual({
      model: path,
      pixels: { resize: 'squash', width: 32, height: 32, kernel: 'bilinear' },
      labels: ['red thing', 'green thing', 'blue thing'],
    });
    const detector = await opened(models.loadDetector(path));
    // 32 pixels stand for 320 × 160 of the original.
    const wide = (color: typeof RED | typeof BLUE): Parameters<DetectorModel['detect']>[0][number] => ({
      pixels: { ...plain(color, 32), toOriginal: { scaleX: 10, scaleY: 5, offsetX: 0, offsetY: 0 } },
      original: { width: 320, height: 160 },
    });
    const score = expect.closeTo(1 / (1 + Math.exp(-4)), 4);
    const box = { xmin: 0, ymin: 0, xmax: 160, ymax: 160 };
    expect(await detector.detect([wide(RED), wide(BLUE)], { conf: 0.3, iou: 0.5 })).toEqual([
      [{ label: 'red thing', score, box }],
      [{ label: 'blue thing', score, box }],
    ]);
  });
});
