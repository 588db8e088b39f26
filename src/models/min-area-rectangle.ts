/**
 * The smallest rectangle, at any angle, around points: one of its sides lies on a side of their convex hull.
 *
 * Freeman and Shapira, "Determining the Minimum-Area Encasing Rectangle for an Arbitrary Closed Curve", 1975. The hull is
 * Andrew's monotone chain, "Another efficient algorithm for convex hulls in two dimensions", 1979.
 *
 * @module
 */
import type { Point } from '../image/index.ts';

/** A rectangle at any angle. */
export interface RotatedRectangle {
  readonly center: Point;
  /** Along `angle`, and across. Pixels. */
  readonly width: number;
  readonly height: number;
  /** Of the side `width`: radians in [0, π), clockwise on the screen. */
  readonly angle: number;
}

/** Corners of the convex hull in one sense of rotation, without points on its sides. */
export function convexHull(points: readonly Point[]): Point[] {
  const sorted = points.toSorted((a, b) => a.x - b.x || a.y - b.y);
  const half = (ordered: readonly Point[]): Point[] => {
    const chain: Point[] = [];
    for (const point of ordered) {
      while (turn(chain.at(-2), chain.at(-1), point) <= 0) chain.pop();
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  const hull = [...half(sorted), ...half(sorted.toReversed())];
  return hull.length === 0 ? sorted.slice(0, 1) : hull;
}

/** Positive where the way from `a` over `b` to `c` turns to one side, 0 straight on; and where there is no way yet. */
function turn(a: Point | undefined, b: Point | undefined, c: Point): number {
  if (a === undefined || b === undefined) return 1;
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

/** Of the smallest area; of several the first found. Of one point it has no size, of points on a line no height. */
export function minAreaRectangle(points: readonly Point[]): RotatedRectangle {
  const hull = convexHull(points);
  let best: RotatedRectangle | undefined;
  for (const [index, from] of hull.entries()) {
    const to = hull[(index + 1) % hull.length] ?? from;
    const candidate = around(hull, Math.atan2(to.y - from.y, to.x - from.x));
    if (best === undefined || candidate.width * candidate.height < best.width * best.height - 1e-9) best = candidate;
  }
  if (best === undefined) throw new RangeError('Cannot put a rectangle around no points');
  return best;
}

function around(hull: readonly Point[], direction: number): RotatedRectangle {
  const angle = ((direction % Math.PI) + Math.PI) % Math.PI;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const along = hull.map(({ x, y }) => x * cos + y * sin);
  const across = hull.map(({ x, y }) => y * cos - x * sin);
  const [left, right, top, bottom] = [
    Math.min(...along),
    Math.max(...along),
    Math.min(...across),
    Math.max(...across),
  ] as const;
  const u = (left + right) / 2;
  const v = (top + bottom) / 2;
  const center = { x: u * cos - v * sin, y: u * sin + v * cos };
  return { center, width: right - left, height: bottom - top, angle };
}

/**
 * The smallest rectangle around `rectangle` grown by `distance` with round corners: each side lies so much further out.
 * (At another angle θ the sides would be w|cos θ| + h|sin θ| + 2d and w|sin θ| + h|cos θ| + 2d, both of whose sum and product are
 * no less.)
 */
export function grow(rectangle: RotatedRectangle, distance: number): RotatedRectangle {
  return { ...rectangle, width: rectangle.width + 2 * distance, height: rectangle.height + 2 * distance };
}
