/**
 * Tracking on videos that are made here: cut-outs of photos move over a grey field, cross, come and leave.
 *
 *     npm run bench -- track [--rates 2,5,10,25] [--scenes 3] [--seconds 6] [--photos DIR] [--models DIR]
 *
 * With perfect boxes nothing may change its number, but where two equal things cross. With the boxes of YOLOX-nano, found in
 * the videos as `video/track` finds them, MOTA is told (Bernardin and Stiefelhagen, 2008): 1 − (missed + false + switched) /
 * boxes, at an overlap of 0.5.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
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
    scenes: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '6' },
    photos: { type: 'string', default: '../shared/data/flickr8k/images' },
    models: { type: 'string', default: '../shared/models' },
  },
});
const FIELD = { width: 960, height: 540 };
const FIELD_PICTURE = { ...FIELD, channels: 3, background: { r: 128, g: 132, b: 126 } } as const;
/** Of a cut-out; as large as things are that a detector for 416 × 416 pixels finds. */
const HEIGHT = 220;
const KINDS = 4;
/** Photos that are looked at for them. */
const MOST_PHOTOS = 400;
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
  /**
   * What else the detector sees in it, e.g. the rider of a horse, from its corner: a box there is neither right nor wrong, as in
   * the regions that benchmarks of tracking leave out.
   */
  readonly others: readonly SeenBox[];
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

/** Everything that the detector finds, the surest first. */
type Look = (name: string, picture: Buffer) => Promise<readonly (SeenBox & { readonly score: number })[]>;

/**
 * Things of four classes, cut out along their boxes: the surest of each photo, of those that the detector finds again where it
 * lies alone on the field. What it does not know there says nothing of the tracker.
 */
async function cutOuts(): Promise<CutOut[]> {
  const yolo = extractorOf('image/yolo');
  const { params, pixels } = await yolo.describe({ model: 'yolox-nano', conf: 0.1 }, models);
  const loaded = await yolo.load(params, models);
  const look: Look = async (name, picture) => {
    const rows = (await loaded.run([await prepareItem(name, picture, pixels)])).get(name);
    if (rows === undefined || rows instanceof Error) return [];
    return rows.map(({ columns }) => {
      const [xmin = 0, ymin = 0, xmax = 0, ymax = 0] = ['x1', 'y1', 'x2', 'y2'].map((key) => Number(columns[key]));
      return {
        id: 0,
        label: String(columns.object_name),
        score: Number(columns.score),
        box: { xmin, ymin, xmax, ymax },
      };
    });
  };
  const found = new Map<string, CutOut>();
  const photos = resolve(options.photos);
  for (const name of readdirSync(photos).toSorted().slice(0, MOST_PHOTOS)) {
    if (found.size === KINDS) break;
    const cutOut = await cut(look, name, readFileSync(join(photos, name)));
    if (cutOut !== undefined && !found.has(cutOut.label)) found.set(cutOut.label, cutOut);
  }
  await loaded.close();
  if (found.size < KINDS) throw new Error(`Found things of ${found.size} classes only`);
  return [...found.values()];
}

/** Undefined where there is nothing that is found again. */
async function cut(look: Look, name: string, file: Buffer): Promise<CutOut | undefined> {
  const photo = await sharp(file).rotate().jpeg().toBuffer();
  const [best] = await look(name, photo);
  if (best === undefined || best.score < 0.5 || best.box.ymax - best.box.ymin < HEIGHT / 2) return undefined;
  const [left, top] = [Math.round(best.box.xmin), Math.round(best.box.ymin)];
  const area = { left, top, width: Math.round(best.box.xmax) - left, height: Math.round(best.box.ymax) - top };
  const small = sharp(photo).extract(area).resize({ height: HEIGHT }).png();
  const { data, info } = await small.toBuffer({ resolveWithObject: true });
  if (info.width > FIELD.width / 3) return undefined;
  const place = { x: Math.round((FIELD.width - info.width) / 2), y: Math.round((FIELD.height - HEIGHT) / 2) };
  const alone = sharp({ create: FIELD_PICTURE })
    .composite([{ input: data, left: place.x, top: place.y }])
    .jpeg();
  const [again, ...others] = await look(name, await alone.toBuffer());
  const box = { xmin: place.x, ymin: place.y, xmax: place.x + info.width, ymax: place.y + HEIGHT };
  if (again === undefined || again.label !== best.label || again.score < 0.5) return undefined;
  if (intersectionOverUnion(again.box, box) < 0.7) return undefined;
  return {
    label: best.label,
    png: data,
    width: info.width,
    height: HEIGHT,
    others: others.map((each) => moved(each, place)),
  };
}

/** Where it lies in a cut-out that lies at `place`. */
function moved({ box, ...seen }: SeenBox, { x, y }: { readonly x: number; readonly y: number }): SeenBox {
  return { ...seen, box: { xmin: box.xmin - x, ymin: box.ymin - y, xmax: box.xmax - x, ymax: box.ymax - y } };
}

/** The same numbers each time. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/** Things of different kinds in two lanes, where two cross each; one comes later and one leaves. */
function sceneOf(kinds: readonly CutOut[], seed: number): Thing[] {
  const random = randomOf(seed * 7919 + 1);
  return kinds.map((cutOut, place) => {
    const speed = (40 + 70 * random()) * (place % 2 === 0 ? 1 : -1);
    const start = speed > 0 ? 120 * random() : FIELD.width - cutOut.width - 120 * random();
    const y = place < 2 ? 20 : FIELD.height - cutOut.height - 20;
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

/** What else is seen at a time. */
function othersAt(scene: readonly Thing[], time: number): SeenBox[] {
  return scene.flatMap(({ cutOut, path }) => {
    const at = path(time);
    return at === undefined ? [] : cutOut.others.map((each) => moved(each, { x: -at.x, y: -at.y }));
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
    const field = sharp({ create: FIELD_PICTURE });
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

/** Adds what was found of one video, frame by frame. A pair of the frame before stays one where it still overlaps enough. */
function score(
  total: Score,
  frames: readonly {
    readonly truth: readonly SeenBox[];
    readonly others?: readonly SeenBox[];
    readonly found: readonly SeenBox[];
  }[],
): void {
  const known = new Map<number, number>();
  for (const { truth, others = [], found } of frames) {
    const costs = truth.map(({ id, box }) =>
      found.map((each) => {
        const overlap = intersectionOverUnion(box, each.box);
        if (overlap < 0.5) return Number.POSITIVE_INFINITY;
        return known.get(id) === each.id ? 0 : 1 - overlap / 2;
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
    const matched = new Set(pairs.map(([, column]) => found[column]));
    total.wrong += found.filter((each) => {
      const isOther = others.some(({ box }) => intersectionOverUnion(box, each.box) >= 0.5);
      return !matched.has(each) && !isOther;
    }).length;
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
        others: othersAt(scene, frame / rate),
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
