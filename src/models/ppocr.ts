/**
 * PP-OCR: three networks, one after the other.
 *
 *     detection     [1, 3, H, W], sides multiples of 32     → probability of text at each pixel
 *     angle         [1, 3, 48, 192]                          → which end of a line is its beginning (optional)
 *     recognition   [1, 3, 32 or 48, W]                      → characters along a line (`ctc.ts`)
 *
 * All take B, G, R: detection (x/255 − mean) / std with ImageNet's numbers, the others (x/255 − 0.5) / 0.5; what a line leaves
 * free on its right is 0. Li et al., "PP-OCRv3", 2022, and PaddleOCR's `predict_system.py`.
 *
 * Lines are recognised one at a time: padding them to one length would change what is read with what lies beside them.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import { InvalidInputError } from '../contract/index.ts';
import { cutQuadrilateral, resample } from '../image/index.ts';
import type { Point, Quadrilateral, Raster } from '../image/index.ts';
import type { Pixels } from '../image/pixels.ts';
import type { TextReaderParts } from './card.ts';
import { ctcGreedy } from './ctc.ts';
import { normalisingPlanes, planarTensor } from './normalise.ts';
import type { PlaneRule } from './normalise.ts';
import { inReadingOrder } from './reading-order.ts';
import { openSession } from './session.ts';
import type { Output, Session } from './session.ts';
import { textRegions, turned } from './text-regions.ts';
import type { TextLine, TextReaderModel } from './types.ts';
import { inkOf, withWordGaps } from './word-gaps.ts';

/** Sides of what the detector takes are multiples of it. */
const STRIDE = 32;
/** Pixels that the detector sees: more are shrunk to it, which costs small print and no lines that people see at once. */
const DETECTED_PIXELS = 1_500_000;
/** A smaller picture is enlarged until its shorter side is so long, at most twice. */
const MIN_DETECTED_SIDE = 640;
const ANGLE_SIZE = { width: 192, height: 48 } as const;
/** Of lines for a recogniser that does not say; since PP-OCRv3. */
const LINE_HEIGHT = 48;
/** A line whose score is lower is read the other way round, too, whatever the classifier said: the likelier one counts. */
const SURE_SCORE = 0.85;
/** The recognisers were trained on lines at least so long for their height; shorter ones are padded. */
const MIN_ASPECT = 10;
/** A line that is longer for its height is cut where it is emptiest. */
const MAX_ASPECT = 40;

