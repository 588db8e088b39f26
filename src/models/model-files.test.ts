import { cpSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { temporaryFolders } from '../../test/models/folder.ts';
import type { LoopbackHub } from '../../test/models/loopback-hub.ts';
import { startHub } from '../../test/models/loopback-hub.ts';
import { closedAfterEach, colorTable } from '../../test/models/opened.ts';
import { plain, RED } from '../../test/models/pictures.ts';
import { writeTinyClip, writeTinyDfine } from '../../test/models/tiny-models.ts';
import { ModelUnavailableError } from '../contract/index.ts';
import { createModels } from './models.ts';
import type { Models, ModelsOptions } from './types.ts';
import { tinyCard } from '../../test/models/tiny-card.ts';

const folder = temporaryFolders();
const opened = closedAfterEach();

describe('a folder', () => {
  test('whose file was damaged by its disk, which changes no time, is not loaded', async () => {
    const path = await writeTinyDfine(folder());
    const cacheFolder = folder();
    const models = createModels({ cacheFolder, offline: true });
    const file = `${path}/onnx/model.onnx`;
    utimesSync(file, 1000, 1000);
    await opened(models.loadDetector(path));
    const bytes = await readFile(file);
    writeFileSync(file, Buffer.alloc(bytes.length, 1));
    utimesSync(file, 1000, 1000);
    await expect(models.loadDetector(path)).rejects.toThrow(`its file "${file}" is damaged`);
    writeFileSync(file, bytes);
    await opened(models.loadDetector(path));
  });

  test('with a file that is as long as the published one and another is not loaded; one of another length is its own', async () => {
    const shipped = await writeTinyClip(folder());
    const card = { ...tinyCard(), name: 'own' };
    const files = card.files.map((each) => ({ ...each, sizeBytes: statSync(`${shipped}/${each.path}`).size }));
    const local = folder();
    cpSync(shipped, `${local}/own`, { recursive: true });
    const load = (facts: typeof card.files) =>
      opened(
        createModels(
          { cacheFolder: folder(), offline: true, localFolders: [local] },
          { cards: [{ ...card, files: facts }] },
        ).loadImageText('own'),
      );
    const wrong = files.map((each) => ({ ...each, sha256: '0'.repeat(64) }));
    await expect((await load(wrong)).encodeImages([plain(RED, 12)])).rejects.toThrow(
      `own/preprocessor_config.json" is damaged`,
    );
    const longer = wrong.map((each) => ({ ...each, sizeBytes: each.sizeBytes + 1 }));
    expect(await (await load(longer)).encodeImages([plain(RED, 12)])).toHaveLength(1);
  });
});

describe('a repository on a hub', () => {
  let hub: LoopbackHub;
  let cacheFolder: string;
  beforeEach(async () => {
    hub = await startHub({
      'test/tiny-clip': await writeTinyClip(folder()),
      'test/dfine': await writeTinyDfine(folder()),
    });
    cacheFolder = folder();
  });
  afterEach(() => hub.close());
  const online = (options: Partial<ModelsOptions> = {}): Models =>
    createModels(
      { cacheFolder, endpoint: hub.endpoint, ...options },
      { fetchTiming: { idleMs: 2_000, retryMs: 5, attempts: 2 } },
    );
  const paths = (): string[] => hub.asked.filter(({ host }) => host === 'hub').map(({ path }) => path);

  test('is described without its weights, and loaded from the cache when the hub is gone', async () => {
    const description = await online().describeImageText('test/tiny-clip');
    const fetched = hub.asked.filter(({ method, path }) => method === 'GET' && path.endsWith('.onnx'));
    expect(fetched).toEqual([]);
    await online().pull('test/tiny-clip');
    await hub.close();
    const offline = online({ offline: true });
    expect(await offline.describeImageText('test/tiny-clip')).toEqual(description);
    const model = await opened(offline.loadImageText('test/tiny-clip'));
    expect((await colorTable(model, ['red'], 12))[0]).toEqual([1, -0.33, -0.33]);
  });

  test('pins what came first, and refuses another file later', async () => {
    await online().pull('test/tiny-clip');
    const at = `${cacheFolder}/test--tiny-clip/main`;
    const lock = JSON.parse(await readFile(`${at}/fovea-lock.json`, 'utf8'));
    const bytes = await readFile(`${at}/onnx/vision_model.onnx`);
    expect(lock.files['onnx/vision_model.onnx']).toMatchObject({
      sha256: createHash('sha256').update(bytes).digest('hex'),
      sizeBytes: bytes.length,
    });
    rmSync(`${at}/onnx/vision_model.onnx`);
    await hub.close();
    const changed = await writeTinyClip(folder());
    // As long as before: 3 becomes 2 in the weights.
    bytes.set([0, 0, 0, 0x40], bytes.indexOf(Buffer.of(0, 0, 0x40, 0x40)));
    writeFileSync(`${changed}/onnx/vision_model.onnx`, bytes);
    hub = await startHub({ 'test/tiny-clip': changed });
    const model = await opened(online().loadImageText('test/tiny-clip'));
    await expect(model.encodeImages([plain(RED, 12)])).rejects.toThrow(
      /vision_model\.onnx from .* is not what it should be/,
    );
  });

  test('remembers a file that it does not have', async () => {
    const bare = await writeTinyClip(folder());
    rmSync(`${bare}/tokenizer_config.json`);
    await hub.close();
    hub = await startHub({ 'test/tiny-clip': bare });
    await online().pull('test/tiny-clip');
    await online().pull('test/tiny-clip');
    expect(paths().filter((path) => path.endsWith('tokenizer_config.json'))).toHaveLength(1);
    // config.json names the end and padding tokens too.
    const model = await opened(online().loadImageText('test/tiny-clip'));
    expect((await colorTable(model, ['red', 'a photo green'], 12))[0]).toEqual([1, -0.33, -0.33]);
  });

  test('names file, place and remedy when offline', async () => {
    await expect(online({ offline: true }).describeImageText('test/tiny-clip')).rejects.toThrow(
      new RegExp(
        `Cannot load model "test/tiny-clip": config.json is not in ${cacheFolder}.*HF_HUB_OFFLINE.*${hub.endpoint}.*fovea models pull`,
      ),
    );
  });

  test('fetches a damaged file of the cache again, and says which it is where it can not', async () => {
    await online().pull('test/tiny-clip');
    const path = `${cacheFolder}/test--tiny-clip/main/onnx/vision_model.onnx`;
    const bytes = await readFile(path);
    const flipped = Buffer.from(bytes);
    flipped[bytes.length >> 1] = (flipped[bytes.length >> 1] ?? 0) ^ 1;
    for (const damaged of [flipped, Buffer.alloc(bytes.length), bytes.subarray(0, 100), Buffer.alloc(0)]) {
      writeFileSync(path, damaged);
      const offline = await opened(online({ offline: true }).loadImageText('test/tiny-clip'));
      const refused = offline.encodeImages([plain(RED, 12)]);
      await expect(refused).rejects.toBeInstanceOf(ModelUnavailableError);
      await expect(refused).rejects.toThrow(`"${path}" is damaged`);
      await expect(refused).rejects.toThrow('fovea models pull test/tiny-clip');
      const model = await opened(online().loadImageText('test/tiny-clip'));
      expect((await colorTable(model, ['red'], 12))[0]).toEqual([1, -0.33, -0.33]);
      expect((await readFile(path)).equals(bytes)).toBe(true);
    }
    writeFileSync(path, flipped);
    await online().pull('test/tiny-clip');
    expect((await readFile(path)).equals(bytes)).toBe(true);
  });

  test('serves detectors', async () => {
    const info = await online().pull('test/dfine');
    expect(info).toMatchObject({ kind: 'detector', state: 'cached', source: `${hub.endpoint}/test/dfine` });
  });

  test('serves a card of the revision and the hashes it pins, and no other', async () => {
    const card = tinyCard();
    const models = createModels({ cacheFolder, endpoint: hub.endpoint }, { cards: [card] });
    expect((await models.list())[0]).toMatchObject({ name: 'tiny', state: 'absent', folder: null });
    expect(await models.pull('tiny')).toMatchObject({ state: 'cached', folder: `${cacheFolder}/test--tiny-clip/abc` });
    expect(new Set(paths().map((path) => path.split('/')[4]))).toEqual(new Set(['abc']));
    const wrong = { ...card, files: card.files.map((file) => ({ ...file, sha256: '0'.repeat(64) })) };
    const others = createModels({ cacheFolder: folder(), endpoint: hub.endpoint }, { cards: [wrong] });
    await expect(others.pull('tiny')).rejects.toThrow('is not what it should be');
  });
});
