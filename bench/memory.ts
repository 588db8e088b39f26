/**
 * Memory of a server while it ingests: proportional set size over the tree of its processes, sampled each second.
 *
 *     1  mini-clip and yolox-nano over 1,800 photos          goal: peak ≤ 900 MB
 *     2  a library of 20,000 contents, extracted anew         goal: its second half at most 5 % above its first
 *
 * The contents of the second part are the same photos with a few bytes behind their end, so that each is one of its own.
 *
 *     npm run bench -- memory [--photos 1800] [--rows 20000]
 *
 * @module
 */
import { mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { FoveaClient } from 'fovea/client';
import { scratchFolder, testData } from './lib-data.ts';
import { sampleMemory } from './lib-memory.ts';
import type { MemorySample } from './lib-memory.ts';
import { quantile, report } from './lib-report.ts';
import { startServer } from './lib-server.ts';

const { values: options } = parseArgs({
  options: { photos: { type: 'string', default: '1800' }, rows: { type: 'string', default: '20000' } },
});
const PEAK_GOAL_MB = 900;
const GROWTH_GOAL = 1.05;

/** Samples each second while `work` runs, and once at its end. */
async function watch(pid: number, work: () => Promise<void>): Promise<MemorySample[]> {
  const samples: MemorySample[] = [];
  const timer = setInterval(() => samples.push(sampleMemory(pid)), 1000);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return [...samples, sampleMemory(pid)];
}

async function add(client: FoveaClient, folder: string): Promise<void> {
  for await (const { failed } of client.addPath(folder, { graph: 'none' }))
    if (failed > 0) throw new Error('A file was not added');
}

const graph = (policies: readonly object[]): string => JSON.stringify({ name: 'bench', extraction_policies: policies });
const clip = { name: 'clip', extractor: 'embedding/clip', input_params: { model: 'mini-clip' } };
const boxes = { name: 'objects', extractor: 'image/yolo', input_params: { model: 'yolox-nano' } };

function show(title: string, samples: readonly MemorySample[]): MemorySample {
  const [peak] = samples.toSorted((a, b) => b.total - a.total);
  if (peak === undefined) throw new Error('Nothing was sampled');
  console.log(`${title}: ${samples.length} samples, peak ${peak.total.toFixed(0)} MB`);
  for (const [name, megabytes] of peak.byProcess)
    console.log(`  ${name.padEnd(24)} ${megabytes.toFixed(0).padStart(6)} MB`);
  return peak;
}

/** As many files as asked for, of which no two have the same bytes. */
function distinct(folder: string, photos: readonly string[], count: number): void {
  mkdirSync(folder);
  for (let place = 0; place < count; place++) {
    const photo = photos[place % photos.length] ?? '';
    if (place < photos.length) symlinkSync(photo, join(folder, `${place}.jpg`));
    else writeFileSync(join(folder, `${place}.jpg`), Buffer.concat([readFileSync(photo), Buffer.from(String(place))]));
  }
}

async function main(): Promise<void> {
  const scratch = scratchFolder('memory');
  const images = testData('data/flickr8k/images');
  const photos = readdirSync(images).slice(0, Number(options.photos));
  distinct(
    join(scratch, 'first'),
    photos.map((name) => join(images, name)),
    photos.length,
  );
  distinct(
    join(scratch, 'all'),
    photos.map((name) => join(images, name)),
    Number(options.rows),
  );
  try {
    const server = await startServer(join(scratch, 'home'));
    const { client, pid } = server;
    try {
      await client.graphs.apply(graph([clip, boxes]));
      const first = await watch(pid, async () => {
        await add(client, join(scratch, 'first'));
        await client.waitUntilIndexed();
      });
      const peak = show(`mini-clip and yolox-nano, ${photos.length} photos`, first);
      await client.graphs.delete('bench');
      await add(client, join(scratch, 'all'));
      const hashes = { name: 'hashes', extractor: 'image/phash' };
      await client.graphs.apply(graph([hashes]));
      await client.waitUntilIndexed();
      await client.graphs.delete('bench');
      const second = await watch(pid, async () => {
        await client.graphs.apply(graph([hashes]));
        await client.waitUntilIndexed();
      });
      const { contents } = await client.status();
      show(`the second pass over ${contents} contents`, second);
      const half = Math.floor(second.length / 2);
      const [early, late] = [second.slice(0, half), second.slice(half)].map((part) =>
        quantile(
          part.map(({ total }) => total),
          0.9,
        ),
      ) as [number, number];
      report('memory', [
        { name: 'peak MB', value: peak.total, goal: `≤ ${PEAK_GOAL_MB}`, met: peak.total <= PEAK_GOAL_MB },
        { name: 'second pass: contents', value: contents },
        { name: 'second pass: first half, p90 MB', value: early },
        { name: 'second pass: second half, p90 MB', value: late },
        {
          name: 'second pass: growth',
          value: late / early,
          goal: `≤ ${GROWTH_GOAL}`,
          met: late / early <= GROWTH_GOAL,
        },
      ]);
    } finally {
      await server.stop();
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

await main();
