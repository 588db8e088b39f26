/**
 * Boxes drawn on a picture, for people who want to see what a detector saw.
 *
 * @module
 */
import type { BoundingBox } from '../contract/index.ts';
import { decode, fromRaster } from './decode.ts';
import { hasFont } from './fonts.ts';
import type { Picture } from './picture.ts';
import { svgText } from './svg-text.ts';

export interface DrawnBox {
  readonly label: string;
  /** Pixels of the upright picture. */
  readonly box: BoundingBox;
}

/** Told apart in bright and dark pictures; a label keeps its colour within one picture. */
const COLOURS = ['#ff3b30', '#34c759', '#0a84ff', '#ffcc00', '#bf5af2', '#ff9f0a', '#64d2ff', '#ff375f'];

/**
 * A PNG of the upright picture with outlines and labels. Labels need a font of the system; without one the outlines stand
 * alone.
 */
export async function drawBoxes(picture: Picture, boxes: readonly DrawnBox[]): Promise<Uint8Array> {
  const { width, height } = picture;
  const raster = await decode(picture, { width, height });
  const stroke = Math.max(2, Math.round(Math.min(width, height) / 200));
  const labels = [...new Set(boxes.map(({ label }) => label))];
  const hasText = await hasFont();
  const shapes = boxes.map(({ label, box }) =>
    outline(box, hasText ? label : '', COLOURS[labels.indexOf(label) % COLOURS.length] ?? '#ff3b30', stroke),
  );
  const overlay = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${shapes.join('')}</svg>`;
  return fromRaster(raster)
    .composite([{ input: Buffer.from(overlay), left: 0, top: 0 }])
    .png()
    .toBuffer();
}

function outline({ xmin, ymin, xmax, ymax }: BoundingBox, label: string, colour: string, stroke: number): string {
  const size = stroke * 6;
  const above = ymin > size * 1.2 ? ymin - stroke : ymin + size;
  return (
    `<rect x="${xmin}" y="${ymin}" width="${xmax - xmin}" height="${ymax - ymin}" fill="none" stroke="${colour}" stroke-width="${stroke}"/>` +
    `<text x="${xmin + stroke}" y="${above}" font-family="sans-serif" font-size="${size}" fill="${colour}" stroke="#000" stroke-width="${stroke / 6}">${svgText(label)}</text>`
  );
}
