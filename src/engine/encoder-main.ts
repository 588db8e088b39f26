/**
 * Main of the query encoder host: text and query pictures become vectors, pictures become larger thumbnails. Warm, and
 * never behind ingest. A hostile query picture ends this process, not the server.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import type { BoundingBox } from '../contract/index.ts';
import { InvalidInputError } from '../contract/index.ts';
import type { LoadedExtractor } from '../extractor/index.ts';
import { configureForHost, openPicture, regionSize, render, renderRegion, thumbnail } from '../image/index.ts';
import type { Picture } from '../image/index.ts';
import { createPolicyCache } from '../ingest/index.ts';
import { createModels } from '../models/index.ts';
import { ffmpegPrograms, findFfmpeg, posterOf } from '../video/index.ts';
import { loadExtractors } from './extractors.ts';
import type { FilePath } from '../sources/index.ts';
import type { ModelFolders } from './options.ts';
import { connectChannel } from './rpc.ts';

export interface EncoderStart {
  readonly models: ModelFolders;
  readonly extractors: readonly string[];
}

/** Which model: that of a policy. */
export interface EncoderTarget {
  readonly extractor: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly space: string;
}

let programs = ffmpegPrograms();
let cache: Promise<ReturnType<typeof createPolicyCache>> | undefined;

async function policy({
  extractor,
  params,
  space,
}: EncoderTarget): ReturnType<ReturnType<typeof createPolicyCache>['get']> {
  if (cache === undefined) throw new Error('The encoder was not started');
  return (await cache).get({ policyId: 0, version: 0, extractor, params, space });
}

connectChannel(process, {
  async start({ models, extractors }: EncoderStart) {
    configureForHost();
    programs = ffmpegPrograms(models.ffmpeg);
    cache = loadExtractors(extractors, models.ffmpeg).then((registry) =>
      createPolicyCache(registry, createModels(models), 4),
    );
    await cache;
  },

  async encodeText({ target, text }: { target: EncoderTarget; text: string }) {
    const { loaded } = await policy(target);
    const [vector] = await need(loaded, 'encodeText', target)([text]);
    return vector;
  },

  async encodeImage({ target, bytes, region }: { target: EncoderTarget; bytes: Uint8Array; region?: BoundingBox }) {
    const { loaded, pixels: request } = await policy(target);
    const picture = await openPicture(bytes);
    if (request.resize === 'none')
      throw new InvalidInputError(`Cannot search by a picture: extractor "${target.extractor}" reads no pixels`);
    if (region !== undefined) checkRegion(region, picture);
    const pixels = region === undefined ? await render(picture, request) : await renderRegion(picture, region, request);
    const original = region === undefined ? picture : regionSize(picture, region);
    const [vector] = await need(
      loaded,
      'encodeImage',
      target,
    )([
      {
        id: 'query',
        pixels,
        bytes,
        mimeType: picture.format.mimeType,
        original: { width: original.width, height: original.height },
      },
    ]);
    return vector;
  },

  async thumbnail({ path, mimeType, side }: { path: FilePath; mimeType: string; side: number }) {
    const isVideo = mimeType.startsWith('video/') && typeof path === 'string';
    const bytes = isVideo ? await posterOf(await findFfmpeg(programs), { path, mimeType }) : await readFile(path);
    return thumbnail(await openPicture(bytes), side);
  },
});

/** What a program rounds up to whole pixels may end one beyond the edge. */
function checkRegion({ xmin, ymin, xmax, ymax }: BoundingBox, { width, height }: Picture): void {
  if (Math.min(xmin, ymin) >= -1 && xmax <= width + 1 && ymax <= height + 1) return;
  throw new InvalidInputError(
    `Cannot search by region ${[xmin, ymin, xmax, ymax].join(', ')}: it is not inside its picture, which is ${width} × ${height} pixels upright`,
  );
}

function need<Method extends 'encodeText' | 'encodeImage'>(
  loaded: LoadedExtractor,
  method: Method,
  target: EncoderTarget,
): NonNullable<LoadedExtractor[Method]> {
  const encode = loaded[method];
  if (encode === undefined) {
    const kind = method === 'encodeText' ? 'words' : 'a picture';
    throw new InvalidInputError(
      `Cannot search by ${kind}: extractor "${target.extractor}" does not encode queries of that kind`,
    );
  }
  return encode;
}

process.on('disconnect', () => process.exit(0));
