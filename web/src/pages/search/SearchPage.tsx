/**
 * Search: one box, and the pictures that it finds.
 *
 * @module
 */
import { getRouteApi } from '@tanstack/react-router';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { PhotoGrid } from '../../components/PhotoGrid.tsx';
import { Tile } from '../../components/Tile.tsx';
import { formatScore } from '../../state/format.ts';
import { SearchBox } from './SearchBox.tsx';
import styles from './SearchPage.module.css';
import { useHits } from './use-hits.ts';

const route = getRouteApi('/$namespace/');

export function SearchPage() {
  const params = route.useSearch();
  const navigate = route.useNavigate();
  const { hits, error, refetch, hasNextPage, fetchNextPage } = useHits(params);
  return (
    <div className={styles.page}>
      <SearchBox words={params.q ?? ''} onWords={(q) => void navigate({ search: q === '' ? {} : { q } })} />
      {error !== null && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      <PhotoGrid items={hits} hasMore={hasNextPage} onEnd={() => void fetchNextPage()}>
        {(hit, { width, height }) => (
          <Tile
            of={hit}
            side={Math.max(width, height)}
            note={hit.score === null ? undefined : formatScore(hit.score)}
            search={params}
          />
        )}
      </PhotoGrid>
    </div>
  );
}
