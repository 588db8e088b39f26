/**
 * Retrieval quality through the product's own path: the 1,000 Flickr8k validation photos are added, indexed and searched
 * with each caption; a caption's own photo is what must be found.
 *
 *     recall@k = share of captions whose photo is among the first k hits
 *
 * Goals are figures measured outside of Fovea with Pillow: a difference is a fault in decoding, resizing, tokenising or
 * ranking. SQL over detections is compared with captions: a photo is positive for a word when at least three of its five
 * English captions have it, negative when none has.
 *
 *     npm run bench -- quality [--photos 1000]
 *
 * @module
 */
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { open } from 'fovea';
import type { FoveaClient } from 'fovea';
import type { CaptionedPhoto } from './lib-data.ts';
import { captionedPhotos, scratchFolder, testData } from './lib-data.ts';
import type { Figure } from './lib-report.ts';
import { near, report } from './lib-report.ts';

const GRAPH = `
name: quality
extraction_policies:
  - { name: tiny, extractor: embedding/clip, input_params: { model: fovea-tiny } }
  - { name: mini, extractor: embedding/clip, input_params: { model: ${testData('models/mini-clip')} } }
  - { name: objects, extractor: image/yolo, input_params: { model: yolox-nano } }
`;

/** recall@1, @5, @10 in percent. */
const WANTED: Readonly<Record<string, readonly [number, number, number]>> = {
  'mini en': [17.4, 44.1, 56.8],
  'mini zh': [5.3, 19.1, 29.4],
  'tiny en': [14.0, 35.2, 47.5],
  'tiny zh': [7.4, 21.8, 31.9],
};
const TOLERANCE = 0.3;
const WORDS = ['skateboard', 'dog', 'bicycle', 'surfboard'] as const;

async function indexPhotos(client: FoveaClient, photos: readonly CaptionedPhoto[], folder: string): Promise<void> {
  const source = testData('data/flickr8k/images');
  mkdirSync(folder);
  for (const { image } of photos) symlinkSync(join(source, image), join(folder, image));
  await client.graphs.apply(GRAPH);
  for await (const { finished, problems } of client.addPath(folder)) {
    if (finished && problems.length > 0) throw new Error(problems.map(({ message }) => message).join('\n'));
  }
  const start = performance.now();
  const { failedContents } = await client.waitUntilIndexed();
  if (failedContents > 0) throw new Error(`${failedContents} photos failed`);
  console.log(
    `indexed ${photos.length} photos by 3 policies at ${((1000 * photos.length) / (performance.now() - start)).toFixed(1)}/s\n`,
  );
}

async function recall(
  client: FoveaClient,
  photos: readonly CaptionedPhoto[],
  policy: string,
  language: 'en' | 'zh',
): Promise<[number, number, number]> {
  const found: [number, number, number] = [0, 0, 0];
  const queries = photos.flatMap((photo) => photo[language].map((caption) => ({ caption, image: photo.image })));
  for (const { caption, image } of queries) {
    const { hits } = await client.search({ query: caption, index: `quality.${policy}.embedding`, limit: 10 });
    const rank = hits.findIndex(({ name }) => name === image);
    for (const [place, k] of [1, 5, 10].entries()) if (rank !== -1 && rank < k) found[place] = (found[place] ?? 0) + 1;
  }
  return found.map((count) => (100 * count) / queries.length) as [number, number, number];
}

async function detections(client: FoveaClient, photos: readonly CaptionedPhoto[], word: string): Promise<Figure[]> {
  const { rows } = await client.sql('select distinct name from ingestion where object_name = $1', [word], {
    limit: 100_000,
  });
  const found = new Set(rows.map(({ name }) => name));
  const mentions = (photo: CaptionedPhoto): number =>
    photo.en.filter((caption) => new RegExp(`\\b${word}s?\\b`, 'i').test(caption)).length;
  const positive = photos.filter((photo) => mentions(photo) >= 3);
  const negative = photos.filter((photo) => mentions(photo) === 0);
  const hit = positive.filter(({ image }) => found.has(image)).length;
  const wrong = negative.filter(({ image }) => found.has(image)).length;
  return [
    { name: `${word} precision`, value: hit / Math.max(1, hit + wrong) },
    { name: `${word} recall (of ${positive.length})`, value: hit / Math.max(1, positive.length) },
  ];
}

const { values } = parseArgs({ options: { photos: { type: 'string', default: '1000' } } });
const folder = scratchFolder('quality');
const client = await open({ home: join(folder, 'home'), models: [testData('models')], hub: { offline: true } });
try {
  const photos = captionedPhotos('val').slice(0, Number(values.photos));
  await indexPhotos(client, photos, join(folder, 'photos'));
  const figures: Figure[] = [];
  for (const [name, wanted] of Object.entries(WANTED)) {
    const [policy = '', language] = name.split(' ');
    const measured = await recall(client, photos, policy, language === 'zh' ? 'zh' : 'en');
    for (const [place, k] of [1, 5, 10].entries())
      figures.push(near(`${name} R@${k}`, measured[place] ?? 0, wanted[place] ?? 0, TOLERANCE));
    console.log(`${name}: ${measured.map((value) => value.toFixed(2)).join(' / ')}`);
  }
  for (const word of WORDS) figures.push(...(await detections(client, photos, word)));
  console.log('');
  report('quality', figures);
} finally {
  await client.close();
  rmSync(folder, { recursive: true, force: true });
}
