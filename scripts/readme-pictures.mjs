#!/usr/bin/env node
/**
 * Makes the pictures of the page that the README shows: draws photos (`drawings.mjs`), puts them into a library of their own
 * with captions and boxes, and photographs the page in Chromium. After `npm run build`:
 *
 *     node scripts/readme-pictures.mjs
 *
 * `CHROMIUM` names another browser than the system's.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { drawings } from './drawings.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = join(root, 'docs/images');
const folder = mkdtempSync(join(tmpdir(), 'fovea-readme-'));
const environment = { ...process.env, FOVEA_HOME: join(folder, 'home'), HF_HUB_OFFLINE: '1' };
const program = join(root, 'dist/cli/main.js');

try {
  await drawLibrary();
  fovea('add', join(folder, 'photos'));
  fovea(
    'dataset',
    'load',
    join(folder, 'captions.jsonl'),
    '--image',
    'file',
    '--text',
    'caption:en',
    '--label',
    'light',
  );
  fovea('dataset', 'load', join(folder, 'boxes.json'), '--name', 'drawn');
  await photograph();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function drawLibrary() {
  const all = drawings();
  mkdirSync(join(folder, 'photos'), { recursive: true });
  for (const { name, svg } of all)
    await sharp(Buffer.from(svg))
      .jpeg({ quality: 90 })
      .toFile(join(folder, 'photos', name));
  const captions = all.map(({ name, caption, light }) => ({ file: `photos/${name}`, caption, light }));
  writeFileSync(join(folder, 'captions.jsonl'), captions.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const names = [...new Set(all.flatMap(({ boxes }) => boxes.map((box) => box.name)))];
  const coco = {
    images: all.map(({ name, width, height }, id) => ({ id, file_name: `photos/${name}`, width, height })),
    categories: names.map((name, id) => ({ id, name })),
    annotations: all
      .flatMap(({ boxes }, image) => boxes.map((box) => ({ ...box, image })))
      .map(({ name, x1, y1, x2, y2, image }, id) => ({
        id,
        image_id: image,
        category_id: names.indexOf(name),
        bbox: [x1, y1, x2 - x1, y2 - y1],
        iscrowd: 0,
      })),
  };
  writeFileSync(join(folder, 'boxes.json'), JSON.stringify(coco));
}

function fovea(...args) {
  const { status } = spawnSync(process.execPath, [program, ...args], {
    env: environment,
    stdio: ['ignore', 'ignore', 2],
  });
  if (status !== 0) throw new Error(`fovea ${args.join(' ')} ended with ${status}`);
}

async function photograph() {
  const server = spawn(process.execPath, [program, 'server', '--port', '0'], { env: environment });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  try {
    const url = await addressOf(server);
    const page = await browser.newPage({ viewport: { width: 1360, height: 850 }, reducedMotion: 'reduce' });
    mkdirSync(target, { recursive: true });
    await page.goto(`${url}/ui/default?q=the+sea+at+sunset`);
    await page.getByRole('list', { name: 'Pictures' }).getByRole('link').nth(8).waitFor();
    await shoot(page, 'search');
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.goto(`${url}/ui/default?q=hot-air+balloons+at+noon`);
    await page.getByRole('list', { name: 'Pictures' }).getByRole('link').first().click();
    await page.waitForURL('**/picture/**');
    await shoot(page, 'picture');
  } finally {
    await browser.close();
    server.kill();
  }
}

/** The address that a server prints once it is ready. */
function addressOf(server) {
  return new Promise((resolve, reject) => {
    let printed = '';
    const read = (chunk) => {
      printed += chunk;
      const url = /http:\/\/\S+:\d+/.exec(printed)?.[0];
      if (url !== undefined) resolve(url);
    };
    server.stdout.on('data', read);
    server.stderr.on('data', read);
    server.once('exit', (code) => reject(new Error(`The server ended with ${code}: ${printed}`)));
  });
}

async function shoot(page, name) {
  await page.waitForLoadState('networkidle').catch(() => {});
  await page.waitForFunction(() => [...document.images].every((image) => image.complete && image.naturalWidth > 0));
  const shot = await page.screenshot();
  await sharp(shot)
    .webp({ quality: 82, effort: 6 })
    .toFile(join(target, `${name}.webp`));
}
