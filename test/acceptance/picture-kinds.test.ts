import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { describeLibrary, type RunningServer } from './library.ts';

describeLibrary('pictures of every kind', (newLibrary) => {
  let server: RunningServer;
  const asked: string[] = [];
  const web = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end();
  });
  beforeAll(async () => {
    const library = await newLibrary();
    server = await library.serve();
    const folder = join(library.folder, 'kinds');
    mkdirSync(folder);
    web.listen(0, '127.0.0.1');
    await once(web, 'listening');
    const address = web.address();
    await writeKinds(folder);
    writeSvgs(folder, `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
    const ran = await library.fovea('add', folder, '--json');
    expect(ran.code, ran.stderr).toBe(0);
    return () => web.close();
  });

  test('are shown in the colours that they mean', async () => {
    const { rows } = await server.client.sql('select content_id, name, width, height, frames from content');
    const found = new Map(rows.map((row) => [String(row.name), row]));
    for (const [name, { color, size = [64, 48], frames = 1, within = 8 }] of Object.entries(KINDS)) {
      const row = found.get(name);
      expect([row?.width, row?.height, row?.frames], name).toEqual([...size, frames]);
      // Of a small picture the smallest that is kept has all that there is: a larger one is not made.
      const thumbnail = await server.client.thumbnail(String(row?.content_id), { side: 2048 });
      expect(thumbnail.etag, name).toMatch(Math.max(...size) > 320 ? /-2048$/ : /-320$/);
      const { data, info } = await sharp(await thumbnail.bytes())
        .raw()
        .toBuffer({ resolveWithObject: true });
      const middle = (Math.floor(info.height / 2) * info.width + Math.floor(info.width / 2)) * info.channels;
      for (const [channel, value] of color.entries())
        expect(
          Math.abs((data[middle + channel] ?? 0) - value),
          `${name} ${data.subarray(middle, middle + 3).join()}`,
        ).toBeLessThanOrEqual(within);
    }
  });

  test('an SVG reads no file and asks no server; what would need to is refused with a reason', async () => {
    const { rows } = await server.client.sql(
      `select content_id, name, width from content where mime_type = 'image/svg+xml'`,
    );
    expect(rows.map(({ name }) => String(name)).toSorted()).toEqual(Object.keys(SVGS).toSorted());
    for (const { content_id: id, name, width } of rows) {
      const reason = SVGS[String(name)];
      expect([name, width], String(name)).toEqual([name, reason === undefined ? 64 : null]);
      if (reason !== undefined) continue;
      const thumbnail = await (await server.client.thumbnail(String(id), { side: 320 })).bytes();
      const { data } = await sharp(thumbnail).raw().toBuffer({ resolveWithObject: true });
      expect(
        [data[0], data[1], data[2]].map((value) => Math.round((value ?? 0) / 16)),
        String(name),
      ).toEqual([0, 16, 0]);
    }
    const { tasks } = await server.client.tasks({ state: 'failed', limit: 1000 });
    for (const { name, error } of tasks)
      expect(error, name).toMatch(SVGS[name] ?? BROKEN[name] ?? /no file should fail/);
    const broken = new Set(tasks.map(({ name }) => name));
    expect(Object.keys(BROKEN).filter((name) => !broken.has(name))).toEqual([]);
    expect(asked).toEqual([]);
  });
});

interface Kind {
  /** sRGB in the middle. */
  readonly color: readonly [number, number, number];
  readonly size?: readonly [number, number];
  readonly frames?: number;
  /** Levels that a channel may be off; ink can't show every colour. */
  readonly within?: number;
}

const SEEN: readonly [number, number, number] = [200, 60, 40];
const BLUE = { r: 0, g: 0, b: 255 };
const KINDS: Readonly<Record<string, Kind>> = {
  'grey16.png': { color: [128, 128, 128] },
  'rgb16.png': { color: SEEN },
  'grey.jpg': { color: [90, 90, 90] },
  'half-transparent.png': { color: [228, 157, 147] },
  'display-p3.png': { color: SEEN },
  'display-p3.jpg': { color: SEEN },
  'cmyk.jpg': { color: SEEN, within: 16 },
  'cmyk.tiff': { color: SEEN, within: 16 },
  'progressive.jpg': { color: SEEN },
  'more-behind-it.jpg': { color: SEEN },
  'two-pictures.jpg': { color: SEEN },
  'palette.png': { color: SEEN },
  'bad-text-crc.png': { color: SEEN },
  'one.png': { color: SEEN, size: [1, 1] },
  'wide.png': { color: SEEN, size: [30_000, 10] },
  'tall.png': { color: SEEN, size: [10, 30_000] },
  'animated.gif': { color: SEEN, frames: 2 },
  'animated.webp': { color: SEEN, frames: 2 },
  'pages.tiff': { color: SEEN, frames: 2 },
  'picture.avif': { color: SEEN },
  'bitmap.bmp': { color: SEEN },
};

const BROKEN: Readonly<Record<string, RegExp>> = { 'bad-pixel-crc.png': /the PNG file is damaged/ };

async function writeKinds(folder: string): Promise<void> {
  const [r, g, b] = SEEN;
  const plain = (width = 64, height = 48, background = { r, g, b }) =>
    sharp({ create: { width, height, channels: 3, background } });
  const grey16 = new Uint16Array(64 * 48).fill(128 * 257);
  const rgb16 = Uint16Array.from({ length: 64 * 48 * 3 }, (_, at) => (SEEN[at % 3] ?? 0) * 257);
  const jpeg = await plain().jpeg({ quality: 95 }).toBuffer();
  const png = await plain().png().toBuffer();
  const blue = await plain(64, 48, BLUE).png().toBuffer();
  const both = () => sharp([png, blue], { join: { animated: true } });
  const p3 = await plain().withIccProfile('p3').png().toBuffer();
  const { data: numbers } = await sharp(p3, { ignoreIcc: true }).raw().toBuffer({ resolveWithObject: true });
  // Else nothing would be converted, and the test could not fail.
  expect(Math.abs((numbers[0] ?? 0) - r)).toBeGreaterThan(9);
  const files: Readonly<Record<string, Uint8Array>> = {
    'grey16.png': await sharp(grey16, { raw: { width: 64, height: 48, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer(),
    'rgb16.png': await sharp(rgb16, { raw: { width: 64, height: 48, channels: 3 } })
      .toColourspace('rgb16')
      .png()
      .toBuffer(),
    'grey.jpg': await plain(64, 48, { r: 90, g: 90, b: 90 }).toColourspace('b-w').jpeg({ quality: 95 }).toBuffer(),
    'half-transparent.png': await plain().ensureAlpha(0.5).png().toBuffer(),
    'display-p3.png': p3,
    'display-p3.jpg': await plain().withIccProfile('p3').jpeg({ quality: 98 }).toBuffer(),
    'cmyk.jpg': await plain().toColourspace('cmyk').withIccProfile('cmyk').jpeg({ quality: 98 }).toBuffer(),
    'cmyk.tiff': await plain().toColourspace('cmyk').withIccProfile('cmyk').tiff({ compression: 'lzw' }).toBuffer(),
    'progressive.jpg': await plain().jpeg({ quality: 94, progressive: true }).toBuffer(),
    'more-behind-it.jpg': Buffer.concat([jpeg, Buffer.alloc(5000, 'trailing garbage')]),
    'two-pictures.jpg': Buffer.concat([jpeg, await plain(64, 48, BLUE).jpeg().toBuffer()]),
    'palette.png': await plain().png({ palette: true }).toBuffer(),
    'bad-text-crc.png': Buffer.concat([png.subarray(0, 33), brokenChunk('tEXt', 'Title\0x'), png.subarray(33)]),
    'bad-pixel-crc.png': withBrokenPixels(png),
    'one.png': await plain(1, 1).png().toBuffer(),
    'wide.png': await plain(30_000, 10).png().toBuffer(),
    'tall.png': await plain(10, 30_000).png().toBuffer(),
    'animated.gif': await both().gif().toBuffer(),
    'animated.webp': await both().webp({ lossless: true }).toBuffer(),
    'pages.tiff': await both().tiff({ compression: 'lzw' }).toBuffer(),
    'picture.avif': await plain().avif({ quality: 90, chromaSubsampling: '4:4:4' }).toBuffer(),
    'bitmap.bmp': bitmap(64, 48, [b, g, r]),
  };
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
}

/** A chunk whose check sum is wrong. */
function brokenChunk(type: string, text: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, Buffer.from(type + text, 'latin1'), Buffer.of(1, 2, 3, 4)]);
}

function withBrokenPixels(png: Buffer): Buffer {
  const broken = Buffer.from(png);
  const data = broken.indexOf('IDAT');
  const crc = data + 4 + broken.readUInt32BE(data - 4);
  broken.writeUInt32BE(0x01020304, crc);
  return broken;
}

function bitmap(width: number, height: number, pixel: readonly number[]): Buffer {
  const header = Buffer.alloc(54);
  header.write('BM');
  header.writeUInt32LE(54, 10);
  header.writeUInt32LE(40, 14);
  header.writeInt32LE(width, 18);
  header.writeInt32LE(height, 22);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(24, 28);
  return Buffer.concat([header, Buffer.from(Array.from({ length: width * height }, () => pixel).flat())]);
}

/** Drawn green where there is no reason, with nothing of what they name. */
const SVGS: Readonly<Record<string, RegExp | undefined>> = {
  'picture-file.svg': undefined,
  'picture-pipe.svg': undefined,
  'picture-web.svg': undefined,
  'use-web.svg': undefined,
  'style-web.svg': undefined,
  'style-sheet.svg': undefined,
  'script.svg': undefined,
  'dtd-web.svg': undefined,
  'inside-data.svg': undefined,
  'entity-file.svg': /SVG file can't be drawn: .*names something outside of the file/,
  'entity-web.svg': /SVG file can't be drawn: .*names something outside of the file/,
  'parameter-entity.svg': /SVG file can't be drawn: .*names something outside of the file/,
  'entities-multiply.svg': /SVG file can't be drawn/,
  'nested.svg': /SVG file can't be drawn: .*nests too deeply/,
};

function writeSvgs(folder: string, web: string): void {
  const red = join(folder, '..', 'red.svg');
  const pipe = join(folder, '..', 'pipe.png');
  const draw = (inside: string, before = ''): string =>
    `<?xml version="1.0"?>${before}<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ` +
    `width="64" height="48"><rect width="64" height="48" fill="#00ff00"/>${inside}</svg>`;
  writeFileSync(red, draw('<g id="r"><rect width="64" height="48" fill="#ff0000"/></g>'));
  // Who opens it waits for ever, since nobody writes.
  execFileSync('mkfifo', [pipe]);
  const image = (href: string): string => `<image xlink:href="${href}" href="${href}" width="64" height="48"/>`;
  const entity = (declaration: string): string => `<!DOCTYPE svg [${declaration}]>`;
  const laughs = Array.from({ length: 9 }, (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`).join('');
  const files: Readonly<Record<string, string>> = {
    'picture-file.svg': draw(image(`file://${red}`) + image(red) + image('../red.svg')),
    'picture-pipe.svg': draw(image(`file://${pipe}`) + image(pipe)),
    'picture-web.svg': draw(image(`${web}/a.png`)),
    'use-web.svg': draw(`<use xlink:href="${web}/b.svg#r"/><use xlink:href="file://${red}#r"/>`),
    'style-web.svg': draw(
      `<style>@import url("${web}/c.css"); @import url("file://${red}"); @font-face { font-family: f; src: url(${web}/f.ttf) }</style>`,
    ),
    'style-sheet.svg': draw('', `<?xml-stylesheet type="text/css" href="${web}/d.css"?>`),
    'script.svg': draw(
      `<script>fetch("${web}/e")</script><foreignObject><img xmlns="http://www.w3.org/1999/xhtml" src="${web}/f"/></foreignObject>`,
    ),
    'dtd-web.svg': draw('', `<!DOCTYPE svg SYSTEM "${web}/g.dtd">`),
    'inside-data.svg': draw(
      image(
        `data:image/svg+xml;base64,${Buffer.from(draw(image(`${web}/h`) + image(`file://${red}`))).toString('base64')}`,
      ),
    ),
    'entity-file.svg': draw('<text>&x;</text>', entity(`<!ENTITY x SYSTEM "file://${red}">`)),
    'entity-web.svg': draw('<text>&x;</text>', entity(`<!ENTITY x SYSTEM "${web}/i">`)),
    'parameter-entity.svg': draw('', entity(`<!ENTITY % p SYSTEM "${web}/j"> %p;`)),
    'entities-multiply.svg': draw('<text>&l9;</text>', entity(`<!ENTITY l0 "ha">${laughs}`)),
    'nested.svg': draw('<g>'.repeat(5000) + '</g>'.repeat(5000)),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}
