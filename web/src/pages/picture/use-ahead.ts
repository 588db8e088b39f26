/**
 * What the pictures beside the one that is looked at need is fetched ahead, so that arrows show them at once.
 *
 * @module
 */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useFovea } from '../../api/fovea.tsx';
import { useApiKey } from '../../api/key.ts';
import { contentQuery, featuresQuery } from '../../api/queries.ts';
import { LARGEST_THUMBNAIL } from './Photo.tsx';
import type { Neighbours } from './use-neighbours.ts';

export function useAhead({ previous, next }: Neighbours): void {
  const fovea = useFovea();
  const cache = useQueryClient();
  // A picture that needs a key is fetched as a blob of its own each time.
  const canKeep = useApiKey() === undefined;
  const ids = [next?.contentId, previous?.contentId].filter((id) => id !== undefined).join(' ');
  useEffect(() => {
    const fetchAhead = async (contentId: string): Promise<void> => {
      void cache.prefetchQuery(featuresQuery(fovea, contentId));
      await cache.prefetchQuery(contentQuery(fovea, contentId));
      const content = cache.getQueryData(contentQuery(fovea, contentId).queryKey);
      if (!canKeep || !content || content.width === null) return;
      new Image().src = fovea.thumbnailUrl(contentId, LARGEST_THUMBNAIL, content.sha256);
    };
    for (const id of ids.split(' ').filter(Boolean)) void fetchAhead(id);
  }, [fovea, cache, canKeep, ids]);
}
