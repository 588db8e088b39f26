/**
 * Whether any word finds an object by boxes that a detector of 80 classes made, embedded by the model that pictures are: the 85
 * photos with hand-made boxes of 30 household things, each thing's name a query, answered by whole pictures, by boxes, and by both.
 *
 *     recall@k = photos with the thing among the first k hits / min(k, photos with the thing), mean over the things
 *     average precision = mean of the precision at each photo that has the thing, over all 85
 *     pointed at = of the photos with the thing among the first 10 hits, those whose nearest box covers one of it (IoU ≥ 0.5)
 *
 *     npm run bench -- regions [--model fovea-tiny] [--detector yolox-nano] [--grounding <folder or card>]
 *
 * @module
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { open } from 'fovea';
import type { FoveaClient, SearchInput } from 'fovea';
import { scratchFolder, testData } from './lib-data.ts';
import type { Figure } from './lib-report.ts';
import { report } from './lib-report.ts';

const { values: options } = parseArgs({
  options: {
    model: { type: 'string', default: 'fovea-tiny' },
    detector: { type: 'string', default: testData('models/yolox-nano') },
    grounding: { type: 'string', default: 'grounding-dino-tiny' },
    verbose: { type: 'boolean', default: false },
  },
});

type Edges = readonly [number, number, number, number];
interface Thing {
  readonly box: Edges;
  readonly name: string;
}

/** What people call the classes that are written as one word. */
const CALLED: Readonly<Record<string, string>> = {
  coffeetable: 'coffee table',
  diningtable: 'dining table',
  pictureframe: 'picture frame',
  pottedplant: 'potted plant',
  tincan: 'tin can',
  tvmonitor: 'tv',
  wastecontainer: 'waste container',
  windowblind: 'window blind',
};
/** Those that the detector was trained on. */
const TRAINED: ReadonlySet<string> = new Set(
  'backpack bed book bottle bowl chair cup diningtable person pottedplant remote sink sofa tvmonitor vase'.split(' '),
);

/** Boxes by the photo's file. */
function groundTruth(): Map<string, Thing[]> {
  const folder = testData('data/indoor-boxes/ground-truth');
  return new Map(
    readdirSync(folder).map((file) => {
      const lines = readFileSync(join(folder, file), 'utf8').split('\n').filter(Boolean);
      const things = lines.map((line) => {
        const [name = '', ...edges] = line.split(' ');
        const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = edges.map(Number);
        return { name, box: [x1, y1, x2, y2] as const };
      });
      return [file.replace('.txt', '.jpg'), things];
    }),
  );
}

const graph = {
  name: 'room',
  extraction_policies: [
    { name: 'clip', extractor: 'embedding/clip', input_params: { model: options.model } },
    { name: 'objects', extractor: 'image/yolo', input_params: { model: options.detector } },
    { name: 'parts', extractor: 'embedding/clip', content_source: 'objects', input_params: { model: options.model } },
    // Whatever looks like a thing at all, though the detector does not know what it is.
    { name: 'maybe', extractor: 'image/yolo', input_params: { model: options.detector, conf: 0.05 } },
    { name: 'bits', extractor: 'embedding/clip', content_source: 'maybe', input_params: { model: options.model } },
  ],
};

const BOTH: Partial<SearchInput> = { indexes: ['room.clip.embedding', 'room.parts.embedding'], regions: true };

const WAYS: Readonly<Record<string, Partial<SearchInput>>> = {
  'whole pictures': { index: 'room.clip.embedding' },
  boxes: { index: 'room.parts.embedding', regions: true },
  'whole and boxes, alike': { ...BOTH, fusion: { weights: { vector: 1 } } },
  '--regions': BOTH,
  'boxes from 0.05': { index: 'room.bits.embedding', regions: true },
};

let whole: Scores | undefined;
const truth = groundTruth();
const names = [...new Set([...truth.values()].flat().map(({ name }) => name))].toSorted();
const folder = scratchFolder('regions');
const fovea = await open({ home: join(folder, 'home'), workers: 1, hub: { offline: true } });
try {
  await fovea.graphs.apply(JSON.stringify(graph));
  for await (const { failed } of fovea.addPath(testData('data/indoor-boxes/images')))
    if (failed > 0) throw new Error('A photo was not added');
  const { failedContents } = await fovea.waitUntilIndexed();
  if (failedContents > 0) throw new Error(`${failedContents} photos failed`);
  const counts = await fovea.sql(
    `select (select count(*) from "room.parts") as parts, (select count(*) from "room.bits") as bits`,
  );
  console.log(`Boxes of 85 photos: ${JSON.stringify(counts.rows[0])}`);
  await grounding(fovea);
  const figures: Figure[] = [];
  for (const [way, how] of Object.entries(WAYS)) figures.push(...(await measure(fovea, way, how)));
  report('regions', figures);
} finally {
  await fovea.close();
  rmSync(folder, { recursive: true, force: true });
}

