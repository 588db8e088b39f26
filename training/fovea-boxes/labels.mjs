/**
 * Step 2 of fovea-boxes: what the teacher sees on each photo of step 1.
 *
 *     node labels.mjs --raw RAW --out WORK --models FOLDER [--part 0/2]
 *
 * FOLDER holds yolox-nano/yolox_nano.onnx; decoding and suppression are the product's own (build it first). Each photo is
 * looked at in two sizes, as it is and mirrored. Boxes of one class that overlap become one: their mean by score, with
 * the mean over the four looks of the best score in each. WORK gets labels-<part>.jsonl: `{photo, boxes: [[class, score,
 * x1, y1, x2, y2], …]}`, corners as parts of width and height. A run that was stopped goes on where it was.
 */
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { COCO_LABELS } from '../../dist/models/coco.js';
import { createModels } from '../../dist/models/index.js';
import { intersectionOverUnion } from '../../dist/models/nms.js';

const INPUT = 416;
const GREY = 114;
/** Longest side of the photo inside the input. */
const LOOKS = [416, 320].flatMap((side) => [
  { side, mirrored: false },
  { side, mirrored: true },
]);
const LOWEST = { inLook: 0.05, kept: 0.08 };
const SAME_OBJECT = 0.55;

const { values } = parseArgs({
  options: {
    raw: { type: 'string' },
    out: { type: 'string' },
    models: { type: 'string' },
    part: { type: 'string', default: '0/1' },
  },
});
const [part, parts] = values.part.split('/').map(Number);
const photos = JSON.parse(await readFile(join(values.out, 'photos.json'), 'utf8'));
const file = join(values.out, `labels-${part}.jsonl`);
const done = new Set(
  (await readFile(file, 'utf8').catch(() => ''))
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line).photo),
);
const models = createModels({ cacheFolder: values.out, localFolders: [values.models], offline: true });
const detector = await models.loadDetector('yolox-nano');
for (const [index, photo] of photos.entries()) {
  if (index % parts !== part || done.has(photo.path)) continue;
  const boxes = await labels(join(values.raw, photo.path));
  await appendFile(file, `${JSON.stringify({ photo: photo.path, boxes })}\n`);
}
await detector.close();

async function labels(path) {
  const looks = await Promise.all(LOOKS.map((look) => pixelsOf(path, look)));
  const items = looks.map((pixels) => ({ pixels, original: { width: 1, height: 1 } }));
  const found = await detector.detect(items, { conf: LOWEST.inLook, iou: SAME_OBJECT });
  const all = found.flatMap((detections, look) =>
    detections.map(({ label, score, box }) => ({ label, score, box: LOOKS[look].mirrored ? mirrored(box) : box, look })),
  );
  return clusters(all)
    .map(merged)
    .filter(([, score]) => score >= LOWEST.kept)
    .map(([label, ...numbers]) => [label, ...numbers.map((number) => Number(number.toFixed(4)))]);
}

/** The photo scaled until its longest side is `side`, in the top left of the input; boxes come back as parts of 1. */
async function pixelsOf(path, { side, mirrored: flop }) {
  const scaled = sharp(path).removeAlpha().toColourspace('srgb').flop(flop).resize(side, side, { fit: 'inside' });
  const { data, info } = await scaled.raw().toBuffer({ resolveWithObject: true });
  const pixels = Buffer.alloc(INPUT * INPUT * 3, GREY);
  for (let y = 0; y < info.height; y++) {
    for (let x = 0; x < info.width * 3; x++) {
      pixels[y * INPUT * 3 + x] = data[y * info.width * info.channels + (info.channels === 3 ? x : Math.floor(x / 3))];
    }
  }
  const toOriginal = { scaleX: 1 / info.width, scaleY: 1 / info.height, offsetX: 0, offsetY: 0 };
  return { data: pixels, width: INPUT, height: INPUT, toOriginal };
}

function mirrored({ xmin, xmax, ...rest }) {
  return { ...rest, xmin: 1 - xmax, xmax: 1 - xmin };
}

function clusters(detections) {
  const result = [];
  for (const one of detections.toSorted((a, b) => b.score - a.score)) {
    const home = result.find(
      ([first]) => first.label === one.label && intersectionOverUnion(first.box, one.box) > SAME_OBJECT,
    );
    if (home === undefined) result.push([one]);
    else home.push(one);
  }
  return result;
}

function merged(cluster) {
  const weight = cluster.reduce((sum, { score }) => sum + score, 0);
  const mean = (edge) => cluster.reduce((sum, { score, box }) => sum + score * box[edge], 0) / weight;
  const best = LOOKS.map((_, look) => Math.max(0, ...cluster.filter((one) => one.look === look).map(({ score }) => score)));
  const score = best.reduce((sum, one) => sum + one, 0) / LOOKS.length;
  return [COCO_LABELS.indexOf(cluster[0].label), score, mean('xmin'), mean('ymin'), mean('xmax'), mean('ymax')];
}
