/**
 * YOLOX: one picture in, one row per cell of three grids out, raw.
 *
 *     rows: strides 8, 16, 32; each grid row by row     columns: x, y, w, h, objectness, one score per class
 *     centre = (xy + cell) · stride     size = exp(wh) · stride     score = objectness · class score
 *
 * Ge et al., "YOLOX: Exceeding YOLO Series in 2021", and its demo for ONNX Runtime. Input: B, G, R from 0 to 255, scaled
 * into the top left, the rest grey 114. The best class of a cell counts, then boxes of one class suppress each other.
 *
 * @module
 */
import { InvalidInputError } from '../contract/index.ts';
import type { Detection } from '../contract/index.ts';
import type { PixelRequest } from '../image/pixels.ts';
import { batchRule, inBatches } from './batches.ts';
import { inOriginal } from './box.ts';
import { nonMaximumSuppression } from './nms.ts';
import { bgrPlanes, planarTensor } from './normalise.ts';
import { openSession, outputOf } from './session.ts';
import type { Output } from './session.ts';
import type { DetectorItem, DetectorModel } from './types.ts';

const STRIDES = [8, 16, 32] as const;
/** Columns before the class scores. */
const BOX_COLUMNS = 5;
/** For exports whose batch is open; the published ones take one picture. */
const PREFERRED_BATCH = 4;

/** What the image layer is asked for, for an input of `size` × `size`. */
export function yoloxPixels(size: number): PixelRequest {
  return { resize: 'letterbox', width: size, height: size, background: 114, anchor: 'topLeft', kernel: 'bilinear' };
}

/** Cells of the three grids: 3549 for 416, 8400 for 640. */
export function yoloxCells(size: number): number {
  return STRIDES.reduce((sum, stride) => sum + Math.floor(size / stride) ** 2, 0);
}

export async function openYolox(path: string, size: number, labels: readonly string[]): Promise<DetectorModel> {
  const session = await openSession(path);
  const [input] = session.inputs;
  const [output] = session.outputs;
  if (input === undefined || output === undefined || (input.shape[2] ?? size) !== size) {
    await session.close();
    throw new InvalidInputError(`Cannot use model file "${path}": it is no YOLOX for ${size}×${size} pixels`);
  }
  const planes = bgrPlanes();
  const batch = batchRule(session, input.name, PREFERRED_BATCH);
  const run = async (group: readonly DetectorItem[], conf: number, iou: number): Promise<Detection[][]> => {
    const pictures = group.map(({ pixels }) => pixels);
    const data = planarTensor(pictures, planes, size, size);
    const outputs = await session.run({ [input.name]: { data, dims: [group.length, 3, size, size] } });
    const rows = yoloxRows(outputOf(outputs, output.name, path), group.length, size, labels, path);
    return group.map(({ pixels, original }, index) => {
      const inInput = decodeYolox(rows(index), size, labels, conf);
      return nonMaximumSuppression(inOriginal(inInput, pixels.toOriginal, original), iou);
    });
  };
  return {
    detect: (items, { conf, iou }) => inBatches(items, batch, (group) => run(group, conf, iou)),
    close: () => session.close(),
  };
}

/** Checks the shape once and returns a picture's part of it. */
function yoloxRows(
  { data }: Output,
  pictures: number,
  size: number,
  labels: readonly string[],
  path: string,
): (index: number) => Float32Array {
  const length = yoloxCells(size) * (BOX_COLUMNS + labels.length);
  if (data.length !== pictures * length) {
    throw new InvalidInputError(
      `Cannot use model file "${path}": its output doesn't fit ${size}×${size} pixels and ${labels.length} classes`,
    );
  }
  return (index) => data.subarray(index * length, (index + 1) * length);
}

/** Boxes in pixels of the input whose score is at least `conf`, in the order of the cells, before suppression. */
export function decodeYolox(rows: Float32Array, size: number, labels: readonly string[], conf: number): Detection[] {
  const columns = BOX_COLUMNS + labels.length;
  const detections: Detection[] = [];
  let at = 0;
  for (const stride of STRIDES) {
    const side = Math.floor(size / stride);
    for (let cell = 0; cell < side * side; cell++, at += columns) {
      const objectness = rows[at + 4] ?? 0;
      if (objectness < conf) continue;
      const { label, score } = bestClass(rows, at + BOX_COLUMNS, labels);
      const total = Math.min(1, objectness * score);
      if (total < conf) continue;
      const x = ((rows[at] ?? 0) + (cell % side)) * stride;
      const y = ((rows[at + 1] ?? 0) + Math.floor(cell / side)) * stride;
      const halfWidth = (Math.exp(rows[at + 2] ?? 0) * stride) / 2;
      const halfHeight = (Math.exp(rows[at + 3] ?? 0) * stride) / 2;
      const box = { xmin: x - halfWidth, ymin: y - halfHeight, xmax: x + halfWidth, ymax: y + halfHeight };
      detections.push({ label, score: total, box });
    }
  }
  return detections;
}

function bestClass(rows: Float32Array, from: number, labels: readonly string[]): { label: string; score: number } {
  let best = { label: '', score: -1 };
  for (const [index, label] of labels.entries()) {
    const score = rows[from + index] ?? 0;
    if (score > best.score) best = { label, score };
  }
  return best;
}
