import { describe, expect, test } from 'vitest';
import { temporaryFolders } from '../../test/models/folder.ts';
import { closedAfterEach, colorTable, offlineModels } from '../../test/models/opened.ts';
import { cosine } from '../../test/models/pictures.ts';
import { writeTinySiglip } from '../../test/models/tiny-models.ts';

const folder = temporaryFolders();
const opened = closedAfterEach();

describe('a SigLIP folder', () => {
  test('describes itself: squashed, bilinear', async () => {
    expect(await offlineModels(folder()).describeImageText(await writeTinySiglip(folder()))).toMatchObject({
      pixels: { resize: 'squash', width: 10, height: 10, kernel: 'bilinear' },
      dimension: 3,
    });
  });

  test('"red" finds the red picture; texts are lower-cased and always 64 long', async () => {
    const model = await opened(offlineModels(folder()).loadImageText(await writeTinySiglip(folder())));
    expect(await colorTable(model, ['red', 'a Photo Blue'], 10)).toEqual([
      [1, -0.33, -0.33],
      [-0.33, -0.33, 1],
    ]);
  });

  test('cuts a long text to 63 pieces and an end', async () => {
    const model = await opened(offlineModels(folder()).loadImageText(await writeTinySiglip(folder())));
    const words = (count: number): string => Array.from({ length: count }, () => 'a').join(' ');
    const [inside, outside] = await model.encodeTexts([`${words(62)} red`, `${words(63)} red`]);
    expect(cosine(inside, inside)).toBeCloseTo(1);
    expect(outside?.every((value) => value === 0)).toBe(true);
  });
});
