/**
 * From the probability of text at each pixel to lines of text: what comes after a DB (differentiable binarization) network.
 *
 *     probability ≥ 0.3 ── connected pixels ── mean probability ≥ 0.6 ── smallest rectangle ── grown by 1.5 · area / perimeter
 *
 * The network is trained on text that was shrunk, so each region grows back ("unclip"). Liao et al., "Real-time Scene Text
 * Detection with Differentiable Binarization", AAAI 2020; numbers of PaddleOCR's `DBPostProcess`.
 *
 * Its outline, offset with round corners, has the grown rectangle as its smallest one (`grow`), so no polygon is built.
 *
 * @module
 */
import type { Point, Quadrilateral } from '../image/index.ts';
import { grow, minAreaRectangle } from './min-area-rectangle.ts';
import type { RotatedRectangle } from './min-area-rectangle.ts';

/** Row by row, each in [0, 1]. */
export interface ProbabilityMap {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
}

export interface TextRegion {
  /** Clockwise; the side from the first to the second is one of those that text runs along. Pixels of the map. */
  readonly corners: Quadrilateral;
  /** Mean probability, in [0, 1]. */
  readonly score: number;
}

const PIXEL_THRESHOLD = 0.3;
const REGION_THRESHOLD = 0.6;
const UNCLIP_RATIO = 1.5;
/** Sides shorter than these are specks: before growing, and after. Pixels. */
const MIN_SIDE = 3;
const MIN_GROWN_SIDE = MIN_SIDE + 2;
/** Of a map; the largest ones. */
const MAX_REGIONS = 1000;
/** Text runs along the height of a region that is taller than this many widths. */
const VERTICAL_ASPECT = 1.5;

/** Regions of text, largest first. */
export function textRegions(map: ProbabilityMap): TextRegion[] {
  return connectedRegions(map)
    .toSorted((a, b) => b.size - a.size)
    .slice(0, MAX_REGIONS)
    .flatMap((region) => {
      const score = meanInside(map, region);
      if (score < REGION_THRESHOLD) return [];
      const rectangle = minAreaRectangle(outline(region));
      const { width, height } = rectangle;
      if (Math.min(width, height) < MIN_SIDE) return [];
      const grown = grow(rectangle, (UNCLIP_RATIO * width * height) / (2 * (width + height)));
      return Math.min(grown.width, grown.height) < MIN_GROWN_SIDE ? [] : [{ corners: textCorners(grown), score }];
    });
}

/** First and last pixel of a row or column. */
interface Span {
  first: number;
  last: number;
}

interface ConnectedRegion {
  /** Pixels. */
  readonly size: number;
  readonly rows: ReadonlyMap<number, Span>;
  readonly columns: ReadonlyMap<number, Span>;
}

/** Pixels over the threshold that touch, also at their corners. */
function connectedRegions({ data, width, height }: ProbabilityMap): ConnectedRegion[] {
  const isOpen = Uint8Array.from(data, (probability) => (probability >= PIXEL_THRESHOLD ? 1 : 0));
  const stack: number[] = [];
  const regions: ConnectedRegion[] = [];
  const visit = (at: number): void => {
    if (isOpen[at] !== 1) return;
    isOpen[at] = 0;
    stack.push(at);
  };
  for (let start = isOpen.indexOf(1); start !== -1; start = isOpen.indexOf(1, start + 1)) {
    const rows = new Map<number, Span>();
    const columns = new Map<number, Span>();
    let size = 0;
    visit(start);
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const x = at % width;
      const y = (at - x) / width;
      size += 1;
      widen(rows, y, x);
      widen(columns, x, y);
      for (let down = y === 0 ? 0 : -1; down <= (y === height - 1 ? 0 : 1); down++)
        for (let across = x === 0 ? 0 : -1; across <= (x === width - 1 ? 0 : 1); across++)
          visit(at + down * width + across);
    }
    regions.push({ size, rows, columns });
  }
  return regions;
}

function widen(spans: Map<number, Span>, key: number, at: number): void {
  const span = spans.get(key);
  if (span === undefined) {
    spans.set(key, { first: at, last: at });
    return;
  }
  span.first = Math.min(span.first, at);
  span.last = Math.max(span.last, at);
}

/** The outer corners of each row's first and last pixel. */
function outline({ rows }: ConnectedRegion): Point[] {
  return [...rows].flatMap(([y, { first, last }]) =>
    [first, last + 1].flatMap((x) => [
      { x, y },
      { x, y: y + 1 },
    ]),
  );
}

/**
 * Over the region and what it encloses. Not over its rectangle: a thin line that is not quite straight fills little of it, and
 * small print at an angle would be lost.
 */
function meanInside({ data, width }: ProbabilityMap, { rows, columns }: ConnectedRegion): number {
  let sum = 0;
  let count = 0;
  for (const [y, { first, last }] of rows) {
    for (let x = first; x <= last; x++) {
      const column = columns.get(x);
      if (column === undefined || y < column.first || y > column.last) continue;
      sum += data[y * width + x] ?? 0;
      count += 1;
    }
  }
  return sum / count;
}

/** Clockwise on the screen, from one end of the side `width`. */
function cornersOf({ center, width, height, angle }: RotatedRectangle): Quadrilateral {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const at = (along: number, across: number): Point => ({
    x: center.x + along * cos - across * sin,
    y: center.y + along * sin + across * cos,
  });
  const [u, v] = [width / 2, height / 2];
  return [at(-u, -v), at(u, -v), at(u, v), at(-u, v)];
}

/**
 * The corners as a reader begins: of the two directions along the text the one that goes to the right, or down where it
 * is steep. Which end is the first one a classifier says later.
 */
function textCorners(rectangle: RotatedRectangle): Quadrilateral {
  const { width, height, angle } = rectangle;
  // The side that is nearer to level, unless the region is taller than wide seen that way.
  const isLevel = angle <= Math.PI / 4 || angle > (3 * Math.PI) / 4;
  const [levelSide, steepSide] = isLevel ? [width, height] : [height, width];
  const isVertical = steepSide >= levelSide * VERTICAL_ASPECT;
  const corners = cornersOf(rectangle);
  const start = isLevel === isVertical ? 1 : 0;
  const [a, b, c, d] = turned(corners, start);
  const isBackwards = isVertical ? b.y < a.y : b.x < a.x;
  return isBackwards ? [c, d, a, b] : [a, b, c, d];
}

/** The same corners, beginning with the one at `start`. */
export function turned(corners: Quadrilateral, start: number): Quadrilateral {
  const at = (place: number): Point => corners[(place + start) % 4] ?? corners[0];
  return [at(0), at(1), at(2), at(3)];
}
