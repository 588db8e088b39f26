/**
 * Contents that were made from another one: frames of a video, parts of a picture.
 *
 * @module
 */
import { queryOptions } from '@tanstack/react-query';
import type { FoveaClient } from 'fovea/client';

/** More are not listed. */
const MOST = 100;

export const derivedQuery = (fovea: FoveaClient, contentId: string) =>
  queryOptions({
    queryKey: [fovea.namespace, 'contents', 'derived', contentId],
    queryFn: async ({ signal }) => {
      const statement = 'select content_id, name from content where parent_id = $1 order by name, content_id';
      const { rows } = await fovea.sql(statement, [contentId], { limit: MOST, signal });
      return rows.map((row) => ({ contentId: String(row['content_id']), name: String(row['name']) }));
    },
  });
