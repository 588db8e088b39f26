/**
 * From what was asked to one unit vector: words, a picture or a part of one, a content or a part of one. Several together
 * are summed as unit vectors, each with its weight.
 *
 * @module
 */
import type { BoundingBox, SearchRequest } from '../contract/index.ts';
import { NotFoundError, UnavailableError } from '../contract/index.ts';
import type { Database } from '../store/index.ts';
import { getContent, readDerivedVectors, readVector } from '../store/index.ts';
import type { SearchIndex } from './choose-index.ts';

/** What retrieval asks of the process that holds the query models. Vectors are L2-normalised and of the index's space. */
export interface QueryEncoder {
  encodeText(index: SearchIndex, text: string): Promise<Float32Array>;
  encodeImage(index: SearchIndex, bytes: Uint8Array, region?: BoundingBox): Promise<Float32Array>;
}

export interface VectorDependencies {
  readonly database: Database;
  readonly encoder: QueryEncoder;
  /** Whole bytes of a content's file. */
  readonly bytesOf: (namespace: string, contentId: string) => Promise<Uint8Array>;
}

/** True when the request asks for nearness to something. */
export function asksForVector({ query, image, like }: SearchRequest): boolean {
  return query !== undefined || image !== undefined || like !== undefined;
}

/** The unit vector of a request that `asksForVector`. */
export async function queryVector(
  dependencies: VectorDependencies,
  namespace: string,
  request: SearchRequest,
  index: SearchIndex,
): Promise<Float32Array> {
  const { encoder } = dependencies;
  const { query, image, region, like, weights, regions } = request;
  const parts: Promise<Weighted>[] = [];
  const add = (weight: number | undefined, vector: Promise<Float32Array>): void => {
    parts.push(vector.then((values) => ({ vector: values, weight: weight ?? 1 })));
  };
  if (query !== undefined) add(weights?.text, encoder.encodeText(index, query));
  if (image !== undefined) add(weights?.image, encoder.encodeImage(index, Buffer.from(image, 'base64'), region));
  if (like !== undefined)
    add(weights?.like, likeVector(dependencies, namespace, like, { index, isAsPicture: regions && index.ofRegions }));
  const vectors = await Promise.all(parts);
  const [first] = vectors;
  if (first === undefined) throw new RangeError('The request asks for no vector');
  return vectors.length === 1 ? first.vector : unitSum(vectors);
}

/** Of a video that others are to be like; their ids, and so the choice, are random. */
const MAX_FRAMES = 64;

async function likeVector(
  { database, encoder, bytesOf }: VectorDependencies,
  namespace: string,
  like: NonNullable<SearchRequest['like']>,
  /** Of a content without a vector of its own among those of boxes, the whole picture is one. */
  { index, isAsPicture }: { readonly index: SearchIndex; readonly isAsPicture: boolean },
): Promise<Float32Array> {
  const content = await getContent(database, namespace, like.contentId);
  if (content === undefined)
    throw new NotFoundError('content', like.contentId, [], 'no content of this namespace has that id');
  if (like.region !== undefined || isAsPicture)
    return encoder.encodeImage(index, await bytesOf(namespace, like.contentId), like.region);
  const [row] = await readVector(database, namespace, index, like.contentId);
  if (row === undefined) {
    // A video is like its frames on average.
    const frames = await readDerivedVectors(database, namespace, index, like.contentId, MAX_FRAMES);
    if (frames.length > 0) return unitSum(frames.map((vector) => ({ vector, weight: 1 })));
    throw new UnavailableError(
      `Cannot search by "${content.name}": index "${index.name}" has no vector of it yet; see "fovea status"`,
    );
  }
  return row.vector;
}

interface Weighted {
  readonly vector: Float32Array;
  readonly weight: number;
}

/** Weighted sum of unit vectors, made a unit vector again. */
export function unitSum(parts: readonly Weighted[]): Float32Array {
  const sum = new Float32Array(parts[0]?.vector.length ?? 0);
  for (const { vector, weight } of parts)
    for (const [i, value] of vector.entries()) sum[i] = (sum[i] ?? 0) + weight * value;
  const norm = Math.hypot(...sum) || 1;
  return sum.map((value) => value / norm);
}
