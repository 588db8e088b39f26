import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { drawContactSheet } from './contact-sheet.ts';
import { justifiedRows } from './justified-rows.ts';

const OPTIONS = { width: 1000, rowHeight: 200, gap: 10, caption: 30 };

/** A picture of one colour. */
async function plain(width: number, height: number, background: string): Promise<Uint8Array> {
  return sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer();
}

test('justifiedRows() fills each row but the last, which keeps its height', () => {
  const places = justifiedRows(
    Array(5)
      .fill(0)
      .map(() => ({ width: 300, height: 200 })),
    OPTIONS,
  );
  // Four of 3 : 2 are (1000 − 30) / 6 = 161 high.
  expect(places.map(({ top, height }) => [top, height])).toEqual([
    [0, 161],
    [0, 161],
    [0, 161],
    [0, 161],
    [201, 200],
  ]);
  expect(places.map(({ left }) => left)).toEqual([0, 252, 504, 756, 0]);
  expect(places.every(({ left, width }) => left + width <= 1000)).toBe(true);
});

test('justifiedRows() gives panoramas and towers a place of their own that others can live beside', () => {
  const [panorama, tower] = justifiedRows(
    [
      { width: 9000, height: 10 },
      { width: 10, height: 9000 },
    ],
    OPTIONS,
  );
  expect(panorama).toEqual({ left: 0, top: 0, width: 600, height: 200 });
  expect(tower).toEqual({ left: 610, top: 0, width: 67, height: 200 });
});

test('drawContactSheet() puts pictures, boxes and what was asked with where they belong', async () => {
  const { png } = await drawContactSheet({
    title: 'a <dog> & \u0000 "cat"',
    subtitle: '2 of 3',
    query: { bytes: await plain(30, 20, '#00ff00'), width: 30, height: 20, boxes: [], caption: ['query.jpg'] },
    pictures: [
      {
        bytes: await plain(30, 20, '#0000ff'),
        width: 300,
        height: 200,
        boxes: [{ xmin: 100, ymin: 50, xmax: 200, ymax: 150 }],
        caption: ['a.jpg', '0.5'],
      },
      { bytes: Buffer.from('no picture'), width: 300, height: 200, boxes: [], caption: ['很长'.repeat(100)] },
    ],
  });
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number): number[] => [
    ...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3),
  ];
  expect(info.width).toBe(1200);
  expect(at(100, 100)).toEqual([0, 255, 0]);
  // Below: 330 × 220 from (24, 298), 1.1 times the size that the box is told in.
  expect(at(30, 310)).toEqual([0, 0, 255]);
  expect(at(24 + 110, 298 + 110)).toEqual([255, 59, 48]);
  expect(at(24 + 165, 298 + 110)).toEqual([0, 0, 255]);
  expect(at(24 + 330 + 100, 400)).toEqual([223, 223, 220]);
});

test.runIf(process.platform === 'linux')(
  'drawContactSheet() leaves texts out and says so where the system has no font',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fovea-fonts-'));
    try {
      const configuration = join(folder, 'fonts.conf');
      writeFileSync(configuration, '<?xml version="1.0"?><fontconfig></fontconfig>');
      const sheet = { title: 'a dog', subtitle: '1 of 1', query: undefined, pictures: [] };
      const module = new URL('../../dist/image/index.js', import.meta.url).href;
      // Fonts are looked for once a process.
      const program = `const { drawContactSheet } = await import(${JSON.stringify(module)});
      const { png, hasText } = await drawContactSheet(${JSON.stringify(sheet)});
      console.log(JSON.stringify({ png: Buffer.from(png).toString('base64'), hasText }));`;
      const drawn = JSON.parse(
        execFileSync(process.execPath, ['--input-type=module', '-e', program], {
          env: { ...process.env, FONTCONFIG_FILE: configuration },
          encoding: 'utf8',
        }),
      ) as { png: string; hasText: boolean };
      expect(drawn.hasText).toBe(false);
      const { channels } = await sharp(Buffer.from(drawn.png, 'base64')).stats();
      expect(channels.map(({ min, max }) => [min, max])).toEqual([247, 247, 246, 255].map((value) => [value, value]));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
