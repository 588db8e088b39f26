/**
 * The order in which people read lines of text: along a row, row after row.
 *
 * Seen along the direction that most of the text runs in, two lines are in one row where they overlap by more than half
 * of the lower one's height. Lines that run otherwise follow by where their middles lie.
 *
 * @module
 */
import type { Point, Quadrilateral } from '../image/index.ts';

interface Placed<Line> {
  readonly line: Line;
  /** Of its middle: along the text, and across. */
  readonly along: number;
  readonly across: number;
  readonly height: number;
}

/** @returns The same lines; those of one row from its beginning to its end. */
export function inReadingOrder<Line extends { readonly corners: Quadrilateral }>(lines: readonly Line[]): Line[] {
  const direction = mainDirection(lines.map(({ corners }) => corners));
  const placed = lines.map((line) => place(line, direction)).toSorted((a, b) => a.across - b.across);
  const rows: Placed<Line>[][] = [];
  for (const each of placed) {
    const row = rows.at(-1);
    if (row?.some((other) => isBeside(other, each)) === true) row.push(each);
    else rows.push([each]);
  }
  return rows.flatMap((row) => row.toSorted((a, b) => a.along - b.along).map(({ line }) => line));
}

/** The sum of the lines' directions, so that long ones count for more. A unit vector. */
function mainDirection(all: readonly Quadrilateral[]): Point {
  let x = 0;
  let y = 0;
  for (const [from, to] of all) {
    x += to.x - from.x;
    y += to.y - from.y;
  }
  const length = Math.hypot(x, y);
  return length === 0 ? { x: 1, y: 0 } : { x: x / length, y: y / length };
}

function place<Line extends { readonly corners: Quadrilateral }>(line: Line, { x, y }: Point): Placed<Line> {
  const along = line.corners.map((corner) => corner.x * x + corner.y * y);
  const across = line.corners.map((corner) => corner.y * x - corner.x * y);
  return {
    line,
    along: (Math.min(...along) + Math.max(...along)) / 2,
    across: (Math.min(...across) + Math.max(...across)) / 2,
    height: Math.max(...across) - Math.min(...across),
  };
}

function isBeside<Line>(a: Placed<Line>, b: Placed<Line>): boolean {
  const overlap = (a.height + b.height) / 2 - Math.abs(a.across - b.across);
  return overlap > Math.min(a.height, b.height) / 2;
}
