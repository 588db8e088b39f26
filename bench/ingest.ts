/**
 * What ingest adds to decoding and inference: pictures a second of the product, from `add` to indexed, against the best of a
 * sweep of the worker's own loop without anything around it (`lib-sweep.ts`), on the same files.
 *
 *     ratio = product / best of (batch 1, 4, 8 × 1, 2 processes × 1, 2 threads)
 *
 *     a  mini-clip and yolox-nano      goal ≥ 0.90
 *     b  fovea-tiny                    goal ≥ 0.80
 *     c  a random 8-bit ViT-B/32       goal ≥ 0.90
 *
 * Each on small photos (Flickr8k) and on JPEGs of 12 megapixels; the best of some short runs, product and sweep in turns.
 *
 *     npm run bench -- ingest [--photos 720] [--large 192] [--rounds 3] [--jobs a,b,c] [--database pglite|postgres] [--workers 2]
 *
 * @module
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { captionedPhotos, scratchFolder, testData } from './lib-data.ts';
import { largePictures } from './lib-large.ts';
import { indexingRate } from './lib-product.ts';
import type { Photos } from './lib-product.ts';
import type { Figure } from './lib-report.ts';
import { report } from './lib-report.ts';
import type { SweepAnswer, SweepOrder, SweepPolicy } from './lib-sweep.ts';
import { writeRandomVit } from './lib-vit.ts';

const { findPostgres, startCluster } = (await import(pathToFileURL(resolve('scripts/test-postgres.mjs')).href)) as {
  findPostgres(): string | undefined;
  startCluster(bin: string): { url: string; stop(): void };
};
const { values: options } = parseArgs({
  options: {
    photos: { type: 'string', default: '720' },
    large: { type: 'string', default: '192' },
    rounds: { type: 'string', default: '3' },
    jobs: { type: 'string', default: 'a,b,c' },
    database: { type: 'string', default: 'pglite' },
    workers: { type: 'string', default: String(availableParallelism()) },
  },
});
const WARM_UP = 8;
const workers = Number(options.workers);
const RANDOM_VIT = 'vit-b32-random';

interface Job {
  readonly name: string;
  readonly goal: number;
  readonly policies: readonly (SweepPolicy & { readonly name: string })[];
}

const clip = (model: string) => ({ name: 'clip', extractor: 'embedding/clip', params: { model } });
const JOBS: readonly Job[] = [
  {
    name: 'a',
    goal: 0.9,
    policies: [clip('mini-clip'), { name: 'objects', extractor: 'image/yolo', params: { model: 'yolox-nano' } }],
  },
  { name: 'b', goal: 0.8, policies: [clip('fovea-tiny')] },
  { name: 'c', goal: 0.9, policies: [clip(RANDOM_VIT)] },
];

interface Setting {
  readonly batch: number;
  readonly processes: number;
  readonly threads: number;
}

const SETTINGS: readonly Setting[] = [1, 4, 8].flatMap((batch) =>
  [1, 2].flatMap((processes) => [1, 2].map((threads) => ({ batch, processes, threads }))),
);

interface Pictures extends Photos {
  readonly name: string;
}

const scratch = scratchFolder('ingest');
const localFolders = [testData('models'), join(scratch, 'models')];

interface SweepProcess {
  ask(order: SweepOrder): Promise<SweepAnswer>;
  end(): Promise<void>;
}

/** A process of the sweep, loaded and warm. */
async function startSweep(job: Job, { warmUp, files }: Pictures, { batch, threads }: Setting): Promise<SweepProcess> {
  const child = fork(fileURLToPath(new URL('lib-sweep.js', import.meta.url)));
  const ask = async (order: SweepOrder): Promise<SweepAnswer> => {
    child.send(order);
    const [answer] = (await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => {
        throw new Error('A process of the sweep ended');
      }),
    ])) as [SweepAnswer];
    return answer;
  };
  const cacheFolder = join(scratch, 'cache');
  await ask({ kind: 'start', policies: job.policies, localFolders, cacheFolder, threads, batch, warmUp, files });
  return {
    ask,
    end: async () => {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

/** Pictures a second of the bare loop; its processes are loaded and warm before the clock runs. */
async function sweep(job: Job, pictures: Pictures, setting: Setting): Promise<number> {
  const { files } = pictures;
  const children = await Promise.all(
    Array.from({ length: setting.processes }, () => startSweep(job, pictures, setting)),
  );
  const started = performance.now();
  await Promise.all(
    children.map(({ ask }, place) =>
      ask({ kind: 'run', files: files.filter((_file, index) => index % children.length === place) }),
    ),
  );
  const seconds = (performance.now() - started) / 1000;
  for (const { end } of children) await end();
  return files.length / seconds;
}

/** The models alone, over one batch that is prepared. */
async function inferenceOnly(job: Job, pictures: Pictures, setting: Setting): Promise<number> {
  const children = await Promise.all(
    Array.from({ length: setting.processes }, () => startSweep(job, pictures, setting)),
  );
  const each = Math.ceil(pictures.files.length / children.length / setting.batch) * setting.batch;
  const files = pictures.files.slice(0, setting.batch);
  const answers = await Promise.all(children.map(({ ask }) => ask({ kind: 'infer', files, pictures: each })));
  for (const { end } of children) await end();
  return (each * children.length) / (Math.max(...answers.map(({ ms }) => ms)) / 1000);
}

async function compare(job: Job, pictures: Pictures, database: string | undefined): Promise<Figure[]> {
  const short: Pictures = { ...pictures, files: pictures.files.slice(0, Math.ceil(pictures.files.length / 3)) };
  const tried: { setting: Setting; rate: number }[] = [];
  for (const setting of SETTINGS) tried.push({ setting, rate: await sweep(job, short, setting) });
  const [best] = tried.toSorted((a, b) => b.rate - a.rate);
  if (best === undefined) throw new Error('The sweep tried nothing');
  const rates = { product: [] as number[], sweep: [] as number[] };
  for (let round = 0; round < Number(options.rounds); round += 1) {
    rates.sweep.push(await sweep(job, pictures, best.setting));
    rates.product.push(await indexingRate(job.policies, pictures, { database, models: localFolders, workers }));
  }
  const [bare, ours] = [Math.max(...rates.sweep), Math.max(...rates.product)];
  const inference = await inferenceOnly(job, pictures, best.setting);
  const { batch, processes, threads } = best.setting;
  console.log(
    `${job.name} ${pictures.name}: ${ours.toFixed(1)}/s of ${bare.toFixed(1)}/s (batch ${batch}, ${processes} processes, ${threads} threads)`,
  );
  const name = `${job.name} ${pictures.name}`;
  return [
    { name: `${name} ratio`, value: ours / bare, goal: `≥ ${job.goal}`, met: ours / bare >= job.goal },
    { name: `${name} pictures/s`, value: ours },
    { name: `${name} best of the sweep`, value: bare },
    { name: `${name} inference only`, value: inference },
  ];
}

async function main(): Promise<void> {
  await writeRandomVit(join(scratch, 'models', RANDOM_VIT));
  const photos = captionedPhotos('val').map(({ image }) => join(testData('data/flickr8k/images'), image));
  const small: Pictures = {
    name: 'small',
    warmUp: photos.slice(0, WARM_UP),
    files: photos.slice(WARM_UP, WARM_UP + Number(options.photos)),
  };
  const made = await largePictures(photos.slice(0, WARM_UP + Number(options.large)));
  const large: Pictures = { name: '12 MP', warmUp: made.slice(0, WARM_UP), files: made.slice(WARM_UP) };
  const bin = options.database === 'postgres' ? findPostgres() : undefined;
  if (options.database === 'postgres' && bin === undefined)
    throw new Error('This bench needs PostgreSQL with pgvector: scripts/install-postgres.sh installs it');
  const cluster = bin === undefined ? undefined : startCluster(bin);
  const figures: Figure[] = [];
  try {
    for (const job of JOBS.filter(({ name }) => options.jobs.split(',').includes(name)))
      for (const pictures of [small, large].filter(({ files }) => files.length > 0))
        figures.push(...(await compare(job, pictures, cluster?.url)));
  } finally {
    cluster?.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
  report('ingest', figures);
}

await main();
