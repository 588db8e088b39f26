/**
 * Faces: one row each, best first, in pixels of the upright original. Whose they are is not asked, unless a policy asks for it.
 *
 * With `embedder` each row has a vector too, by which pictures of one person are found. Without it, the default, nothing that
 * tells people apart is computed or kept.
 *
 * @module
 */
import { z } from 'zod';
import { InvalidInputError, ModelUnavailableError } from '../contract/index.ts';
import { real, reals, row, vector } from '../extractor/columns.ts';
import { defineExtractor } from '../extractor/define.ts';
import type { Extractor, ExtractorItem, ExtractorResult } from '../extractor/types.ts';
import type { PixelRequest } from '../image/pixels.ts';
import type { Face, FaceDetectorModel, FaceEmbedderModel, FivePoints, Models } from '../models/types.ts';
import { BOX_COLUMNS, boxArea, boxValues } from './box-columns.ts';
import { pixelsOf } from './pixels-of.ts';

/** Stands for no embedder. */
const NONE = 'none';

/** What embedders cut faces from: a detector's own picture would leave little of a small one. */
const FOR_EMBEDDING: PixelRequest = { resize: 'maxPixels', pixels: 3_000_000, kernel: 'bilinear' };

export const imageFaces: Extractor = defineExtractor({
  name: 'image/faces',
  version: '1',
  summary: 'Finds faces: box and five points of each; whose they are only where that is asked for',
  accepts: ['image/*'],
  params: z.object({
    model: z
      .string()
      .min(1)
      .default('auto')
      .describe('A face detector: the name of a card, a folder with one ONNX file, or "auto"'),
    conf: z.number().min(0).max(1).default(0.7).describe('Lowest score that is kept'),
    iou: z.number().min(0).max(1).default(0.3).describe('Overlap above which the lesser of two boxes goes'),
    embedder: z
      .string()
      .min(1)
      .default(NONE)
      .describe('A face embedder, "auto", or "none": then nothing that tells people apart is computed'),
  }),
  describe: async ({ embedder, ...params }, models) => {
    const embedding = embedder === NONE ? undefined : await models.describeFaceEmbedder(embedder);
    const detector = await describeDetector(params.model, models);
    if (embedding !== undefined && detector.hasPoints === false) {
      throw new InvalidInputError(
        `Cannot embed the faces of model "${detector.model}": it gives no points, by which faces are turned upright; use "yunet"`,
      );
    }
    const notes = [detector.note, embedding?.note].filter((note) => note !== undefined);
    return {
      pixels: embedding === undefined ? detector.pixels : FOR_EMBEDDING,
      columns: {
        score: real({ range: [0, 1], description: 'confidence; not comparable between models' }),
        ...BOX_COLUMNS,
        points: reals({
          unit: 'px',
          description:
            'x and y of right eye, left eye, tip of the nose, right and left corner of the mouth; null where the model gives none',
        }),
      },
      vectors: embedding === undefined ? {} : { embedding: vector(embedding.dimension, ['image']) },
      params: { ...params, model: detector.model, embedder: embedding?.model ?? NONE },
      model: detector.model,
      ...(embedding === undefined ? {} : { space: embedding.space, weights: embedding.weights }),
      ...(notes.length === 0 ? {} : { notes }),
      ...(detector.waitingFor === undefined ? {} : { waitingFor: detector.waitingFor }),
    };
  },
  load: async ({ model, conf, iou, embedder: embedderName }, models) => {
    const detector = await models.loadFaceDetector(model);
    const embedder = embedderName === NONE ? undefined : await loadEmbedder(embedderName, detector, models);
    const detect = (items: readonly ExtractorItem[]): Promise<Face[][]> =>
      detector.detect(
        items.map((item) => ({ pixels: pixelsOf(item), original: item.original })),
        { conf, iou },
      );
    return {
      run: async (items) => {
        const found = await detect(items);
        const results = new Map<string, ExtractorResult>();
        for (const [index, item] of items.entries())
          results.set(item.id, await faceRows(found[index] ?? [], item, embedder));
        return results;
      },
      ...(embedder === undefined ? {} : { encodeImage: (items) => largestFaces(items, detect, embedder) }),
      close: async () => {
        await detector.close();
        await embedder?.close();
      },
    };
  },
});

interface DescribedDetector {
  readonly model: string;
  readonly pixels: PixelRequest;
  /** Undefined where nobody knows yet. */
  readonly hasPoints?: boolean;
  readonly note?: string;
  readonly waitingFor?: string;
}

/** Boxes are written whatever the model: where it can't be had, the policy is made and its tasks wait. */
async function describeDetector(name: string, models: Models): Promise<DescribedDetector> {
  try {
    return await models.describeFaceDetector(name);
  } catch (error) {
    if (!(error instanceof ModelUnavailableError)) throw error;
    return { model: name, pixels: { resize: 'none' }, waitingFor: error.message };
  }
}

async function loadEmbedder(name: string, detector: FaceDetectorModel, models: Models): Promise<FaceEmbedderModel> {
  try {
    return await models.loadFaceEmbedder(name);
  } catch (error) {
    await detector.close();
    throw error;
  }
}

async function faceRows(faces: readonly Face[], item: ExtractorItem, embedder: FaceEmbedderModel | undefined) {
  const sorted = faces.toSorted((a, b) => b.score - a.score);
  const embeddings = embedder === undefined ? undefined : await embed(sorted, item, embedder);
  return sorted.map(({ score, box, points }, index) => {
    const embedding = embeddings?.[index];
    const flat = points === undefined ? null : points.flatMap(({ x, y }) => [x, y]);
    const columns = { score, ...boxValues(box), points: flat };
    return row(columns, embedding === undefined ? {} : { embedding });
  });
}

function embed(faces: readonly Face[], item: ExtractorItem, embedder: FaceEmbedderModel): Promise<Float32Array[]> {
  return embedder.embed(faces.map((face) => ({ pixels: pixelsOf(item), points: pointsOf(face) })));
}

function pointsOf({ points }: Face): FivePoints {
  if (points === undefined) throw new TypeError('Cannot embed a face without points');
  return points;
}

/** A query picture stands for the largest face in it. */
async function largestFaces(
  items: readonly ExtractorItem[],
  detect: (items: readonly ExtractorItem[]) => Promise<Face[][]>,
  embedder: FaceEmbedderModel,
): Promise<Float32Array[]> {
  const found = await detect(items);
  const vectors: Float32Array[] = [];
  for (const [index, item] of items.entries()) {
    const [largest] = (found[index] ?? []).toSorted((a, b) => boxArea(b.box) - boxArea(a.box));
    if (largest === undefined)
      throw new InvalidInputError(
        'Cannot search by this picture: no face is found in it, and faces are what the index has',
      );
    vectors.push(...(await embed([largest], item, embedder)));
  }
  return vectors;
}
