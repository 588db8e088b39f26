/**
 * Tracking on videos that are made here: cut-outs of photos move over a grey field, cross, come and leave.
 *
 *     npm run bench -- track [--rates 2,5,10,25] [--scenes 4] [--seconds 8] [--photos DIR] [--models DIR]
 *
 * With perfect boxes nothing may change its number, but where two equal things cross. With the boxes of YOLOX-nano, found in
 * the videos as `video/track` finds them, MOTA is told (Bernardin and Stiefelhagen, 2008): 1 − (missed + false + switched) /
 * boxes, at an overlap of 0.5.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import type * as Kit from '../src/extractor/index.ts';
import type * as ModelsLayer from '../src/models/index.ts';
import type * as ByteTrack from '../src/models/byte-track.ts';
import type * as Assignment from '../src/models/assignment.ts';
import type * as Nms from '../src/models/nms.ts';
import { scratchFolder } from './lib-data.ts';
import type { Figure } from './lib-report.ts';
import { report } from './lib-report.ts';

const load = <T>(path: string): Promise<T> => import(pathToFileURL(resolve('dist', path)).href) as Promise<T>;
const [
  { builtinExtractors },
  { prepareFile, prepareItem },
  { createModels },
  { createTracker },
  { assign },
  { intersectionOverUnion },
] = await Promise.all([
  load<{ readonly builtinExtractors: readonly Kit.Extractor[] }>('extractors/index.js'),
  load<typeof Kit>('extractor/index.js'),
  load<typeof ModelsLayer>('models/index.js'),
  load<typeof ByteTrack>('models/byte-track.js'),
  load<typeof Assignment>('models/assignment.js'),
  load<typeof Nms>('models/nms.js'),
]);
const { values: options } = parseArgs({
  options: {
    rates: { type: 'string', default: '2,5,10,25' },
    scenes: { type: 'string', default: '4' },
    seconds: { type: 'string', default: '8' },
    photos: { type: 'string', default: '../shared/data/photos' },
    models: { type: 'string', default: '../shared/models' },
  },
});
const FIELD = { width: 640, height: 480 };
/** Of a cut-out; as large as things are that a detector for 416 × 416 pixels finds. */
const HEIGHT = 230;
const seconds = Number(options.seconds);
const folder = scratchFolder('track');
const models = createModels({ cacheFolder: folder, localFolders: [resolve(options.models)], offline: true });
const extractorOf = (name: string) => builtinExtractors.find((each) => each.name === name) ?? fail(name);

function fail(name: string): never {
  throw new Error(`There is no "${name}"`);
}

interface CutOut {
  readonly label: string;
  readonly png: Buffer;
  readonly width: number;
  readonly height: number;
}

/** Where a thing is at a time; undefined where it is not there. */
type Path = (time: number) => { readonly x: number; readonly y: number } | undefined;

interface Thing {
  readonly cutOut: CutOut;
  readonly path: Path;
}

/** A box of the truth, or one that was found: `id` is a thing, or a track. */
interface SeenBox {
  readonly id: number;
  readonly label: string;
  readonly box: { readonly xmin: number; readonly ymin: number; readonly xmax: number; readonly ymax: number };
}

/** The surest thing of each photo, cut out along its box. */
async function cutOuts(): Promise<CutOut[]> {
  const yolo = extractorOf('image/yolo');
  const { params, pixels } = await yolo.describe({ model: 'yolox-nano', conf: 0.5 }, models);
  const loaded = await yolo.load(params, models);
  const found: CutOut[] = [];
  for (const name of ['pets.jpg', 'parrot.jpg', 'cat_720p.jpg', 'hot_dog.jpg']) {
    const photo = await sharp(join(resolve(options.photos), name))
      .rotate()
      .jpeg()
      .toBuffer();
    const result = (await loaded.run([await prepareItem(name, photo, pixels)])).get(name);
    const [best] = result instanceof Error || result === undefined ? [] : result;
    if (best === undefined) continue;
    const [left, top, right, bottom] = ['x1', 'y1', 'x2', 'y2'].map((key) => Math.round(Number(best.columns[key])));
    const area = {
      left: left ?? 0,
      top: top ?? 0,
      width: (right ?? 0) - (left ?? 0),
      height: (bottom ?? 0) - (top ?? 0),
    };
    const { data, info } = await sharp(photo)
      .extract(area)
      .resize({ height: HEIGHT })
      .png()
      .toBuffer({ resolveWithObject: true });
    found.push({ label: String(best.columns.object_name), png: data, width: info.width, height: info.height });
  }
  await loaded.close();
  return found;
}

