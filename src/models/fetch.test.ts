import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryFolders } from '../../test/models/folder.ts';
import type { LoopbackHub } from '../../test/models/loopback-hub.ts';
import { startHub } from '../../test/models/loopback-hub.ts';
import { writeFolder } from '../../test/models/tiny-models.ts';
import { ModelUnavailableError } from '../contract/index.ts';
import { isFile } from './cache.ts';
import { fetchFile } from './fetch.ts';
import type { FetchRequest } from './fetch.ts';
import { hubUrl } from './hub.ts';
import type { FetchProgress } from './types.ts';

const folder = temporaryFolders();
/** Large enough to be answered by redirect; no two parts of it alike. */
const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * i * 31 + i) % 251));
const sha256 = createHash('sha256').update(bytes).digest('hex');
let hub: LoopbackHub;
let target: string;

beforeEach(async () => {
  const repository = await writeFolder(folder(), { 'weights.onnx': bytes, 'config.json': '{"small": true}' });
  hub = await startHub({ 'test/model': repository });
  target = `${folder()}/weights.onnx`;
});
afterEach(() => hub.close());

function fetchWeights(changes: Partial<FetchRequest> = {}, file = 'weights.onnx'): Promise<void> {
  return fetchFile({
    model: 'test/model',
    file,
    url: hubUrl(hub.endpoint, 'test/model', 'main', file),
    target,
    timing: { idleMs: 2_000, retryMs: 5, attempts: 3 },
    ...changes,
  });
}

function part(content: Uint8Array): void {
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(`${target}.part`, content);
}

const ranges = (): (string | undefined)[] =>
  hub.asked.filter(({ host }) => host === 'content').map(({ headers }) => headers.range);

test('fetchFile() brings the file, tells its progress and leaves nothing else', async () => {
  const progress: FetchProgress[] = [];
  await fetchWeights({ onProgress: (step) => progress.push(step) });
  expect(readFileSync(target).equals(bytes)).toBe(true);
  expect(progress.at(-1)).toEqual({
    model: 'test/model',
    file: 'weights.onnx',
    receivedBytes: bytes.length,
    totalBytes: bytes.length,
  });
  expect([await isFile(`${target}.part`), await isFile(`${target}.lock`)]).toEqual([false, false]);
});

test('fetchFile() asks nobody for a file that is here', async () => {
  await fetchWeights();
  const before = hub.asked.length;
  await fetchWeights();
  expect(hub.asked).toHaveLength(before);
});

test('fetchFile() resumes a part by Range', async () => {
  part(bytes.subarray(0, 150_000));
  await fetchWeights({ sha256 });
  expect(ranges()).toEqual(['bytes=150000-']);
  expect(readFileSync(target).equals(bytes)).toBe(true);
});

test.each(['ignoreRange', 'rangeFromStart'] as const)(
  'fetchFile() starts again at once where the server has the fault %s',
  async (fault) => {
    hub.faults[fault] = true;
    part(bytes.subarray(0, 150_000));
    await fetchWeights({ sha256 });
    expect(ranges()).toHaveLength(1);
    expect(readFileSync(target).equals(bytes)).toBe(true);
  },
);

test('fetchFile() finishes a part that is whole already', async () => {
  part(bytes);
  await fetchWeights({ sha256 });
  expect(readFileSync(target).equals(bytes)).toBe(true);
});

test('fetchFile() starts again where the part belongs to another file', async () => {
  part(Buffer.alloc(1_000, 7));
  await fetchWeights();
  expect(ranges()).toEqual(['bytes=1000-', undefined]);
  expect(readFileSync(target).equals(bytes)).toBe(true);
});

test('fetchFile() goes on after a connection that breaks, as often as bytes come', async () => {
  hub.faults.truncate = { afterBytes: 30_000, times: 5 };
  await fetchWeights();
  expect(readFileSync(target).equals(bytes)).toBe(true);
  expect(ranges().length).toBe(6);
});

