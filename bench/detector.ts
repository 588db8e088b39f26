/**
 * Detectors through the product's own path, on photos that `fovea-boxes` never saw, beside its teacher:
 *
 * - the 1,000 Flickr8k validation photos, for each class that captions name: a photo is positive where at least three of
 *   its five English captions have the word, negative where none has. Recall and false-positive rate of "a box of this
 *   class with a score of 0.25 or more", the threshold of `image/yolo`.
 * - 85 indoor photos with boxes drawn by people: average precision at an overlap of 0.5 (AP50), all points of the curve,
 *   boxes with a score of 0.05 or more (Everingham et al., "The Pascal Visual Object Classes Challenge", 2010).
 * - milliseconds a picture, decoding not counted, one thread; the two and fovea-tiny, by which machines are compared, take turns.
 *
 *     npm run bench -- detector [--model fovea-boxes] [--beside yolox-nano]
 *
 * @module
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { open } from 'fovea';
import type { FoveaClient } from 'fovea';
import type * as ModelsLayer from '../src/models/index.ts';
import type { CaptionedPhoto } from './lib-data.ts';
import { captionedPhotos, scratchFolder, testData } from './lib-data.ts';
import type { Figure } from './lib-report.ts';
import { report } from './lib-report.ts';

const THRESHOLD = 0.25;
const LOWEST = 0.05;
const OVERLAP = 0.5;
/** Goals, as parts of the other's figure. */
const GOALS = { recall: 0.75, falsePositives: 0.03, ap50: 0.6 } as const;
/** Of one pass of fovea-tiny, which takes 2.5 ms where 12 are the goal. */
const GOAL_PASSES = 4.8;
const TINY_SIDE = 160;
const ROUNDS = 60;
const ROUNDING = 1e-9;
const GOAL_WORDS: ReadonlySet<string> = new Set('skateboard surfboard bicycle dog horse person car bench'.split(' '));
/** Fewer positive photos, or boxes, say nothing. */
const FEW = 8;

/** Words of captions that mean a class, where it is not the class's own name. */
const WORDS: Readonly<Record<string, string>> = {
  person: 'man|men|woman|women|boy|girl|people|person',
  bicycle: 'bicycle|bike|biker|cyclist|bicyclist',
  motorcycle: 'motorcycle|motorbike|motorcyclist',
  couch: 'couch|sofa',
  'sports ball': 'ball|football|basketball|soccer ball',
  bus: 'bus|buses',
  sheep: 'sheep',
  skis: 'skis|skier|skiing|skiers',
};
/** Names of the indoor photos' boxes that are classes of COCO by another name. */
const INDOOR: Readonly<Record<string, string>> = {
  diningtable: 'dining table',
  pottedplant: 'potted plant',
  sofa: 'couch',
  tvmonitor: 'tv',
};

interface Box {
  readonly photo: string;
  readonly label: string;
  /** x1, y1, x2, y2 in pixels. */
  readonly corners: readonly [number, number, number, number];
}
interface Found extends Box {
  readonly score: number;
}
interface Measured {
  readonly positives: number;
  readonly recall: number;
  readonly falsePositives: number;
}

async function indexPhotos(client: FoveaClient, models: readonly string[], folder: string): Promise<void> {
  const policies = models.map(
    (model, index) =>
      `  - { name: m${index}, extractor: image/yolo, input_params: { model: ${model}, conf: ${LOWEST} } }`,
  );
  await client.graphs.apply(`name: detector\nextraction_policies:\n${policies.join('\n')}\n`);
  for await (const { finished, problems } of client.addPath(folder)) {
    if (finished && problems.length > 0) throw new Error(problems.map(({ message }) => message).join('\n'));
  }
  const { failedContents } = await client.waitUntilIndexed();
  if (failedContents > 0) throw new Error(`${failedContents} photos failed`);
}

async function boxesOf(client: FoveaClient, policy: number): Promise<Found[]> {
  const { rows, truncated } = await client.sql(
    `select name, object_name, score, x1, y1, x2, y2 from "detector.m${policy}" join content using (content_id)`,
    [],
    { limit: 100_000 },
  );
  if (truncated) throw new Error('More boxes than one statement gives');
  return rows.map(({ name, object_name: label, score, x1, y1, x2, y2 }) => ({
    photo: String(name),
    label: String(label),
    score: Number(score),
    corners: [Number(x1), Number(y1), Number(x2), Number(y2)],
  }));
}