/** The same numbers each time. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/** Things of different kinds that cross, in lanes, some coming later and some leaving. */
function sceneOf(kinds: readonly CutOut[], seed: number): Thing[] {
  const random = randomOf(seed * 7919 + 1);
  return kinds.map((cutOut, place) => {
    const speed = (40 + 70 * random()) * (place % 2 === 0 ? 1 : -1);
    const start = speed > 0 ? 120 * random() : FIELD.width - cutOut.width - 120 * random();
    const y = (place * (FIELD.height - cutOut.height)) / Math.max(1, kinds.length - 1);
    const drift = 12 * (random() - 0.5);
    const from = place === 1 ? seconds * 0.25 : 0;
    const until = place === 2 ? seconds * 0.75 : seconds;
    const path: Path = (time) => {
      const at = { x: Math.round(start + speed * time), y: Math.round(y + drift * time) };
      const isInside = at.x > -cutOut.width / 3 && at.x < FIELD.width - (2 * cutOut.width) / 3;
      return time >= from && time <= until && isInside ? at : undefined;
    };
    return { cutOut, path };
  });
}

function truthAt(scene: readonly Thing[], time: number): SeenBox[] {
  return scene.flatMap(({ cutOut, path }, id) => {
    const at = path(time);
    if (at === undefined) return [];
    const xmin = Math.max(0, at.x);
    const ymin = Math.max(0, at.y);
    const xmax = Math.min(FIELD.width, at.x + cutOut.width);
    const ymax = Math.min(FIELD.height, at.y + cutOut.height);
    return [{ id, label: cutOut.label, box: { xmin, ymin, xmax, ymax } }];
  });
}

