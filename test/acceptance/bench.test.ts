import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { MachineReport } from '../../src/engine/index.ts';
import { hasTestData } from '../data.ts';
import { graphWithDetector, libraries } from './library.ts';

describe.skipIf(!hasTestData)('fovea bench', () => {
  const newLibrary = libraries(false);

  test('measures a sample of a folder in a library of its own, and says what it would take for all', async () => {
    const library = await newLibrary();
    const photos = library.photos('photos', 'pets.jpg', 'owl.jpg', 'parrot.jpg', 'cat_720p.jpg');
    for (const name of readdirSync(photos)) symlinkSync(join(photos, name), join(photos, `again-${name}`));
    const before = readdirSync(library.home).toSorted();
    const ran = await library.fovea('bench', photos, '--pictures', '2', '--json');
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    const report = ran.json<MachineReport>();
    expect(report).toMatchObject({ pictures: 2, failed: 0, source: 'folder', library: { pictures: 8 } });
    expect(report.library?.seconds).toBeCloseTo(8 / report.picturesPerSecond);
    expect(report.searchMs).toBeGreaterThan(0);
    expect(report.policies).toContainEqual({
      policy: 'photos.clip',
      model: 'fovea-tiny',
      build: 'fp32',
      waitingFor: null,
    });
    // The cache of models is the user's; the pictures and the database are not.
    expect(
      readdirSync(library.home)
        .filter((name) => name !== 'cache')
        .toSorted(),
    ).toEqual(before);
    const status = (await library.fovea('status', '--json')).json<{ contents: number }>();
    expect(status.contents).toBe(0);
  });

  test('prints it for people, with what a detector that is missing waits for', async () => {
    const library = await newLibrary({ FOVEA_MODELS: '' });
    library.environment.FOVEA_GRAPH = graphWithDetector(library);
    const { stdout, stderr, code } = await library.fovea('bench', library.photos('two', 'pets.jpg', 'owl.jpg'));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d pictures\/s {2}\(1 of yours, /);
    expect(stdout).toMatch(/2 pictures take about \d+ s/);
    expect(stderr).toMatch(/"photos.objects" was not measured: Cannot load model "yolox-nano"/);
    const wrong = await library.fovea('bench', library.photos('one', 'pets.jpg'));
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('it holds 1 pictures; give at least 2')]);
  });
});
