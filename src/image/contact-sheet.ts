/**
 * A contact sheet: pictures in justified rows with captions and boxes, as one PNG.
 *
 * Texts need a font of the system. Without any the pictures and boxes stand alone, and the result says so.
 *
 * @module
 */
import sharp, { type OverlayOptions } from 'sharp';
import type { BoundingBox } from '../contract/index.ts';
import { hasFont } from './fonts.ts';
import { justifiedRows } from './justified-rows.ts';
import type { Size } from './placement.ts';
import type { Rectangle } from './resample.ts';
import { svgText } from './svg-text.ts';

export interface SheetPicture extends Size {
  /** A file that the decoder reads, e.g. a thumbnail; undefined where there is none: its place is left grey. */
  readonly bytes: Uint8Array | undefined;
  /** In pixels of `width` × `height`. */
  readonly boxes: readonly BoundingBox[];
  /** Lines below it, two at most; cut where they are too long. */
  readonly caption: readonly string[];
}

export interface ContactSheet {
  readonly title: string;
  /** A line below the title. */
  readonly subtitle: string;
  /** What was asked with, above the others. */
  readonly query: SheetPicture | undefined;
  readonly pictures: readonly SheetPicture[];
}

export interface DrawnSheet {
  readonly png: Uint8Array;
  /** False where the system has no font: titles and captions are missing. */
  readonly hasText: boolean;
}

const WIDTH = 1200;
const MARGIN = 24;
const ROWS = { width: WIDTH - 2 * MARGIN, rowHeight: 220, gap: 4, caption: 42 };
const QUERY_HEIGHT = 160;
const HEAD = 72;
/** Of the light table: surface, lost picture, text, quiet text, box. */
const COLOURS = { surface: '#f7f7f6', lost: '#dfdfdc', text: '#1c1c1b', quiet: '#62625f', box: '#ff3b30' };

export async function drawContactSheet({ title, subtitle, query, pictures }: ContactSheet): Promise<DrawnSheet> {
  const top = HEAD + (query === undefined ? 0 : QUERY_HEIGHT + MARGIN + ROWS.caption);
  const tiles = [
    ...(query === undefined ? [] : [{ picture: query, place: queryPlace(query) }]),
    ...justifiedRows(pictures, ROWS).flatMap((place, index) =>
      pictures
        .slice(index, index + 1)
        .map((picture) => ({ picture, place: { ...place, left: place.left + MARGIN, top: place.top + top } })),
    ),
  ];
  const height = Math.max(top, ...tiles.map(({ place }) => place.top + place.height + ROWS.caption)) + MARGIN;
  const layers = await Promise.all(tiles.map(({ picture, place }) => pictureLayer(picture, place)));
  const texts = [
    line(title, { left: MARGIN, top: 36, width: ROWS.width, size: 18, colour: COLOURS.text }),
    line(subtitle, { left: MARGIN, top: 58, width: ROWS.width, size: 13, colour: COLOURS.quiet }),
    ...tiles.flatMap(({ picture, place }) => captionLines(picture, place)),
  ];
  const hasText = await hasFont();
  const boxes = tiles.flatMap(({ picture, place }) => outlines(picture, place));
  const overlay = svg({ width: WIDTH, height }, [...(hasText ? texts : []), ...boxes].join(''));
  const png = await sharp({ create: { width: WIDTH, height, channels: 3, background: COLOURS.surface } })
    .composite([...layers.flat(), { input: overlay, left: 0, top: 0 }])
    .png()
    .toBuffer();
  return { png, hasText };
}

function queryPlace({ width, height }: Size): Rectangle {
  const shape = Math.min(3, Math.max(1 / 3, width / height));
  return { left: MARGIN, top: HEAD, width: Math.round(QUERY_HEIGHT * shape), height: QUERY_HEIGHT };
}

/** The picture inside its place, or a grey place where it can't be read. */
async function pictureLayer({ bytes }: SheetPicture, place: Rectangle): Promise<OverlayOptions[]> {
  const { left, top, width, height } = place;
  const background = COLOURS.lost;
  try {
    if (bytes !== undefined)
      return [
        { input: await sharp(bytes).resize(width, height, { fit: 'contain', background }).png().toBuffer(), left, top },
      ];
  } catch {
    // One lost picture does not lose the sheet.
  }
  return [{ input: { create: { width, height, channels: 3, background } }, left, top }];
}

function captionLines({ caption }: SheetPicture, { left, top, width, height }: Rectangle): string[] {
  return caption.slice(0, 2).map((text, index) =>
    line(text, {
      left,
      top: top + height + 15 + 16 * index,
      width,
      size: 12,
      colour: index === 0 ? COLOURS.text : COLOURS.quiet,
    }),
  );
}

/** Boxes of the original in the place where it is shown, whole and centred. */
function outlines(picture: SheetPicture, place: Rectangle): string[] {
  const scale = Math.min(place.width / picture.width, place.height / picture.height);
  const left = place.left + (place.width - picture.width * scale) / 2;
  const top = place.top + (place.height - picture.height * scale) / 2;
  return picture.boxes.map(({ xmin, ymin, xmax, ymax }) => {
    const [width, height] = [(xmax - xmin) * scale, (ymax - ymin) * scale];
    return `<rect x="${left + xmin * scale}" y="${top + ymin * scale}" width="${width}" height="${height}" fill="none" stroke="${COLOURS.box}" stroke-width="2"/>`;
  });
}

interface LineOptions {
  readonly left: number;
  /** Of the base line. */
  readonly top: number;
  readonly width: number;
  readonly size: number;
  readonly colour: string;
}

function line(text: string, { left, top, width, size, colour }: LineOptions): string {
  return `<text x="${left}" y="${top}" font-family="sans-serif" font-size="${size}" fill="${colour}">${svgText(shortened(text, width / size))}</text>`;
}

/** Cuts a text to about `ems` of width: a letter is 0.56 em wide, one of East Asia 1. */
function shortened(text: string, ems: number): string {
  let used = 0;
  let kept = '';
  for (const character of text) {
    used += /[\u1100-\u11FF\u2E80-\uFFEF]|\p{Emoji_Presentation}/u.test(character) ? 1 : 0.56;
    if (used > ems) return `${kept.slice(0, -1)}…`;
    kept += character;
  }
  return text;
}

function svg({ width, height }: Size, content: string): Buffer {
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${content}</svg>`);
}
