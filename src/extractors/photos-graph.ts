/**
 * The graph that a namespace without graphs gets with its first pictures. As data, so that `fovea graph show photos`,
 * the documentation and the database say the same.
 *
 * @module
 */
import type { GraphSpec, PolicySpec } from '../contract/index.ts';

export const photosGraph: GraphSpec = {
  name: 'photos',
  description: 'What Fovea extracts from photos unless it is told otherwise',
  policies: [
    policy('clip', 'embedding/clip'),
    policy('objects', 'image/yolo'),
    policy('exif', 'image/exif'),
    policy('colors', 'image/colors'),
    policy('phash', 'image/phash', { grey: true }),
  ],
};

function policy(name: string, extractor: string, params: PolicySpec['params'] = {}): PolicySpec {
  return { name, extractor, params, filter: [] };
}
