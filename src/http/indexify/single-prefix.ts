/**
 * `getindexify` puts `/namespaces/<name>/` in front of some addresses that begin with it already. The app reads the
 * address once, here, so that every route has one path.
 *
 * @module
 */
import { getPath } from 'hono/utils/url';

const DOUBLED = /^\/namespaces\/([^/]+)\/namespaces\/\1(?=\/|$)/;

/** The path of a request as routes know it. */
export function singlePrefix(request: Request): string {
  return getPath(request).replace(DOUBLED, '/namespaces/$1');
}
