/**
 * What becomes of contents whose files were moved, replaced or removed: a renamed file's content takes the new name, and a
 * broken file that has gone, or was replaced by a good one, is forgotten. Everything else stays, to be found by what was
 * extracted from it.
 *
 * @module
 */
import { basename } from 'node:path';
import { displayPath, pathOfFileUri } from '../sources/index.ts';
import type { Database } from '../store/index.ts';
import { forgetBroken, presentLocations, renameContents } from '../store/index.ts';

/** @returns Ids of contents that were forgotten. */
export async function settleMoved(
  database: Database,
  namespace: string,
  contentIds: readonly string[],
): Promise<string[]> {
  const ids = [...new Set(contentIds)];
  const renamed = (await presentLocations(database, namespace, ids)).flatMap(({ contentId, name, uris }) => {
    const names = uris.map(nameOf);
    const [first] = names;
    return first === undefined || names.some((each) => each === undefined || each === name)
      ? []
      : [{ contentId, name: first }];
  });
  await renameContents(database, namespace, renamed);
  return forgetBroken(database, namespace, ids);
}

/** The name of a file; undefined for bytes that Fovea stores, which were named by who sent them. */
function nameOf(uri: string): string | undefined {
  return uri.startsWith('file:') ? basename(displayPath(pathOfFileUri(uri))) : undefined;
}
