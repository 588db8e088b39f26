/**
 * Duplicates through the product's own path: the 1,000 Flickr8k validation photos and 200 copies of the first of them, a third
 * saved anew at a low quality, a third at half their size, a third with 5 % cut off, at one or more edges, saved anew too.
 *
 *     found        share of copies that are in one group with their photo
 *     false pairs  groups of two photos that are no copies of each other
 *
 * And what 100,000 photos cost: grey pictures that are windows of mirrored and mixed photos, with a copy of every tenth.
 *
 *     npm run bench -- duplicates [--copies 200] [--large 100000]
 *
 * @module
 */
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { open } from 'fovea';
import type { FoveaClient } from 'fovea';
import sharp from 'sharp';
import type * as Duplicates from '../dist/engine/duplicates/find-copies.js';
import type * as Image from '../dist/image/index.js';
import { captionedPhotos, scratchFolder, testData } from './lib-data.ts';
import type { Figure } from './lib-report.ts';
import { report } from './lib-report.ts';

const GRAPH =
  'name: copies\nextraction_policies: [{ name: phash, extractor: image/phash, input_params: { grey: true } }]\n';

/** Which edges lose 5 %: left, top, right, bottom. */
const CUTS = [
  [1, 1, 1, 1],
  [1, 0, 0, 0],
  [0, 1, 1, 0],
  [0, 0, 0, 1],
  [1, 0, 1, 0],
] as const;
const CUT = 0.05;

const KINDS = ['re-encoded', 'half size', 'cropped'] as const;

async function copyOf(photo: string, number: number): Promise<Buffer> {
  const image = sharp(photo);
  const { width = 0, height = 0 } = await image.metadata();
  if (number % 3 === 0) return image.jpeg({ quality: 50 }).toBuffer();
  if (number % 3 === 1)
    return image
      .resize(Math.round(width / 2))
      .jpeg({ quality: 80 })
      .toBuffer();
  const [left, top, right, bottom] = CUTS[Math.floor(number / 3) % CUTS.length] ?? CUTS[0];
  const area = {
    left: Math.round(left * CUT * width),
    top: Math.round(top * CUT * height),
    width: Math.round((1 - (left + right) * CUT) * width),
    height: Math.round((1 - (top + bottom) * CUT) * height),
  };
  return image.extract(area).jpeg({ quality: 80 }).toBuffer();
}

async function quality(client: FoveaClient, folder: string, copies: number): Promise<Figure[]> {
  const photos = captionedPhotos('val').map(({ image }) => image);
  mkdirSync(folder);
  for (const image of photos) symlinkSync(testData(`data/flickr8k/images/${image}`), join(folder, image));
  for (const [number, image] of photos.slice(0, copies).entries())
    writeFileSync(join(folder, `copy-${number}-${image}`), await copyOf(join(folder, image), number));
  await client.graphs.apply(GRAPH);
  for await (const { failed } of client.addPath(folder)) if (failed > 0) throw new Error('A file was not added');
  await client.waitUntilIndexed();
  const start = performance.now();
  const { similarPictures } = await client.duplicates({ kind: 'similar-pictures', limit: 10_000 });
  const seconds = (performance.now() - start) / 1000;
  const found = KINDS.map(() => 0);
  let falsePairs = 0;
  for (const { keep, copies: others } of similarPictures?.groups ?? []) {
    const names = [keep, ...others].map(({ name }) => name);
    const originals = new Set(names.map((name) => name.replace(/^copy-\d+-/, '')));
    falsePairs += originals.size - 1;
    if (originals.size > 1) console.log(`false: ${names.join(' ')}`);
    for (const name of names) {
      const number = /^copy-(\d+)-/.exec(name)?.[1];
      if (number !== undefined && names.includes(name.replace(/^copy-\d+-/, '')))
        found[Number(number) % 3] = (found[Number(number) % 3] ?? 0) + 1;
    }
  }
  const share = found.reduce((sum, count) => sum + count, 0) / copies;
  return [
    { name: `copies found, of ${copies}`, value: share, goal: '≥ 0.98', met: share >= 0.98 },
    ...KINDS.map((kind, place) => ({ name: `  ${kind}`, value: found[place] ?? 0 })),
    { name: 'false pairs', value: falsePairs, goal: '0', met: falsePairs === 0 },
    { name: `seconds for ${photos.length + copies} pictures`, value: seconds },
  ];
}

