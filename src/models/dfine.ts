/**
 * D-FINE: a fixed number of candidates per picture, no grids and no suppression.
 *
 *     logits [batch, queries, classes]      score = sigmoid(logit), per class
 *     pred_boxes [batch, queries, 4]        cx, cy, w, h in 0..1 of the whole (squashed) picture
 *
 * Peng et al., ICLR 2025. As its reference post-processing does, the best `queries` pairs of candidate and class count,
 * so a candidate may carry two labels.
 *
 * @module
 */
import { InvalidInputError } from '../contract/index.ts';
import type { Detection } from '../contract/index.ts';
import { batchRule, inBatches } from './batches.ts';
import { boxAround, inOriginal } from './box.ts';
import { normalisingPlanes, planarTensor } from './normalise.ts';
import type { Preprocessing } from './preprocessor.ts';
import { openSession, outputOf } from './session.ts';
import type { DetectorItem, DetectorModel } from './types.ts';

/** Pictures in one run: at 640×640 the activations of more don't pay for their memory. */
const PREFERRED_BATCH = 4;

export async function openDfine(
  path: string,
  preprocessing: Preprocessing,
  labels: readonly string[],
): Promise<DetectorModel> {
  const session = await openSession(path);
  const { width, height, factor, mean, std } = preprocessing;
  const planes = normalisingPlanes(factor, mean, std);
  const batch = batchRule(session, 'pixel_values', PREFERRED_BATCH);
  const run = async (group: readonly DetectorItem[], conf: number): Promise<Detection[][]> => {
    const pictures = group.map(({ pixels }) => pixels);
    const data = planarTensor(pictures, planes, width, height);
    const outputs = await session.run({ pixel_values: { data, dims: [group.length, 3, height, width] } });
    const logits = outputOf(outputs, 'logits', path).data;
    const boxes = outputOf(outputs, 'pred_boxes', path).data;
    const queries = boxes.length / 4 / group.length;
    const scores = queries * labels.length;
    if (logits.length !== group.length * scores) {
      throw new InvalidInputError(
        `Cannot use model file "${path}": its logits don't fit ${labels.length} classes and ${queries} boxes`,
      );
    }
    return group.map(({ pixels, original }, index) => {
      const ownLogits = logits.subarray(index * scores, (index + 1) * scores);
      const ownBoxes = boxes.subarray(index * queries * 4, (index + 1) * queries * 4);
      return inOriginal(decodeDfine(ownLogits, ownBoxes, labels, conf, preprocessing), pixels.toOriginal, original);
    });
  };
  return {
    detect: (items, { conf }) => inBatches(items, batch, (group) => run(group, conf)),
    close: () => session.close(),
  };
}

/** Boxes in pixels of the input whose score is at least `conf`, best first. */
export function decodeDfine(
  logits: Float32Array,
  boxes: Float32Array,
  labels: readonly string[],
  conf: number,
  size: { readonly width: number; readonly height: number },
): Detection[] {
  const queries = boxes.length / 4;
  const detections: Detection[] = [];
  for (let query = 0; query < queries; query++) {
    for (const [index, label] of labels.entries()) {
      const score = 1 / (1 + Math.exp(-(logits[query * labels.length + index] ?? -Infinity)));
      if (score < conf) continue;
      const box = boxAround(boxes.subarray(query * 4, query * 4 + 4), size);
      detections.push({ label, score, box });
    }
  }
  return detections.toSorted((a, b) => b.score - a.score).slice(0, queries);
}
