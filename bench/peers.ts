/**
 * Fovea against a script of the usual kind (`peers/clip_torch.py`: PIL and PyTorch, batches of 128, vectors kept in memory) on
 * the same pictures, in turns: a picture tower of the size of CLIP ViT-B/32 with random weights. Fovea's side is the whole
 * product, from `add` to vectors in its database; `auto` runs CLIP in float32, and its 8-bit build is reported beside.
 *
 * Where Python has no torch or no Pillow, nothing is compared, and the last line says so (`"skipped"`).
 *
 *     npm run bench -- peers [--photos 240] [--rounds 3] [--workers 2] [--python python3]
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { captionedPhotos, scratchFolder, testData } from './lib-data.ts';
import { indexingRate } from './lib-product.ts';
import type { Photos } from './lib-product.ts';
import { report } from './lib-report.ts';
import { writeRandomVit } from './lib-vit.ts';

const { values: options } = parseArgs({
  options: {
    photos: { type: 'string', default: '240' },
    rounds: { type: 'string', default: '3' },
    workers: { type: 'string', default: String(availableParallelism()) },
    python: { type: 'string', default: 'python3' },
  },
});
const WARM_UP = 8;
const PRECISIONS = ['fp32', 'int8'] as const;

/** Why there is nothing to compare with, or undefined. */
function missingPeer(): string | undefined {
  const { status, stderr, error } = spawnSync(options.python, ['-c', 'import numpy, torch; from PIL import Image'], {
    encoding: 'utf8',
  });
  if (status === 0) return undefined;
  return error?.message ?? stderr.trim().split('\n').at(-1) ?? `${options.python} ended with ${status}`;
}

function peerRate({ warmUp, files }: Photos): number {
  const { status, stdout, stderr } = spawnSync(options.python, [resolve('bench/peers/clip_torch.py'), '-'], {
    input: [...warmUp, ...files].join('\n'),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The script ended with ${status}: ${stderr}`);
  return (JSON.parse(stdout) as { perSecond: number }).perSecond;
}

async function main(): Promise<void> {
  const missing = missingPeer();
  if (missing !== undefined) {
    console.log(`Skipped: ${options.python} has no torch, Pillow and numpy (${missing})`);
    console.log(JSON.stringify({ bench: 'peers', ok: true, skipped: missing, figures: {}, missed: [] }));
    return;
  }
  const scratch = scratchFolder('peers');
  try {
    for (const precision of PRECISIONS) await writeRandomVit(join(scratch, `vit-${precision}`), precision);
    const paths = captionedPhotos('val').map(({ image }) => join(testData('data/flickr8k/images'), image));
    const photos: Photos = {
      warmUp: paths.slice(0, WARM_UP),
      files: paths.slice(WARM_UP, WARM_UP + Number(options.photos)),
    };
    const rates = { peer: [] as number[], fp32: [] as number[], int8: [] as number[] };
    for (let round = 0; round < Number(options.rounds); round++) {
      rates.peer.push(peerRate(photos));
      for (const precision of PRECISIONS) {
        const policy = { name: 'clip', extractor: 'embedding/clip', params: { model: `vit-${precision}` } };
        const setting = { database: undefined, models: [scratch], workers: Number(options.workers) };
        rates[precision].push(await indexingRate([policy], photos, setting));
      }
    }
    const [peer, fp32, int8] = [Math.max(...rates.peer), Math.max(...rates.fp32), Math.max(...rates.int8)];
    report('peers', [
      { name: 'PIL and PyTorch, pictures/s', value: peer },
      { name: 'Fovea float32, pictures/s', value: fp32 },
      { name: 'Fovea float32, ratio', value: fp32 / peer },
      { name: 'Fovea 8 bits, pictures/s', value: int8 },
      { name: 'Fovea 8 bits, ratio', value: int8 / peer },
    ]);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

await main();
