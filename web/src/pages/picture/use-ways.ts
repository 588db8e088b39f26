/**
 * Where one goes from a picture: to the ones beside it, back to the results, and to other searches.
 *
 * @module
 */
import { useNavigate, useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useFovea } from '../../api/fovea.tsx';
import { leavePicture } from '../../state/left-picture.ts';
import type { SearchParams } from '../search/params.ts';
import type { Region } from './region.ts';
import type { Neighbours } from './use-neighbours.ts';

export interface Ways {
  readonly go: (direction: 'previous' | 'next') => void;
  readonly back: () => void;
  /** To the search page, with the cursor in its box. */
  readonly toBox: () => void;
  readonly searchRegion: (region: Region) => void;
  /** Once the picture is no more: to the one behind it, or back. */
  readonly leave: () => void;
}

export function useWays(contentId: string, params: SearchParams, neighbours: Neighbours): Ways {
  const { namespace } = useFovea();
  const navigate = useNavigate();
  const { history } = useRouter();
  const show = (id: string): void =>
    void navigate({
      to: '/$namespace/picture/$contentId',
      params: { namespace, contentId: id },
      search: params,
      // One step back leads to the results, however many pictures were looked at.
      replace: true,
      resetScroll: false,
    });
  const search = (wanted: SearchParams): Promise<void> =>
    navigate({ to: '/$namespace', params: { namespace }, search: wanted });
  const [opened] = useState(contentId);
  useEffect(() => {
    const leave = (): void => leavePicture(contentId, opened);
    window.addEventListener('popstate', leave);
    return () => window.removeEventListener('popstate', leave);
  }, [contentId, opened]);
  const back = (): void => {
    leavePicture(contentId, opened);
    if (history.canGoBack()) history.back();
    else void search(params);
  };
  return {
    go: (direction) => {
      const to = neighbours[direction];
      if (to !== undefined) show(to.contentId);
    },
    back,
    toBox: () => {
      void search(params).then(() => document.querySelector<HTMLElement>('[role="search"] input')?.focus());
    },
    searchRegion: (region) => void search({ like: contentId, region: [...region] }),
    leave: () => {
      const to = neighbours.next ?? neighbours.previous;
      if (to === undefined) back();
      else show(to.contentId);
    },
  };
}