async function writeVideo(scene: readonly Thing[], rate: number, path: string): Promise<void> {
  const input = `-f rawvideo -pix_fmt rgb24 -s ${FIELD.width}x${FIELD.height} -r ${rate} -i -`.split(' ');
  const coding = '-c:v libx264 -preset ultrafast -crf 18 -pix_fmt yuv420p'.split(' ');
  const child = spawn('ffmpeg', ['-v', 'error', '-y', ...input, ...coding, path], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const ended = once(child, 'close');
  for (let frame = 0; frame < seconds * rate; frame += 1) {
    const layers = scene.flatMap(({ cutOut, path: at }) => {
      const place = at(frame / rate);
      return place === undefined ? [] : [{ ...cutOut, place }];
    });
    const images = await Promise.all(
      layers.map(async ({ png, width, height, place }) => {
        const left = Math.max(0, -place.x);
        const top = Math.max(0, -place.y);
        const seen = {
          width: Math.min(width, FIELD.width - place.x) - left,
          height: Math.min(height, FIELD.height - place.y) - top,
        };
        return {
          input: await sharp(png)
            .extract({ left, top, ...seen })
            .toBuffer(),
          left: Math.max(0, place.x),
          top: Math.max(0, place.y),
        };
      }),
    );
    const field = sharp({ create: { ...FIELD, channels: 3, background: { r: 128, g: 132, b: 126 } } });
    if (!child.stdin.write(await field.composite(images).removeAlpha().raw().toBuffer()))
      await once(child.stdin, 'drain');
  }
  child.stdin.end();
  await ended;
}

interface Score {
  boxes: number;
  missed: number;
  wrong: number;
  switches: number;
}

/** Adds what was found of one video, frame by frame. */
function score(
  total: Score,
  frames: readonly { readonly truth: readonly SeenBox[]; readonly found: readonly SeenBox[] }[],
): void {
  const known = new Map<number, number>();
  for (const { truth, found } of frames) {
    const costs = truth.map(({ box }) =>
      found.map((each) => {
        const overlap = intersectionOverUnion(box, each.box);
        return overlap < 0.5 ? Number.POSITIVE_INFINITY : 1 - overlap;
      }),
    );
    const pairs = assign(costs);
    for (const [row, column] of pairs) {
      const [thing, track] = [truth[row]?.id ?? -1, found[column]?.id ?? -1];
      if (known.has(thing) && known.get(thing) !== track) total.switches += 1;
      known.set(thing, track);
    }
    total.boxes += truth.length;
    total.missed += truth.length - pairs.length;
    total.wrong += found.length - pairs.length;
  }
}

const kinds = await cutOuts();
const figures: Figure[] = [{ name: 'kinds of things', value: new Set(kinds.map(({ label }) => label)).size }];
const follower = extractorOf('video/track');
for (const rate of options.rates.split(',').map(Number)) {
  const perfect: Score = { boxes: 0, missed: 0, wrong: 0, switches: 0 };
  const real: Score = { boxes: 0, missed: 0, wrong: 0, switches: 0 };
  const loaded = await follower.load({ model: 'yolox-nano', fps: rate }, models);
  for (let number = 1; number <= Number(options.scenes); number += 1) {
    const scene = sceneOf(kinds, number);
    const times = Array.from({ length: seconds * rate }, (_, frame) => Math.round((frame * 1000) / rate));
    const tracker = createTracker({ high: 0.4, low: 0.1, lostMs: 1000, stepMs: 1000 / rate });
    const boxes = times.flatMap((timeMs, frame) =>
      tracker.next(
        timeMs,
        truthAt(scene, frame / rate).map(({ label, box }) => ({ label, box, score: 1 })),
      ),
    );
    const foundAt = (timeMs: number): SeenBox[] =>
      boxes.filter((each) => each.timeMs === timeMs).map(({ trackId, label, box }) => ({ id: trackId, label, box }));
    score(
      perfect,
      times.map((timeMs, frame) => ({ truth: truthAt(scene, frame / rate), found: foundAt(timeMs) })),
    );
    const path = join(folder, `scene-${number}-${rate}.mp4`);
    await writeVideo(scene, rate, path);
    const rows = (await loaded.run([await prepareFile(path, path)])).get(path);
    if (rows === undefined || rows instanceof Error) throw rows ?? new Error('No result');
    const seen = rows.map(({ columns }) => ({
      timeMs: Number(columns.time_ms),
      id: Number(columns.track_id),
      label: String(columns.object_name),
      box: { xmin: Number(columns.x1), ymin: Number(columns.y1), xmax: Number(columns.x2), ymax: Number(columns.y2) },
    }));
    score(
      real,
      times.map((timeMs, frame) => ({
        truth: truthAt(scene, frame / rate),
        found: seen.filter((each) => Math.abs(each.timeMs - timeMs) <= 1),
      })),
    );
  }
  await loaded.close();
  const mota = ({ boxes, missed, wrong, switches }: Score): number => 1 - (missed + wrong + switches) / boxes;
  figures.push({
    name: `${rate}/s, perfect boxes: switches`,
    value: perfect.switches,
    goal: '0',
    met: perfect.switches === 0,
  });
  figures.push({ name: `${rate}/s, perfect boxes: MOTA`, value: mota(perfect) });
  figures.push({ name: `${rate}/s, YOLOX-nano: MOTA`, value: mota(real) });
  figures.push({ name: `${rate}/s, YOLOX-nano: switches`, value: real.switches });
  figures.push({ name: `${rate}/s, YOLOX-nano: missed`, value: real.missed / real.boxes });
  figures.push({ name: `${rate}/s, YOLOX-nano: false`, value: real.wrong / real.boxes });
}
report('track', figures);
