/**
 * SFace: a face, turned upright by its five points, becomes a vector; those of one person lie near each other.
 *
 *     data [1, 3, 112, 112]   R, G, B from 0 to 255     →     fc1 [1, 128], L2-normalised here
 *
 * Zhong et al., "SFace: Sigmoid-Constrained Hypersphere Loss for Robust Face Recognition", 2021. The points' places, the order of
 * the channels (it swaps B, G, R) and the transform are those of OpenCV's `FaceRecognizerSF`; the same person is taken to be at a
 * cosine of at least 0.363 there.
 *
 * @module
 */
import { InvalidInputError } from '../contract/index.ts';
import { warpAffine } from '../image/index.ts';
import type { Point, Raster } from '../image/index.ts';
import { mapPoints } from './faces.ts';
import { normalisingPlanes, planarTensor } from './normalise.ts';
import { openSession } from './session.ts';
import type { FaceEmbedderModel, FivePoints } from './types.ts';
import { unitRows } from './unit-vector.ts';

const SIDE = 112;

/** Where the points of an upright face lie: eyes, nose, corners of the mouth, each the one on the left of the picture first. */
const PLACES: FivePoints = [
  { x: 38.2946, y: 51.6963 },
  { x: 73.5318, y: 51.5014 },
  { x: 56.0252, y: 71.7366 },
  { x: 41.5493, y: 92.3655 },
  { x: 70.7299, y: 92.2041 },
];

export async function openSface(path: string, dimension: number): Promise<FaceEmbedderModel> {
  const session = await openSession(path);
  const [input] = session.inputs;
  const planes = normalisingPlanes(1, [0, 0, 0], [1, 1, 1]);
  return {
    async embed(faces) {
      const vectors: Float32Array[] = [];
      for (const { pixels, points } of faces) {
        const { scaleX, scaleY, offsetX, offsetY } = pixels.toOriginal;
        const inPixels = mapPoints(points, ({ x, y }) => ({ x: x / scaleX + offsetX, y: y / scaleY + offsetY }));
        const toOriginal = { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 };
        const data = planarTensor([{ ...aligned(pixels, inPixels), toOriginal }], planes, SIDE, SIDE);
        const [output] = Object.values(await session.run({ [input?.name ?? '']: { data, dims: [1, 3, SIDE, SIDE] } }));
        if (output?.data.length !== dimension)
          throw new InvalidInputError(`Cannot use model file "${path}": it gives no vector of ${dimension} numbers`);
        vectors.push(...unitRows(output.data, 1));
      }
      return vectors;
    },
    close: () => session.close(),
  };
}

/** The face of these points, upright, 112 × 112. */
export function aligned(picture: Raster, points: FivePoints): Raster {
  const { a, b, tx, ty } = similarity(PLACES, points);
  // OpenCV counts places from the middle of the first pixel: half a pixel of each side is taken out and put back.
  const c = tx + 0.5 - 0.5 * a + 0.5 * b;
  const f = ty + 0.5 - 0.5 * b - 0.5 * a;
  return warpAffine(picture, { width: SIDE, height: SIDE }, [a, -b, c, b, a, f]);
}

/**
 * Scale, rotation and shift that bring `from` nearest to `to`, by least squares: x' = a·x − b·y + tx, y' = b·x + a·y + ty.
 *
 * Umeyama, "Least-squares estimation of transformation parameters between two point patterns", 1991; in two dimensions and without
 * mirroring a division of complex numbers.
 */
export function similarity(
  from: readonly Point[],
  to: readonly Point[],
): { readonly a: number; readonly b: number; readonly tx: number; readonly ty: number } {
  const [center, target] = [mean(from), mean(to)];
  let real = 0;
  let imaginary = 0;
  let square = 0;
  for (const [place, point] of from.entries()) {
    const other = to[place] ?? target;
    const [x, y] = [point.x - center.x, point.y - center.y];
    const [u, v] = [other.x - target.x, other.y - target.y];
    real += x * u + y * v;
    imaginary += x * v - y * u;
    square += x * x + y * y;
  }
  const [a, b] = square === 0 ? [0, 0] : [real / square, imaginary / square];
  return { a, b, tx: target.x - a * center.x + b * center.y, ty: target.y - b * center.x - a * center.y };
}

function mean(points: readonly Point[]): Point {
  const sum = points.reduce((all, { x, y }) => ({ x: all.x + x, y: all.y + y }), { x: 0, y: 0 });
  return { x: sum.x / Math.max(1, points.length), y: sum.y / Math.max(1, points.length) };
}