function byCaptions(photos: readonly CaptionedPhoto[], found: readonly Found[], label: string): Measured {
  const words = new RegExp(`\\b(${WORDS[label] ?? `${label}s?`})\\b`, 'i');
  const mentions = ({ en }: CaptionedPhoto): number => en.filter((caption) => words.test(caption)).length;
  const seen = new Set(found.filter((one) => one.label === label && one.score >= THRESHOLD).map(({ photo }) => photo));
  const share = (some: readonly CaptionedPhoto[]): number =>
    some.filter(({ image }) => seen.has(image)).length / Math.max(1, some.length);
  const positive = photos.filter((photo) => mentions(photo) >= 3);
  return {
    positives: positive.length,
    recall: share(positive),
    falsePositives: share(photos.filter((photo) => mentions(photo) === 0)),
  };
}

function overlap([a1, b1, a2, b2]: Box['corners'], [c1, d1, c2, d2]: Box['corners']): number {
  const shared = Math.max(0, Math.min(a2, c2) - Math.max(a1, c1)) * Math.max(0, Math.min(b2, d2) - Math.max(b1, d1));
  return shared / ((a2 - a1) * (b2 - b1) + (c2 - c1) * (d2 - d1) - shared);
}

/** Boxes best first; each true box is found once. The area below the curve, precision never falling towards the left. */
function averagePrecision(truth: readonly Box[], found: readonly Found[], label: string): number {
  const own = truth.filter((box) => box.label === label);
  const free = new Set(own);
  const curve: { precision: number; hit: boolean }[] = [];
  let hits = 0;
  for (const box of found.filter((one) => one.label === label).toSorted((a, b) => b.score - a.score)) {
    const [best] = own
      .filter(({ photo }) => photo === box.photo)
      .toSorted((a, b) => overlap(b.corners, box.corners) - overlap(a.corners, box.corners));
    const hit = best !== undefined && overlap(best.corners, box.corners) >= OVERLAP && free.delete(best);
    if (hit) hits++;
    curve.push({ hit, precision: hits / (curve.length + 1) });
  }
  let sum = 0;
  let highest = 0;
  for (const { hit, precision } of curve.toReversed()) {
    highest = Math.max(highest, precision);
    if (hit) sum += highest;
  }
  return sum / own.length;
}

function indoorBoxes(): Box[] {
  const folder = testData('data/indoor-boxes/ground-truth');
  return readdirSync(folder).flatMap((file) =>
    readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => {
        const [name = '', x1, y1, x2, y2] = line.trim().split(/\s+/);
        return {
          photo: file.replace(/\.txt$/, '.jpg'),
          label: INDOOR[name] ?? name,
          corners: [Number(x1), Number(y1), Number(x2), Number(y2)] as const,
        };
      }),
  );
}

function photosFolder(folder: string, photos: readonly CaptionedPhoto[]): string {
  const target = join(folder, 'photos');
  mkdirSync(target);
  const link = (path: string, name: string): void => symlinkSync(testData(join(path, name)), join(target, name));
  for (const { image } of photos) link('data/flickr8k/images', image);
  for (const image of readdirSync(testData('data/indoor-boxes/images'))) link('data/indoor-boxes/images', image);
  return target;
}

