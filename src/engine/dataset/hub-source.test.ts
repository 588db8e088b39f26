import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readRows } from '../../../test/dataset-rows.ts';
import type { LoopbackHub } from '../../../test/models/loopback-hub.ts';
import { COMMIT, startHub } from '../../../test/models/loopback-hub.ts';
import { TEXT, writeParquet } from '../../../test/parquet.ts';
import { NotFoundError, RateLimitError, UnavailableError } from '../../contract/index.ts';
import type { HubOptions } from '../../models/index.ts';
import { chooseFiles, openSource, parseHubName } from './hub-source.ts';

let folder = '';
let hub: LoopbackHub;
let options: HubOptions;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fovea-hub-'));
  for (const [path, words] of [
    ['own/data/train-00000-of-00002.parquet', ['a', 'b']],
    ['own/data/train-00001-of-00002.parquet', ['c']],
    ['own/data/test-00000-of-00001.parquet', ['t']],
    ['made/default/partial-train/0000.parquet', ['m']],
  ] as const) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    const rows = words.map((text) => ({ text }));
    await writeParquet(join(folder, path), { schema: [{ ...TEXT, name: 'text' }], rows });
  }
  await mkdir(join(folder, 'csv'));
  await writeFile(join(folder, 'csv/train.csv'), 'text\na\n');
  hub = await startHub({
    'datasets/o/pokemon': join(folder, 'own'),
    'datasets/o/converted': join(folder, 'csv'),
    'datasets/o/converted@refs/convert/parquet': join(folder, 'made'),
  });
  const timing = { idleMs: 2_000, retryMs: 5, attempts: 2 };
  options = { cacheFolder: join(folder, 'cache'), endpoint: hub.endpoint, timing };
});

afterEach(async () => {
  await hub.close();
  await rm(folder, { recursive: true, force: true });
});

const open = (name: string, changes: Partial<HubOptions> = {}) => openSource(name, {}, { ...options, ...changes });
const textsOf = async (name: string) => (await readRows(await open(name))).map(({ values }) => values.text);

test('the shards of a split come in their order, each fetched once when its turn comes', async () => {
  const dataset = await open('hf://o/pokemon/train');
  expect(dataset).toMatchObject({ name: 'pokemon', kind: 'parquet', rows: undefined });
  const fetched = () => hub.asked.filter(({ path }) => path.includes('/resolve/')).length;
  expect(fetched()).toBe(1);
  const keys: string[] = [];
  for await (const { key } of dataset.groups()) keys.push(key);
  expect(keys).toEqual([
    `${COMMIT.slice(0, 12)}/data/train-00000-of-00002.parquet#0`,
    `${COMMIT.slice(0, 12)}/data/train-00001-of-00002.parquet#0`,
  ]);
  expect(await textsOf('hf://datasets/o/pokemon@main/train')).toEqual(['a', 'b', 'c']);
  expect(fetched()).toBe(2);
  expect(await textsOf('hf://o/pokemon')).toEqual(['t', 'a', 'b', 'c']);
});

test('a path is opened as one of this machine', async () => {
  expect(await textsOf(join(folder, 'own/data/test-00000-of-00001.parquet'))).toEqual(['t']);
});

test('without Parquet of its own, what the hub has made of it is taken', async () => {
  expect(await textsOf('hf://o/converted/train')).toEqual(['m']);
});

test('a name that the hub does not know, a split that is not there and a gated one say so', async () => {
  await expect(open('hf://o/pokemno')).rejects.toThrow(NotFoundError);
  await expect(open('hf://o/pokemno')).rejects.toThrow(/answers 404: check the name, the revision and HF_ENDPOINT/);
  await expect(open('hf://o/pokemon/trian')).rejects.toThrow(
    'Cannot find split "trian": known: "default/test", "default/train"',
  );
  hub.faults.token = 'secret';
  await expect(open('hf://o/pokemon')).rejects.toThrow(/it is private or gated: check the name, or set HF_TOKEN/);
  await expect(open('hf://o/pokemon', { token: 'other' })).rejects.toThrow(/the token in HF_TOKEN may not read it/);
  expect((await open('hf://o/pokemon/test', { token: 'secret' })).columns).toHaveLength(1);
  await expect(open('hf://pokemon')).rejects.toThrow('write hf://owner/name');
});

test('a hub that asks to wait, does not answer or is not to be asked says so', async () => {
  hub.faults.limited = true;
  const error = await open('hf://o/pokemon').catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(RateLimitError);
  expect(error).toMatchObject({ retryAfterSeconds: 7, message: expect.stringContaining('the hub asks to wait 7 s') });
  await expect(open('hf://o/pokemon', { endpoint: 'http://127.0.0.1:1' })).rejects.toThrow(
    /does not answer \(.+\); check/,
  );
  await expect(open('hf://o/pokemon', { offline: true })).rejects.toThrow(/Fovea is offline \(HF_HUB_OFFLINE\)/);
});

test('a file that comes broken is told as one of the data set, and not kept', async () => {
  const path = join(folder, 'own/data/test-00000-of-00001.parquet');
  const whole = await readFile(path);
  await writeFile(path, Buffer.concat([whole, Buffer.alloc(3000)]));
  hub.faults.wrongBytes = true;
  const error = await open('hf://o/pokemon/test').catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UnavailableError);
  expect(String(error)).toMatch(/Cannot read "hf:\/\/o\/pokemon": data\/test-.*is not what it should be/);
  expect(String(error)).not.toContain('FOVEA_MODELS');
});

test('parseHubName() reads revisions, also of branches of pull requests', () => {
  expect(parseHubName('hf://o/n@v1.0/default/train')).toEqual({
    repository: 'o/n',
    revision: 'v1.0',
    parts: ['default', 'train'],
  });
  expect(parseHubName('hf://o/n@refs/pr/3/')).toEqual({ repository: 'o/n', revision: 'refs/pr/3', parts: [] });
  for (const name of ['hf://', 'hf://o', 'hf://o/n@', 'hf://o/n m', 'hf://../n/x@..']) {
    expect(() => parseHubName(name), name).toThrow('write hf://owner/name');
  }
});

test('chooseFiles() asks for a config where there are several', () => {
  const files = ['en/train-00000-of-00001.parquet', 'fr/train/0000.parquet', 'fr/partial-test/0000.parquet'].map(
    (path) => ({
      path,
      sizeBytes: 1,
      sha256: undefined,
    }),
  );
  const paths = (...parts: string[]) => chooseFiles('hf://o/n', files, parts).map(({ path }) => path);
  expect(() => paths()).toThrow('it has the configs en, fr; name one of them (hf://o/n/en)');
  expect(paths('fr')).toEqual(['fr/partial-test/0000.parquet', 'fr/train/0000.parquet']);
  expect(paths('fr', 'test')).toEqual(['fr/partial-test/0000.parquet']);
  expect(paths('en', 'train')).toEqual(['en/train-00000-of-00001.parquet']);
});
