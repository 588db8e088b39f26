/**
 * Contents that were made from another one: frames of a video, parts of a picture.
 *
 * @module
 */
import { queryOptions } from '@tanstack/react-query';
import type { FoveaClient } from 'fovea/client';

/** More are not listed; those of a video are its first ones. */
const MOST = 100;

export const derivedQuery = (fovea: FoveaClient, contentId: string) =>
  queryOptions({
    queryKey: [fovea.namespace, 'contents', 'derived', contentId],
    queryFn: async ({ signal }) => {
      const statement =
        'select content_id, name, time_ms from content where parent_id = $1 order by time_ms, name, content_id';
      const { rows } = await fovea.sql(statement, [contentId], { limit: MOST, signal });
      return rows.map(({ content_id: id, name, time_ms: time }) => ({
        contentId: String(id),
        name: String(name),
        timeMs: typeof time === 'number' ? time : null,
      }));
    },
  });