/** Median milliseconds of each detector, and of fovea-tiny, for one grey picture of its own size: any other takes as long. */
async function milliseconds(detectors: readonly string[], cacheFolder: string): Promise<number[]> {
  const path = pathToFileURL(resolve('dist/models/index.js')).href;
  const { createModels } = (await import(path)) as typeof ModelsLayer;
  const models = createModels({ cacheFolder, localFolders: [testData('models')], offline: true });
  const grey = (width: number, height: number) => ({
    data: new Uint8Array(width * height * 3).fill(114),
    width,
    height,
    toOriginal: { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 },
  });
  const runs: { readonly took: number[]; readonly run: () => Promise<unknown> }[] = [];
  for (const name of detectors) {
    const { pixels } = await models.describeDetector(name);
    if (!('width' in pixels)) throw new Error(`${name} is no detector with a size of its own`);
    const { width, height } = pixels;
    const detector = await models.loadDetector(name);
    const item = { pixels: grey(width, height), original: { width, height } };
    runs.push({ took: [], run: () => detector.detect([item], { conf: THRESHOLD, iou: OVERLAP }) });
  }
  const encoder = await models.loadImageText('fovea-tiny');
  const picture = grey(TINY_SIDE, TINY_SIDE);
  runs.push({ took: [], run: () => encoder.encodeImages([picture]) });
  for (let round = 0; round < ROUNDS; round++) {
    for (const { took, run } of runs) {
      const started = performance.now();
      await run();
      took.push(performance.now() - started);
    }
  }
  return runs.map(({ took }) => took.toSorted((x, y) => x - y)[ROUNDS >> 1] ?? NaN);
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const percent = (value: number): string => (100 * value).toFixed(1).padStart(6);

/** Figures of the goals, and the table of all classes that the photos can tell about. */
function compare(labels: readonly string[], photos: readonly CaptionedPhoto[], found: readonly (readonly Found[])[]) {
  const figures: Figure[] = [];
  const recalls: number[][] = [[], []];
  console.log('\nby captions           photos   recall   beside   false    beside');
  for (const label of labels) {
    const [mine, other] = found.map((boxes) => byCaptions(photos, boxes, label));
    if (mine === undefined || other === undefined || (mine.positives < FEW && !GOAL_WORDS.has(label))) continue;
    console.log(
      `${label.padEnd(22)}${String(mine.positives).padStart(6)}   ${percent(mine.recall)}   ${percent(other.recall)}   ` +
        `${percent(mine.falsePositives)}   ${percent(other.falsePositives)}`,
    );
    if (!GOAL_WORDS.has(label)) continue;
    if (mine.positives === 0) continue;
    recalls[0]?.push(mine.recall);
    recalls[1]?.push(other.recall);
    const more = mine.falsePositives - other.falsePositives;
    const goal = `≥ ${GOALS.recall} of the other's recall, ≤ ${100 * GOALS.falsePositives} points more false`;
    const met = mine.recall + ROUNDING >= GOALS.recall * other.recall && more <= GOALS.falsePositives + ROUNDING;
    figures.push({ name: `${label} recall, as part of the other's`, value: mine.recall / other.recall, goal, met });
  }
  const [mine, other] = recalls.map(mean);
  figures.push({ name: 'recall of these words, as part', value: (mine ?? 0) / (other ?? 1) });
  const truth = indoorBoxes();
  const precisions: number[][] = [[], []];
  console.log('\nindoor boxes           boxes     AP50   beside');
  for (const label of labels) {
    const boxes = truth.filter((box) => box.label === label).length;
    if (boxes === 0) continue;
    const [a = 0, b = 0] = found.map((some) => averagePrecision(truth, some, label));
    precisions[0]?.push(a);
    precisions[1]?.push(b);
    console.log(`${label.padEnd(22)}${String(boxes).padStart(6)}   ${percent(a)}   ${percent(b)}`);
  }
  const [ap = 0, apBeside = 0] = precisions.map(mean);
  const met = ap >= GOALS.ap50 * apBeside;
  figures.push({ name: 'AP50, mean of classes', value: ap }, { name: 'AP50 of the other', value: apBeside });
  figures.push({ name: "AP50, as part of the other's", value: ap / apBeside, goal: `≥ ${GOALS.ap50}`, met });
  return figures;
}

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'fovea-boxes' },
    beside: { type: 'string', default: 'yolox-nano' },
  },
});
const folder = scratchFolder('detector');
const client = await open({ home: join(folder, 'home'), models: [testData('models')], hub: { offline: true } });
try {
  const photos = captionedPhotos('val');
  await indexPhotos(client, [values.model, values.beside], photosFolder(folder, photos));
  const found = [await boxesOf(client, 0), await boxesOf(client, 1)];
  const labels = [...new Set(found.flat().map(({ label }) => label))].toSorted();
  const figures = compare(labels, photos, found);
  const times = await milliseconds([values.model, values.beside], join(folder, 'cache'));
  const [own = NaN, other = NaN, tiny = NaN] = times;
  figures.push({ name: 'ms a picture', value: own }, { name: 'ms a picture of the other', value: other });
  const met = own <= GOAL_PASSES * tiny;
  figures.push({ name: 'passes of fovea-tiny that one takes', value: own / tiny, goal: `≤ ${GOAL_PASSES}`, met });
  console.log('');
  report('detector', figures);
} finally {
  await client.close();
  rmSync(folder, { recursive: true, force: true });
}