/** The slow way beside it, where its weights are. */
async function grounding(client: FoveaClient): Promise<void> {
  const prompt = names.map((name) => `${CALLED[name] ?? name}.`).join(' ');
  const policy = {
    name: 'found',
    extractor: 'image/grounding-dino',
    input_params: { model: options.grounding, prompt },
  };
  await client.graphs.apply(JSON.stringify({ name: 'asked', extraction_policies: [policy] }));
  const { policies } = await client.status();
  const waiting = policies.find(({ graph: of }) => of === 'asked')?.waitingFor;
  if (waiting !== undefined && waiting !== null) {
    console.log(`Grounding DINO is not measured: ${waiting}`);
    return;
  }
  await client.waitUntilIndexed();
  const { rows } = await client.sql('select name, object_name, max(score) as score from asked group by 1, 2', [], {
    limit: 100_000,
  });
  const ranked = (name: string): string[] =>
    rows
      .filter((row) => row['object_name'] === (CALLED[name] ?? name))
      .toSorted((a, b) => Number(b['score']) - Number(a['score']))
      .map((row) => String(row['name']));
  const scores = names.map((name) => scoresOf(ranked(name), relevantOf(name)));
  console.log(`Grounding DINO, by its own boxes: ${JSON.stringify(mean(scores))}`);
}

interface Scores {
  readonly at5: number;
  readonly at10: number;
  readonly precision: number;
}

function relevantOf(name: string): Set<string> {
  return new Set([...truth].filter(([, things]) => things.some((thing) => thing.name === name)).map(([file]) => file));
}

function scoresOf(ranked: readonly string[], relevant: ReadonlySet<string>): Scores {
  const at = (k: number): number =>
    ranked.slice(0, k).filter((file) => relevant.has(file)).length / Math.min(k, relevant.size);
  let [found, precision] = [0, 0];
  for (const [place, file] of ranked.entries()) {
    if (!relevant.has(file)) continue;
    found++;
    precision += found / (place + 1);
  }
  return { at5: at(5), at10: at(10), precision: precision / relevant.size };
}

function mean(all: readonly Scores[]): Scores {
  const of = (name: keyof Scores): number => all.reduce((sum, each) => sum + each[name], 0) / Math.max(1, all.length);
  return { at5: of('at5'), at10: of('at10'), precision: of('precision') };
}

async function measure(client: FoveaClient, way: string, how: Partial<SearchInput>): Promise<Figure[]> {
  const groups: Record<string, Scores[]> = { 'trained on': [], others: [] };
  const pointed = { hits: 0, right: 0 };
  for (const name of names) {
    const { hits } = await client.search({
      ...how,
      query: `a photo of a ${CALLED[name] ?? name}`,
      legs: ['vector'],
      limit: 85,
    });
    const relevant = relevantOf(name);
    const scores = scoresOf(
      hits.map((hit) => hit.name),
      relevant,
    );
    groups[TRAINED.has(name) ? 'trained on' : 'others']?.push(scores);
    if (options.verbose) console.log(way, name, JSON.stringify(scores));
    for (const { name: file, regions: [best] = [] } of hits.slice(0, 10)) {
      if (!relevant.has(file) || best === undefined) continue;
      const { xmin, ymin, xmax, ymax } = best.box;
      const things = truth.get(file) ?? [];
      pointed.hits++;
      if (things.some((thing) => thing.name === name && overlap(thing.box, [xmin, ymin, xmax, ymax]) >= 0.5))
        pointed.right++;
    }
  }
  const all = mean(Object.values(groups).flat());
  // What the way is for: to find more than whole pictures do.
  const beyond = (value: number, least: number | undefined): Partial<Figure> =>
    way === '--regions' && least !== undefined ? { goal: `above ${least.toFixed(4)}`, met: value > least } : {};
  if (way === 'whole pictures') whole = all;
  return [
    { name: `${way}: recall@5`, value: all.at5, ...beyond(all.at5, whole?.at5) },
    { name: `${way}: recall@10`, value: all.at10, ...beyond(all.at10, whole?.at10) },
    { name: `${way}: average precision`, value: all.precision, ...beyond(all.precision, whole?.precision) },
    ...Object.entries(groups).map(([group, scores]) => ({
      name: `${way}: recall@10, ${group}`,
      value: mean(scores).at10,
    })),
    ...(pointed.hits === 0 ? [] : [{ name: `${way}: pointed at`, value: pointed.right / pointed.hits }]),
  ];
}

/** Intersection over union. */
function overlap(a: Edges, b: Edges): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  const area = ([x1, y1, x2, y2]: Edges): number => (x2 - x1) * (y2 - y1);
  return (width * height) / (area(a) + area(b) - width * height);
}
