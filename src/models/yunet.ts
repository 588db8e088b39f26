/**
 * YuNet: boxes and five points, of three grids. By each stride of 8, 16 and 32 it gives, row by row:
 *
 *     cls, obj [1, cells, 1]     score  = √(clamp(cls) · clamp(obj))
 *     bbox     [1, cells, 4]     centre = (cell + xy) · stride      size = exp(wh) · stride
 *     kps      [1, cells, 10]    point  = (cell + xy) · stride
 *
 * Wu, Peng and Yu, "YuNet: A Tiny Millisecond-level Face Detector", 2023, and OpenCV's `FaceDetectorYN`. Input: B, G, R from 0
 * to 255, scaled into the top left, the rest black.
 *
 * @module
 */
import type { Point } from '../image/index.ts';
import type { PixelRequest } from '../image/pixels.ts';
import type { DetectedFace, FaceNetwork } from './faces.ts';
import { bgrPlanes } from './normalise.ts';
import { outputOf } from './session.ts';
import type { Output } from './session.ts';
import type { FivePoints } from './types.ts';

const STRIDES = [8, 16, 32] as const;

/** What the image layer is asked for, for an input of `size` × `size`. */
export function yunetPixels(size: number): PixelRequest {
  return { resize: 'letterbox', width: size, height: size, background: 0, anchor: 'topLeft', kernel: 'bilinear' };
}

/** For an input of `size` × `size`. */
export function yunet(size: number): FaceNetwork {
  return {
    width: size,
    height: size,
    background: 0,
    planes: bgrPlanes(),
    decode: (outputs, conf, path) => STRIDES.flatMap((stride) => decodeGrid(outputs, { size, stride, conf, path })),
  };
}

interface Grid {
  readonly size: number;
  readonly stride: number;
  readonly conf: number;
  readonly path: string;
}

function decodeGrid(outputs: Readonly<Record<string, Output>>, { size, stride, conf, path }: Grid): DetectedFace[] {
  const of = (name: string): Float32Array => outputOf(outputs, `${name}_${stride}`, path).data;
  const [cls, obj, bbox, kps] = [of('cls'), of('obj'), of('bbox'), of('kps')];
  const side = Math.floor(size / stride);
  const faces: DetectedFace[] = [];
  for (let cell = 0; cell < side * side; cell++) {
    const score = Math.sqrt(clamp(cls[cell] ?? 0) * clamp(obj[cell] ?? 0));
    if (score < conf) continue;
    const [column, row] = [cell % side, Math.floor(cell / side)];
    const [x = 0, y = 0, w = 0, h = 0] = bbox.subarray(cell * 4, cell * 4 + 4);
    const [centerX, centerY] = [(column + x) * stride, (row + y) * stride];
    const [halfWidth, halfHeight] = [(Math.exp(w) * stride) / 2, (Math.exp(h) * stride) / 2];
    const point = (place: number): Point => ({
      x: (column + (kps[cell * 10 + place * 2] ?? 0)) * stride,
      y: (row + (kps[cell * 10 + place * 2 + 1] ?? 0)) * stride,
    });
    const points: FivePoints = [point(0), point(1), point(2), point(3), point(4)];
    const box = {
      xmin: centerX - halfWidth,
      ymin: centerY - halfHeight,
      xmax: centerX + halfWidth,
      ymax: centerY + halfHeight,
    };
    faces.push({ score, box, points });
  }
  return faces;
}

const clamp = (value: number): number => Math.min(1, Math.max(0, value));
