import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { temporaryFolders } from '../../test/models/folder.ts';
import { BLUE, GREEN, plain, RED } from '../../test/models/pictures.ts';
import { writeFolder, writeTinyClip } from '../../test/models/tiny-models.ts';
import { agreement, verifyVariants } from './verify.ts';

const folder = temporaryFolders();

describe('verifyVariants()', () => {
  test('compares every build that is here with fp32', async () => {
    const path = await writeTinyClip(folder());
    await writeFolder(path, { 'onnx/vision_model_fp16.onnx': readFileSync(`${path}/onnx/vision_model.onnx`) });
    const pictures = [plain(RED, 12), plain(GREEN, 12), plain(BLUE, 12)];
    const reports = await verifyVariants({ cacheFolder: folder(), offline: true }, path, pictures);
    expect(reports.map(({ variant }) => variant)).toEqual(['fp32', 'fp16']);
    for (const report of reports) {
      expect(report).toMatchObject({ meanCosine: expect.closeTo(1), minCosine: expect.closeTo(1), topOverlap: 1 });
      expect(report.imagesPerSecond).toBeGreaterThan(0);
    }
  });
});

test('agreement() compares each vector with itself and the order of its neighbours', () => {
  const vector = (degrees: number): Float32Array =>
    Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180));
  // Twelve directions, 0 to 11 degrees: of eleven others ten count, so each misses the one that is farthest.
  const reference = Array.from({ length: 12 }, (_, index) => vector(index));
  expect(agreement(reference, reference)).toEqual({
    meanCosine: expect.closeTo(1),
    minCosine: expect.closeTo(1),
    topOverlap: 1,
  });
  // The first one turned to 60 degrees: it misses 1 now instead of 11, the others miss it instead of what they missed.
  const turned = [vector(60), ...reference.slice(1)];
  const { meanCosine, minCosine, topOverlap } = agreement(reference, turned);
  expect([meanCosine, minCosine]).toEqual([expect.closeTo((11 + 0.5) / 12), expect.closeTo(0.5)]);
  // 0: 9 of 10. 1 to 5 missed 11 and miss 0 now: 9 of 10. 6 to 11 missed 0 before too: 10 of 10.
  expect(topOverlap).toBeCloseTo((6 * 0.9 + 6) / 12);
});
