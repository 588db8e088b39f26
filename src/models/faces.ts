/**
 * Finding faces with a network of one picture: what all of them share around their own decoding.
 *
 * @module
 */
import { InvalidInputError } from '../contract/index.ts';
import type { BoundingBox } from '../contract/index.ts';
import type { Point } from '../image/index.ts';
import type { Pixels } from '../image/pixels.ts';
import { inOriginal } from './box.ts';
import { letterboxed } from './letterbox.ts';
import { nonMaximumSuppression } from './nms.ts';
import { planarTensor } from './normalise.ts';
import type { PlaneRule } from './normalise.ts';
import { openSession } from './session.ts';
import type { Output, Session } from './session.ts';
import type { DetectorItem, Face, FaceDetectorModel, FivePoints } from './types.ts';

/** A face in pixels of a network's input. */
export interface DetectedFace {
  readonly score: number;
  readonly box: BoundingBox;
  readonly points: FivePoints | undefined;
}

export interface FaceNetwork {
  readonly width: number;
  readonly height: number;
  /** Grey value beside the picture. */
  readonly background: number;
  readonly planes: readonly PlaneRule[];
  /** Faces whose score is at least `conf`, before suppression. */
  readonly decode: (outputs: Readonly<Record<string, Output>>, conf: number, path: string) => DetectedFace[];
}

export async function openFaces(path: string, network: FaceNetwork): Promise<FaceDetectorModel> {
  const session = await openSession(path);
  try {
    checkInput(session, network, path);
  } catch (error) {
    await session.close();
    throw error;
  }
  const [input] = session.inputs;
  return {
    async detect(items, { conf, iou }) {
      const found: Face[][] = [];
      for (const { pixels, original } of items) {
        const { width, height, background, planes, decode } = network;
        const fitted = letterboxed(pixels, width, height, background);
        const data = planarTensor([fitted], planes, width, height);
        const outputs = await session.run({ [input?.name ?? '']: { data, dims: [1, 3, height, width] } });
        found.push(facesOf(decode(outputs, conf, path), iou, fitted, original));
      }
      return found;
    },
    close: () => session.close(),
  };
}

function checkInput({ inputs }: Session, { width, height }: FaceNetwork, path: string): void {
  const [batch, , high = height, wide = width] = inputs[0]?.shape ?? [];
  if (inputs.length === 1 && (batch ?? 1) === 1 && high === height && wide === width) return;
  throw new InvalidInputError(
    `Cannot use model file "${path}": it does not take one picture of ${width}×${height} pixels`,
  );
}

/** Best first. */
function facesOf(
  detected: readonly DetectedFace[],
  iou: number,
  { toOriginal }: Pixels,
  original: DetectorItem['original'],
): Face[] {
  const kept = nonMaximumSuppression(
    detected.map((face) => ({ label: 'face', ...face })),
    iou,
  );
  const { scaleX, scaleY, offsetX, offsetY } = toOriginal;
  const inPicture = ({ x, y }: Point): Point => ({ x: (x - offsetX) * scaleX, y: (y - offsetY) * scaleY });
  return inOriginal(kept, toOriginal, original).map(({ score, box, points }) => ({
    score,
    box,
    points: points === undefined ? undefined : mapPoints(points, inPicture),
  }));
}

/** The same of each point. */
export function mapPoints([a, b, c, d, e]: FivePoints, change: (point: Point) => Point): FivePoints {
  return [change(a), change(b), change(c), change(d), change(e)];
}