/** Small grey pictures of photos that don't exist: two windows of mirrored photos, mixed. */
async function largeLibrary(
  image: typeof Image,
  count: number,
): Promise<Map<string, { grey: Uint8Array; phash: string }>> {
  const photos = captionedPhotos('val').slice(0, 500);
  const rasters: Image.Raster[] = [];
  for (const { image: name } of photos) {
    const bytes = readFileSync(testData(`data/flickr8k/images/${name}`));
    rasters.push(
      await image.render(await image.openPicture(bytes), {
        resize: 'squash',
        width: 64,
        height: 64,
        kernel: 'bilinear',
      }),
    );
  }
  const random = seeded(7);
  const library = new Map<string, { grey: Uint8Array; phash: string }>();
  const side = 48;
  for (let number = 0; number < count; number++) {
    const [a, b] = [0, 1].map(() => {
      const raster = rasters[Math.floor(random() * rasters.length)];
      if (raster === undefined) throw new Error('There are no photos');
      const [left, top, mirrored] = [Math.floor(random() * 16), Math.floor(random() * 16), random() < 0.5];
      return (x: number, y: number): number =>
        raster.data[((top + y) * 64 + left + (mirrored ? side - 1 - x : x)) * 3 + 1] ?? 0;
    });
    if (a === undefined || b === undefined) throw new Error('There are no photos');
    const data = new Uint8Array(side * side * 3);
    for (let i = 0; i < side * side; i++)
      data.fill((a(i % side, Math.floor(i / side)) + b(i % side, Math.floor(i / side))) / 2, i * 3, i * 3 + 3);
    keep(`${number}`, { data, width: side, height: side });
    // The copy lost its left edge.
    if (number % 10 === 0)
      keep(
        `${number}-copy`,
        image.resample({ data, width: side, height: side }, { width: side, height: side }, 'bicubic', {
          from: { left: 2, top: 0, width: side - 2, height: side },
        }),
      );
  }
  return library;

  function keep(contentId: string, pixels: Image.Raster): void {
    library.set(contentId, { grey: image.greyPicture(pixels), phash: image.hashToHex(image.pHash(pixels)) });
  }
}

/** Mulberry32: the same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

async function cost(count: number): Promise<Figure[]> {
  const at = (path: string): string => pathToFileURL(resolve(path)).href;
  const image = (await import(at('dist/image/index.js'))) as typeof Image;
  const { findCopies } = (await import(at('dist/engine/duplicates/find-copies.js'))) as typeof Duplicates;
  const figures: Figure[] = [];
  for (const size of [count / 10, count]) {
    const library = await largeLibrary(image, size);
    const pictures = [...library].map(([contentId, { phash }]) => ({
      contentId,
      phash,
      width: contentId.endsWith('copy') ? 460 : 500,
      height: 400,
      sizeBytes: 100_000,
      createdAt: '2026-01-01T00:00:00Z',
    }));
    const greys = async (ids: readonly string[]): Promise<Map<string, Uint8Array>> =>
      new Map(ids.flatMap((id) => (library.has(id) ? [[id, library.get(id)?.grey ?? new Uint8Array()] as const] : [])));
    const start = performance.now();
    const { groups } = await findCopies({ greys }, pictures);
    const seconds = (performance.now() - start) / 1000;
    const found = groups.filter((group) =>
      group.copies.some(({ picture }) => picture.contentId === `${group.keep.contentId}-copy`),
    );
    figures.push(
      { name: `${pictures.length} pictures, seconds`, value: seconds },
      { name: `  found of ${size / 10} copies`, value: found.length },
      { name: '  groups', value: groups.length },
    );
  }
  return figures;
}

const { values } = parseArgs({
  options: { copies: { type: 'string', default: '200' }, large: { type: 'string', default: '100000' } },
});
const folder = scratchFolder('duplicates');
const client = await open({ home: join(folder, 'home'), models: [testData('models')], hub: { offline: true } });
try {
  const figures = await quality(client, join(folder, 'photos'), Number(values.copies));
  if (Number(values.large) > 0) figures.push(...(await cost(Number(values.large))));
  report('duplicates', figures);
} finally {
  await client.close();
  rmSync(folder, { recursive: true, force: true });
}
