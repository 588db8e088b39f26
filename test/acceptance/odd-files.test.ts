import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import type { AddProgress, Status } from '../../src/contract/index.ts';
import { testData } from '../data.ts';
import { describeLibrary, type Library, type RunningServer } from './library.ts';

/** Every file of the test data that is no good, and why. */
const BAD: Readonly<Record<string, RegExp>> = {
  '65536-uint32-limit.png': /65536 × 65536 are 4,295 megapixels, more than the limit of 100/,
  'Bad_badbitcount.bmp': /damaged: it says that it has 30000 bits a pixel/,
  'Bad_clrsUsed.bmp': /damaged: it says that its palette has 4278190086 colours/,
  'Bad_height.bmp': /6 × 2147483647 are .* megapixels, more than the limit/,
  'Bad_reallybig.bmp': /3000000 × 2000000 are .* megapixels, more than the limit/,
  'Bad_shortfile.bmp': /BMP file is incomplete: it ends before the picture does/,
  'Bad_smile-incorrect-image-length.ico': /no decoder for ICO pictures; convert it/,
  'Bad_unusual_extend_buffer_usage.bmp': /BMP pictures with compression are not supported; convert it/,
  'Bad_width.bmp': /2147483647 × 6 are .* megapixels, more than the limit/,
  'corrupt-header.jpg': /JPEG file is incomplete: it ends before the picture does/,
  'corrupted.jpg': /JPEG file is damaged/,
  'giant-image.jpg': /20000 × 14000 are 280 megapixels, more than the limit of 100/,
  'relax.jp2': /no decoder for JPEG 2000 pictures; convert it/,
  'relax_tileparts.jp2': /no decoder for JPEG 2000 pictures; convert it/,
  'truncated.jpg': /JPEG file is incomplete: it ends before the picture does/,
  'truncated.png': /PNG file is incomplete: it ends before the picture does/,
};

interface Added {
  readonly added: readonly AddProgress[];
  readonly status: Status;
}

describeLibrary('a folder of odd files', (newLibrary) => {
  let library: Library;
  let server: RunningServer;
  let printed = '';
  let first: Added;
  const folder = testData('data/odd-images');
  beforeAll(async () => {
    library = await newLibrary();
    server = await library.serve();
    for (const stream of [server.process.stdout, server.process.stderr])
      stream?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    const ran = await library.fovea('add', folder, '--json');
    expect(ran.code, ran.stderr).toBe(0);
    first = ran.json<Added>();
  });

  test('every file is in one count, and every content ends as done or failed', async () => {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const { added, status } = first;
    const [last] = added;
    expect(last).toMatchObject({ seen: files.length, failed: 0, unchanged: 0, finished: true });
    expect(sumOf(last)).toBe(files.length);
    const failed = Object.keys(BAD).length;
    expect(status).toMatchObject({
      contents: last?.added,
      indexedContents: (last?.added ?? 0) - failed,
      failedContents: failed,
      busy: false,
    });
    for (const policy of status.policies) expect(policy, policy.policy).toMatchObject({ waiting: 0, running: 0 });
    expect(printed).not.toMatch(/unhandled|uncaught|Error:|\bat .*:\d+:\d+/i);
  });

  test('what failed says why', async () => {
    const { tasks } = await server.client.tasks({ state: 'failed', limit: 1000 });
    const reasons = new Map(tasks.map(({ name, error }) => [name, error ?? '']));
    expect([...reasons.keys()].toSorted()).toEqual(Object.keys(BAD).toSorted());
    for (const [name, reason] of Object.entries(BAD)) expect(reasons.get(name), name).toMatch(reason);
    const shown = await library.fovea('status', '--failed');
    for (const reason of reasons.values()) expect(shown.stdout).toContain(reason);
  });

  test('HEIC is upright, and animations and pages are counted', async () => {
    const { rows } = await server.client.sql(
      `select name, width, height, frames from content where mime_type = 'image/heic' or frames > 1 order by name collate "C"`,
    );
    const found = new Map(rows.map(({ name, width, height, frames }) => [name, [width, height, frames]]));
    expect(found.get('iphone_13_pro_max.HEIC')).toEqual([3024, 4032, 1]);
    expect(found.get('IMG_5195.HEIC')).toEqual([2566, 3313, 1]);
    expect(found.get('rotating-squares.gif')).toEqual([80, 80, 30]);
    expect(found.get('G31D_MULTI.TIF')?.[2]).toBe(2);
    const { contents } = await server.client.contents.list({ limit: 1000 });
    expect(contents.find(({ name }) => name === 'rotating-squares.gif')).toMatchObject({ frames: 30 });
    expect(contents.find(({ name }) => name === 'truncated.jpg')).toMatchObject({ frames: null, width: null });
  });

  test('adding it again changes nothing', async () => {
    const state = `select (select count(*) from content) as contents, (select count(*) from ingestion) as rows,
                          (select md5(string_agg(c::text, '' order by content_id)) from content c) as digest`;
    const before = await server.client.sql(state);
    const ran = await library.fovea('add', folder, '--json');
    expect(ran.code, ran.stderr).toBe(0);
    const { added, status } = ran.json<Added>();
    const [was, is] = [first.added[0], added[0]];
    expect(is).toMatchObject({ added: 0, duplicates: 0, failed: 0, missing: 0, ignored: was?.ignored });
    expect(is?.unchanged).toBe((was?.added ?? 0) + (was?.duplicates ?? 0));
    expect(status).toMatchObject({ contents: was?.added, failedContents: Object.keys(BAD).length });
    expect((await server.client.sql(state)).rows).toEqual(before.rows);
  });
});