/** @param files Absolute paths. */
export async function openPpocr(files: TextReaderParts): Promise<TextReaderModel> {
  const sessions: Session[] = [];
  const open = async (path: string): Promise<Session> => {
    const session = await openSession(path);
    sessions.push(session);
    return session;
  };
  const close = async (): Promise<void> => {
    for (const session of sessions.splice(0)) await session.close();
  };
  try {
    const detect = detector(await open(files.detection), files.detection);
    const isReversed = files.angle === undefined ? undefined : angle(await open(files.angle), files.angle);
    const recognise = await recogniser(await open(files.recognition), files);
    return {
      async read(pictures, { conf }) {
        const results: TextLine[][] = [];
        for (const pixels of pictures) {
          const lines: TextLine[] = [];
          for (const corners of await detect(pixels)) {
            const line = await readLine(pixels, corners, isReversed, recognise);
            if (line.text !== '' && line.score >= conf) lines.push(line);
          }
          results.push(inReadingOrder(lines).map((line) => inOriginal(line, pixels.toOriginal)));
        }
        return results;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Returns what finds lines of text: their corners in pixels of the picture. */
function detector(session: Session, path: string): (picture: Pixels) => Promise<Quadrilateral[]> {
  const input = inputOf(session, path);
  const planes = normalisingPlanes(1 / 255, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]).map((plane, index) => ({
    ...plane,
    channel: BGR[index] ?? 0,
  }));
  return async (picture) => {
    const size = detectedSize(picture);
    const scaled = fitted(picture, size);
    const width = Math.ceil(size.width / STRIDE) * STRIDE;
    const height = Math.ceil(size.height / STRIDE) * STRIDE;
    const data = tensorOf(extended(scaled, width, height), planes);
    const output = onlyOutput(await session.run({ [input]: { data, dims: [1, 3, height, width] } }), path);
    if (output.data.length !== width * height)
      throw new InvalidInputError(`Cannot use model file "${path}": it gives no probability for each pixel`);
    const [scaleX, scaleY] = [picture.width / size.width, picture.height / size.height];
    return textRegions({ data: output.data, width, height }).map(({ corners }) =>
      mapCorners(corners, ({ x, y }) => ({ x: x * scaleX, y: y * scaleY })),
    );
  };
}

/** The offsets of the planes' bytes. ImageNet's numbers are those of R, G, B, given to B, G, R in that order by the reference. */
const BGR = [2, 1, 0] as const;

/** Of the same shape. Sides are at least 1. */
export function detectedSize({ width, height }: Pick<Pixels, 'width' | 'height'>): { width: number; height: number } {
  const enlarging = Math.min(2, Math.max(1, MIN_DETECTED_SIDE / Math.min(width, height)));
  const fitting = Math.sqrt(DETECTED_PIXELS / (width * height));
  const factor = Math.min(enlarging, fitting);
  const side = (length: number): number => Math.max(1, Math.round(length * factor));
  return { width: side(width), height: side(height) };
}

function fitted(picture: Raster, size: { readonly width: number; readonly height: number }): Raster {
  return size.width === picture.width && size.height === picture.height ? picture : resample(picture, size, 'bilinear');
}

/** The picture in the top left corner, its last column and row going on: a border of another colour would look like one. */
function extended(picture: Raster, width: number, height: number): Raster {
  if (picture.width === width && picture.height === height) return picture;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const start = Math.min(y, picture.height - 1) * picture.width * 3;
    const end = start + picture.width * 3;
    const to = y * width * 3;
    data.set(picture.data.subarray(start, end), to);
    const last = picture.data.subarray(end - 3, end);
    for (let x = picture.width; x < width; x++) data.set(last, to + x * 3);
  }
  return { data, width, height };
}

/** Returns what says how sure it is that a line stands on its head, in [0, 1]. */
function angle(session: Session, path: string): (line: Raster) => Promise<number> {
  const input = inputOf(session, path);
  const { width, height } = ANGLE_SIZE;
  return async (line) => {
    const scaled = fitted(line, { width: lineWidth(line, height, width), height });
    const data = leftAligned(scaled, width);
    const output = onlyOutput(await session.run({ [input]: { data, dims: [1, 3, height, width] } }), path);
    const [upright = 0, reversed = 0, ...others] = output.data;
    if (output.data.length !== 2 || others.length > 0)
      throw new InvalidInputError(`Cannot use model file "${path}": it is no classifier of two angles`);
    return reversed / Math.max(Number.EPSILON, upright + reversed);
  };
}

interface ReadText {
  readonly text: string;
  readonly score: number;
}

type Recognise = (line: Raster) => Promise<ReadText>;

async function recogniser(session: Session, { recognition: path, dictionary }: TextReaderParts): Promise<Recognise> {
  const input = inputOf(session, path);
  const height = session.inputs[0]?.shape[2] ?? LINE_HEIGHT;
  const dictionaryCharacters = readDictionary(await readFile(dictionary, 'utf8'));
  return async (line) => {
    const texts: ReadText[] = [];
    for (const part of inParts(line, MAX_ASPECT)) {
      const scaled = fitted(part, { width: lineWidth(part, height, Infinity), height });
      const width = Math.max(scaled.width, MIN_ASPECT * height);
      const data = leftAligned(scaled, width);
      const output = onlyOutput(await session.run({ [input]: { data, dims: [1, 3, height, width] } }), path);
      const classes = output.dims.at(-1) ?? 0;
      const decoded = ctcGreedy(output.data, classes, charactersOf(dictionaryCharacters, classes, dictionary));
      const canvas = extended(scaled, width, height);
      texts.push({ text: withWordGaps(decoded, canvas), score: decoded.score });
    }
    return joined(texts);
  };
}

/** A line a character; a line that is a space is one. */
export function readDictionary(text: string): string[] {
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/** Recognisers have the blank as their first class, and most of them a space as their last. */
function charactersOf(dictionary: readonly string[], classes: number, path: string): readonly string[] {
  if (classes === dictionary.length + 1) return dictionary;
  if (classes === dictionary.length + 2) return [...dictionary, ' '];
  throw new InvalidInputError(
    `Cannot use dictionary "${path}": it has ${dictionary.length} characters, and the recogniser knows ${classes - 1}`,
  );
}

async function readLine(
  picture: Raster,
  corners: Quadrilateral,
  isReversed: ((line: Raster) => Promise<number>) | undefined,
  recognise: Recognise,
): Promise<DetectedLine> {
  const line = cutQuadrilateral(picture, corners);
  const reversed = isReversed === undefined ? 0 : await isReversed(line);
  const backwards = turned(corners, 2);
  const asRead = async (of: Quadrilateral): Promise<DetectedLine> => {
    const { text, score } = await recognise(of === corners ? line : cutQuadrilateral(picture, of));
    return { text: text.trim(), score, corners: of };
  };
  const [likely, other] = reversed > 0.5 ? [backwards, corners] : [corners, backwards];
  const first = await asRead(likely);
  if (isReversed === undefined || first.score >= SURE_SCORE) return first;
  const second = await asRead(other);
  return second.score > first.score ? second : first;
}

interface DetectedLine {
  readonly text: string;
  readonly score: number;
  readonly corners: Quadrilateral;
}

/** Width of a line that is brought to a height. */
function lineWidth(line: Raster, height: number, most: number): number {
  return Math.min(most, Math.max(1, Math.ceil((line.width * height) / line.height)));
}

/** Cuts a line that is longer than `aspect` heights into parts that are not, each at its emptiest column. */
export function inParts(line: Raster, aspect: number): Raster[] {
  const most = Math.max(1, Math.floor(line.height * aspect));
  if (line.width <= most) return [line];
  const cut = emptiestColumn(line, Math.floor(most * 0.75), most);
  const { width, height } = line;
  const part = (left: number, right: number): Raster => {
    const across: Quadrilateral = [
      { x: left, y: 0 },
      { x: right, y: 0 },
      { x: right, y: height },
      { x: left, y: height },
    ];
    return cutQuadrilateral(line, across);
  };
  return [part(0, cut), ...inParts(part(cut, width), aspect)];
}

/** The middle one of the columns with the least ink. */
function emptiestColumn(line: Raster, from: number, to: number): number {
  const ink = inkOf(line).columns.slice(from, to);
  const least = Math.min(...ink);
  const emptiest = [...ink.keys()].filter((x) => ink[x] === least);
  return Math.max(1, from + (emptiest[Math.floor(emptiest.length / 2)] ?? 0));
}

function joined(texts: readonly ReadText[]): ReadText {
  const read = texts.filter(({ text }) => text.trim() !== '');
  const length = read.reduce((sum, { text }) => sum + text.length, 0);
  const score = read.reduce((sum, each) => sum + each.score * each.text.length, 0) / Math.max(1, length);
  return { text: read.map(({ text }) => text.trim()).join(' '), score };
}

const LINE_PLANES = normalisingPlanes(1 / 255, [0.5, 0.5, 0.5], [0.5, 0.5, 0.5]).map((plane, index) => ({
  ...plane,
  channel: BGR[index] ?? 0,
}));

/** A tensor `[1, 3, height, width]` with the line on its left, the rest 0. */
function leftAligned(line: Raster, width: number): Float32Array {
  const data = tensorOf(line, LINE_PLANES);
  if (line.width === width) return data;
  const padded = new Float32Array(3 * line.height * width);
  for (let row = 0; row < 3 * line.height; row++)
    padded.set(data.subarray(row * line.width, (row + 1) * line.width), row * width);
  return padded;
}

function tensorOf(raster: Raster, planes: readonly PlaneRule[]): Float32Array {
  const toOriginal = { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 };
  return planarTensor([{ ...raster, toOriginal }], planes, raster.width, raster.height);
}

function inputOf({ inputs }: Session, path: string): string {
  const [input, ...others] = inputs;
  if (input !== undefined && others.length === 0) return input.name;
  throw new InvalidInputError(
    `Cannot use model file "${path}": it takes ${inputs.length} inputs, and pictures are one`,
  );
}

function onlyOutput(outputs: Readonly<Record<string, Output>>, path: string): Output {
  const [output] = Object.values(outputs);
  if (output === undefined) throw new InvalidInputError(`Cannot use model file "${path}": it gives no numbers`);
  return output;
}

function inOriginal(line: DetectedLine, { scaleX, scaleY, offsetX, offsetY }: Pixels['toOriginal']): TextLine {
  const corners = mapCorners(line.corners, ({ x, y }) => ({ x: (x - offsetX) * scaleX, y: (y - offsetY) * scaleY }));
  return { ...line, corners };
}

function mapCorners([a, b, c, d]: Quadrilateral, change: (point: Point) => Point): Quadrilateral {
  return [change(a), change(b), change(c), change(d)];
}