test('fetchFile() gives up where no byte comes any more, and keeps what came', async () => {
  part(bytes.subarray(0, 1_000));
  hub.faults.truncate = { afterBytes: 0, times: 99 };
  await expect(fetchWeights()).rejects.toThrow(/weights\.onnx can't be fetched from http.*what came is kept/);
  expect(readFileSync(`${target}.part`)).toHaveLength(1_000);
});

test.skipIf(process.platform !== 'linux')('fetchFile() keeps nothing of what a full disk does not take', async () => {
  mkdirSync(dirname(target), { recursive: true });
  // A file that takes no byte.
  symlinkSync('/dev/full', `${target}.part`);
  const refused = fetchWeights();
  await expect(refused).rejects.toBeInstanceOf(ModelUnavailableError);
  await expect(refused).rejects.toThrow(/has no room for weights\.onnx.* MB are left.*FOVEA_CACHE/);
  expect(readdirSync(dirname(target))).toEqual([]);
  await fetchWeights();
  expect(readFileSync(target).equals(bytes)).toBe(true);
});

test('fetchFile() begins no file that there is no room for', async () => {
  await expect(fetchWeights({ sizeBytes: 2 ** 50 })).rejects.toThrow(
    /has no room for weights\.onnx, which takes 1125899906\.\d MB/,
  );
  expect(readdirSync(dirname(target))).toEqual([]);
});

test('fetchFile() refuses wrong bytes and removes them', async () => {
  hub.faults.wrongBytes = true;
  await expect(fetchWeights()).rejects.toThrow(
    new RegExp(`weights\\.onnx from .* is not what it should be .*expected ${sha256}.*FOVEA_MODELS`),
  );
  expect([await isFile(target), await isFile(`${target}.part`)]).toEqual([false, false]);
});

test('fetchFile() refuses a file that the hub itself says is another, before its bytes come', async () => {
  await expect(fetchWeights({ sha256: '0'.repeat(64) })).rejects.toThrow('is not what it should be');
  expect(await isFile(`${target}.part`)).toBe(false);
});

test('fetchFile() checks small files by their Git hash', async () => {
  await fetchWeights({}, 'config.json');
  expect(readFileSync(target, 'utf8')).toBe('{"small": true}');
  const other = { ...hub.faults };
  Object.assign(hub.faults, other, { noHashes: true });
  target = `${folder()}/config.json`;
  await expect(fetchWeights({ sha256: '0'.repeat(64) }, 'config.json')).rejects.toThrow('expected 0000');
});

test('fetchFile() shows its token to the hub and to no other host', async () => {
  hub.faults.token = 'secret';
  await fetchWeights({ token: 'secret' });
  expect(hub.asked.map(({ host, headers }) => [host, headers.authorization])).toEqual([
    ['hub', 'Bearer secret'],
    ['content', undefined],
  ]);
});

test('fetchFile() says what a 401 needs', async () => {
  hub.faults.token = 'secret';
  await expect(fetchWeights()).rejects.toThrow('answers 401 for weights.onnx: set HF_TOKEN');
  await expect(fetchWeights({ token: 'other' })).rejects.toThrow('the token in HF_TOKEN may not read it');
});

test('fetchFile() says what a 404 may mean', async () => {
  await expect(fetchWeights({}, 'nothing.onnx')).rejects.toThrow(
    /Cannot load model "test\/model": there is no nothing\.onnx at http.*check the name and the revision/,
  );
});

test('fetchFile() waits out a busy server', async () => {
  hub.faults.busy = 2;
  await fetchWeights();
  expect(readFileSync(target).equals(bytes)).toBe(true);
});

test('fetchFile() ends an attempt that gets no answer', async () => {
  hub.faults.delayMs = 10_000;
  await expect(fetchWeights({ timing: { idleMs: 50, retryMs: 5, attempts: 2 } })).rejects.toThrow(
    'no answer for 50 ms',
  );
});

test('fetchFile() names a host that is not there', async () => {
  const url = hubUrl('http://127.0.0.1:1', 'test/model', 'main', 'weights.onnx');
  await expect(fetchWeights({ url })).rejects.toThrow(/can't be fetched from http:\/\/127\.0\.0\.1:1.*HF_ENDPOINT/);
});

test('fetchFile() downloads once for several that want it', async () => {
  await Promise.all(Array.from({ length: 4 }, () => fetchWeights()));
  expect(ranges()).toHaveLength(1);
});

/** Another process that fetches the same file, with the compiled code. */
function fetchElsewhere(): { process: ChildProcess; exit: Promise<number | null> } {
  const module = new URL('../../dist/models/fetch.js', import.meta.url);
  const url = hubUrl(hub.endpoint, 'test/model', 'main', 'weights.onnx');
  const request = JSON.stringify({ model: 'test/model', file: 'weights.onnx', url, target });
  const script = `import { fetchFile } from '${module}'; await fetchFile(${request});`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
  return { process: child, exit: new Promise((resolve) => child.once('exit', resolve)) };
}

test('fetchFile() downloads once for several processes', async () => {
  hub.faults.dripMs = 50;
  const others = [fetchElsewhere(), fetchElsewhere(), fetchElsewhere()];
  expect(await Promise.all(others.map(({ exit }) => exit))).toEqual([0, 0, 0]);
  expect(ranges()).toHaveLength(1);
  expect(readFileSync(target).equals(bytes)).toBe(true);
});

test('fetchFile() goes on where a killed process stopped', async () => {
  hub.faults.dripMs = 50;
  const other = fetchElsewhere();
  await expect
    .poll(() => statSync(`${target}.part`, { throwIfNoEntry: false })?.size ?? 0, { timeout: 10_000 })
    .toBeGreaterThan(0);
  other.process.kill('SIGKILL');
  await other.exit;
  expect(await isFile(`${target}.lock`)).toBe(true);
  await fetchWeights();
  expect(ranges().at(-1)).toMatch(/^bytes=[1-9]/);
  expect(readFileSync(target).equals(bytes)).toBe(true);
});
