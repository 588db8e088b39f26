/**
 * UltraFace (RFB-320): small and quick, boxes only.
 *
 *     input  [1, 3, 240, 320]   (R, G, B − 127) / 128
 *     scores [1, 4420, 2]       no face, face
 *     boxes  [1, 4420, 4]       x1, y1, x2, y2 in 0..1 of the input
 *
 * Linzaer, "Ultra-Light-Fast-Generic-Face-Detector-1MB", 2019, and its demo for ONNX Runtime.
 *
 * @module
 */
import type { PixelRequest } from '../image/pixels.ts';
import type { DetectedFace, FaceNetwork } from './faces.ts';
import { normalisingPlanes } from './normalise.ts';
import { outputOf } from './session.ts';

const WIDTH = 320;
const HEIGHT = 240;
const GREY = 127;

export const ULTRAFACE_PIXELS: PixelRequest = {
  resize: 'letterbox',
  width: WIDTH,
  height: HEIGHT,
  background: GREY,
  anchor: 'topLeft',
  kernel: 'bilinear',
};

export const ultraface: FaceNetwork = {
  width: WIDTH,
  height: HEIGHT,
  background: GREY,
  planes: normalisingPlanes(1, [GREY, GREY, GREY], [128, 128, 128]),
  decode: (outputs, conf, path) =>
    decodeUltraface(outputOf(outputs, 'scores', path).data, outputOf(outputs, 'boxes', path).data, conf),
};

/** Faces in pixels of the input whose score is at least `conf`, before suppression. */
export function decodeUltraface(scores: Float32Array, boxes: Float32Array, conf: number): DetectedFace[] {
  const faces: DetectedFace[] = [];
  for (let place = 0; place * 4 < boxes.length; place++) {
    const score = scores[place * 2 + 1] ?? 0;
    if (score < conf) continue;
    const at = (side: number): number => boxes[place * 4 + side] ?? 0;
    const box = { xmin: at(0) * WIDTH, ymin: at(1) * HEIGHT, xmax: at(2) * WIDTH, ymax: at(3) * HEIGHT };
    faces.push({ score: Math.min(1, score), box, points: undefined });
  }
  return faces;
}
