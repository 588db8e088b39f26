/**
 * From what was asked to one unit vector: words, a picture or a part of one, a content or a part of one. Several together
 * are averaged as unit vectors.
 *
 * @module
 */
import type { BoundingBox, SearchRequest } from '../contract/index.ts';
import { InvalidInputError, NotFoundError, UnavailableError } from '../contract/index.ts';
import type { Database } from '../store/index.ts';
import { getContent, readVector } from '../store/index.ts';
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
  const parts: Promise<Float32Array>[] = [];
  if (request.query !== undefined) parts.push(encoder.encodeText(index, request.query));
  if (request.image !== undefined)
    parts.push(encoder.encodeImage(index, Buffer.from(request.image, 'base64'), request.region));
  if (request.like !== undefined) parts.push(likeVector(dependencies, namespace, request.like, index));
  const vectors = await Promise.all(parts);
  const [first] = vectors;
  if (first === undefined) throw new RangeError('The request asks for no vector');
  return vectors.length === 1 ? first : unitMean(vectors);
}

async function likeVector(
  { database, encoder, bytesOf }: VectorDependencies,
  namespace: string,
  like: NonNullable<SearchRequest['like']>,
  index: SearchIndex,
): Promise<Float32Array> {
  const content = await getContent(database, namespace, like.contentId);
  if (content === undefined)
    throw new NotFoundError('content', like.contentId, [], 'no content of this namespace has that id');
  if (like.region !== undefined)
    return encoder.encodeImage(index, await bytesOf(namespace, like.contentId), checkRegion(like.region));
  const [row] = await readVector(database, namespace, index, like.contentId);
  if (row === undefined) {
    throw new UnavailableError(
      `Cannot search by "${content.name}": index "${index.name}" has no vector of it yet; see "fovea status"`,
    );
  }
  return row.vector;
}

function checkRegion(region: BoundingBox): BoundingBox {
  if (region.xmax > region.xmin && region.ymax > region.ymin) return region;
  throw new InvalidInputError('Cannot search by region: xmax must be larger than xmin, and ymax larger than ymin');
}

/** Mean of unit vectors, made a unit vector again. */
export function unitMean(vectors: readonly Float32Array[]): Float32Array {
  const mean = new Float32Array(vectors[0]?.length ?? 0);
  for (const vector of vectors) for (const [i, value] of vector.entries()) mean[i] = (mean[i] ?? 0) + value;
  const norm = Math.hypot(...mean) || 1;
  return mean.map((value) => value / norm);
}
