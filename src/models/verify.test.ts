import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { temporaryFolders } from '../../test/models/folder.ts';
import { BLUE, GREEN, plain, RED } from '../../test/models/pictures.ts';
import { writeFolder, writeTinyClip } from '../../test/models/tiny-models.ts';
import { verifyVariants } from './verify.ts';

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