function sumOf(progress: AddProgress | undefined): number {
  if (progress === undefined) return 0;
  const ignored = Object.values(progress.ignored).reduce((sum, count) => sum + count, 0);
  return progress.added + progress.duplicates + progress.unchanged + progress.failed + ignored;
}

describeLibrary('one picture in all orientations', (newLibrary) => {
  let server: RunningServer;
  const upright = { width: 0, height: 0 };
  const names = [1, 2, 3, 4, 5, 6, 7, 8].map((orientation) => `${orientation}.jpg`);
  const all = [...names, '6.png', '5.webp', '8.tiff'];
  beforeAll(async () => {
    const library = await newLibrary();
    server = await library.serve();
    const { data, info } = await sharp(testData('data/photos/pets.jpg')).raw().toBuffer({ resolveWithObject: true });
    Object.assign(upright, { width: info.width, height: info.height });
    const folder = join(library.folder, 'turned');
    mkdirSync(folder);
    for (const name of all) {
      const orientation = Number.parseInt(name, 10);
      const stored = asStored({ data, width: info.width, height: info.height }, orientation);
      const tagged = sharp(stored.data, { raw: { width: stored.width, height: stored.height, channels: 3 } })
        .withMetadata({ orientation })
        .jpeg({ quality: 97, chromaSubsampling: '4:4:4' });
      const format = name.endsWith('.png')
        ? tagged.png()
        : name.endsWith('.webp')
          ? tagged.webp({ lossless: true })
          : tagged;
      await (name.endsWith('.tiff') ? tagged.tiff({ compression: 'lzw' }) : format).toFile(join(folder, name));
    }
    const ran = await library.fovea('add', folder, '--json');
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.json<Added>().status).toMatchObject({ contents: all.length, indexedContents: all.length });
  });

  test('has one size and one embedding', async () => {
    const { rows } = await server.client.sql(
      `select c.name, c.width, c.height, 1 - (e.embedding <=> one.embedding) as cosine
         from "photos.clip" e join content c on c.content_id = e.content_id
              cross join (select embedding from "photos.clip" join content using (content_id) where name = '1.jpg') one`,
    );
    expect(rows).toHaveLength(all.length);
    for (const { name, width, height, cosine } of rows) {
      expect({ width, height }, String(name)).toEqual(upright);
      expect(Number(cosine), String(name)).toBeGreaterThan(0.99);
    }
  });

  test('has the same boxes', async () => {
    const { rows } = await server.client.sql(
      `select name, object_name, score, x1, y1, x2, y2 from ingestion
        where object_name is not null and score > 0.5 order by name, object_name, x1`,
    );
    const expected = rows.filter(({ name }) => name === '1.jpg');
    expect(expected.length).toBeGreaterThan(0);
    for (const name of all) {
      const boxes = rows.filter((row) => row.name === name);
      expect(
        boxes.map(({ object_name: label }) => label),
        name,
      ).toEqual(expected.map(({ object_name: label }) => label));
      for (const [place, box] of boxes.entries())
        for (const side of ['x1', 'y1', 'x2', 'y2'])
          expect(Math.abs(Number(box[side]) - Number(expected[place]?.[side])), `${name} ${side}`).toBeLessThan(8);
    }
  });

  test('has upright thumbnails', async () => {
    const { rows } = await server.client.sql('select content_id, name from content');
    const small = async (input: Uint8Array | string): Promise<Buffer> =>
      sharp(input).removeAlpha().resize(24, 24, { fit: 'fill' }).raw().toBuffer();
    const expected = await small(testData('data/photos/pets.jpg'));
    for (const { content_id: id, name } of rows) {
      const shown = await small(await (await server.client.thumbnail(String(id), { side: 320 })).bytes());
      const difference = expected.reduce((sum, value, at) => sum + Math.abs(value - (shown[at] ?? 0)), 0);
      expect(difference / expected.length, String(name)).toBeLessThan(6);
    }
  });
});

interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** How a camera stores what is seen: EXIF 2.32, tag 0x0112, says at which side of the picture row 0 and column 0 lie. */
function asStored({ data, width, height }: Pixels, orientation: number): Pixels {
  const seenAt = (row: number, column: number): readonly [x: number, y: number] => {
    const [right, bottom] = [width - 1, height - 1];
    const places: readonly (readonly [number, number])[] = [
      [column, row],
      [right - column, row],
      [right - column, bottom - row],
      [column, bottom - row],
      [row, column],
      [right - row, column],
      [right - row, bottom - column],
      [row, bottom - column],
    ];
    return places[orientation - 1] ?? [column, row];
  };
  const [rows, columns] = orientation >= 5 ? [width, height] : [height, width];
  const stored = new Uint8Array(data.length);
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1) {
      const [x, y] = seenAt(row, column);
      stored.set(data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3), (row * columns + column) * 3);
    }
  return { data: stored, width: columns, height: rows };
}
