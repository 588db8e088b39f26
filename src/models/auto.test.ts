import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { temporaryFolders } from '../../test/models/folder.ts';
import type { LoopbackHub } from '../../test/models/loopback-hub.ts';
import { startHub } from '../../test/models/loopback-hub.ts';
import { writeTinyClip, writeTinyYolox } from '../../test/models/tiny-models.ts';
import type { DetectorCard, ImageTextCard } from './card.ts';
import { CARDS } from './cards/index.ts';
import { createModels } from './models.ts';
import type { Models, ModelsOptions } from './types.ts';
import { tinyCard } from '../../test/models/tiny-card.ts';

const folder = temporaryFolders();

describe('auto for pictures and words', () => {
  let hub: LoopbackHub;
  let cacheFolder: string;
  beforeEach(async () => {
    hub = await startHub({ 'test/tiny-clip': await writeTinyClip(folder()) });
    cacheFolder = folder();
  });
  afterEach(() => hub.close());

  const recommended = (): ImageTextCard => ({ ...tinyCard(), name: 'clip-vit-base-patch32' });
  const shipped = CARDS.filter(({ name }) => name === 'fovea-tiny');
  const auto = (options: Partial<ModelsOptions> = {}): Models =>
    createModels(
      { cacheFolder, endpoint: hub.endpoint, ...options },
      { cards: [...shipped, recommended()], probeMs: 300 },
    );

  test('takes the recommended card where the hub answers, and asks it once', async () => {
    const models = auto();
    const { model, note } = await models.describeImageText('auto');
    expect([model, note]).toEqual(['clip-vit-base-patch32', expect.stringContaining('it is fetched on first use')]);
    await models.describeImageText('auto');
    expect(hub.asked.filter(({ method, path }) => method === 'HEAD' && path.endsWith('config.json'))).toHaveLength(1);
  });

  test('takes the recommended card from the cache when offline', async () => {
    await auto().pull('clip-vit-base-patch32');
    expect((await auto({ offline: true }).describeImageText('auto')).model).toBe('clip-vit-base-patch32');
  });

  test('takes the shipped model where the hub is slow or Fovea is offline, and says so', async () => {
    hub.faults.delayMs = 2_000;
    for (const models of [auto(), auto({ offline: true })]) {
      const { model, note } = await models.describeImageText('auto');
      expect(model).toBe('fovea-tiny');
      expect(note).toMatch(
        /"auto" uses fovea-tiny \(clip-vit-base-patch32 is recommended, but .*To change, name another model/,
      );
    }
  });
});

describe('auto for detectors', () => {
  const unreachable = 'http://127.0.0.1:1';
  const cards = CARDS.map((card) =>
    card.source.kind === 'release'
      ? ({ ...card, source: { ...card.source, base: unreachable } } as DetectorCard)
      : card,
  );

  test('takes one that is here', async () => {
    const root = folder();
    await writeTinyYolox(`${root}/yolox-nano/yolox_nano.onnx`);
    const models = createModels({ cacheFolder: folder(), endpoint: unreachable, localFolders: [root] }, { cards });
    const { model, note } = await models.describeDetector('auto');
    expect([model, note]).toEqual(['yolox-nano', expect.stringContaining('dfine-s is recommended, but')]);
  });

  test('takes the one that ships where none is here, and says what to do for a better one', async () => {
    const models = createModels({ cacheFolder: folder(), endpoint: unreachable }, { cards });
    const { model, note } = await models.describeDetector('auto');
    expect(model).toBe('fovea-boxes');
    expect(note).toMatch(/dfine-s is recommended, but.*fovea models pull yolox-tiny/);
  });

  test('says how to get one where there is none', async () => {
    const none = cards.filter(({ source }) => source.kind !== 'shipped');
    const models = createModels({ cacheFolder: folder(), endpoint: unreachable }, { cards: none });
    await expect(models.describeDetector('auto')).rejects.toThrow(/fovea models pull yolox-tiny.*FOVEA_MODELS/);
  });
});
