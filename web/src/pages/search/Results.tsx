/**
 * What a search found: how many, what is to be known of it, and the pictures.
 *
 * @module
 */
import { Link } from '@tanstack/react-router';
import { Code, ListFilter, ScanSearch } from 'lucide-react';
import type { Hit, SearchResponse } from 'fovea/client';
import type { Ref } from 'react';
import { useFovea } from '../../api/fovea.tsx';
import { Button } from '../../components/Button.tsx';
import buttonStyles from '../../components/Button.module.css';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { PhotoGrid } from '../../components/PhotoGrid.tsx';
import { Tile } from '../../components/Tile.tsx';
import { MissingPictureError } from '../../state/query-pictures.ts';
import { texts } from '../../texts.ts';
import { asSql } from './as-sql.ts';
import type { FacetPanelProps } from './FacetPanel.tsx';
import { FacetSheet } from './FacetSheet.tsx';
import { MissingPicture, NotYet } from './Nothing.tsx';
import { type SearchParams, tidyParams } from './params.ts';
import { type Relevance, relevanceOf } from './relevance.ts';
import { isRanked } from './request.ts';
import styles from './SearchPage.module.css';
import type { useHits } from './use-hits.ts';
import { whyText } from './why.ts';
import { ZeroHits } from './ZeroHits.tsx';

export interface ResultsProps {
  readonly ref: Ref<HTMLDivElement>;
  readonly params: SearchParams;
  readonly found: ReturnType<typeof useHits>;
  /** Told elsewhere. */
  readonly filterError: Error | null;
  /** Undefined where there are none. */
  readonly facets: FacetPanelProps | undefined;
  readonly onSearch: (params: SearchParams) => void;
  readonly onFilter: () => void;
}

export function Results({ ref, params, found, filterError, facets, onSearch, onFilter }: ResultsProps) {
  const { hits, first, error, refetch, waiting, showWaiting, isFetching, isFetchingNextPage } = found;
  const relevance = relevanceOf(first, hits);
  const isMissing = error instanceof MissingPictureError;
  // The next page is fetched ahead, unseen.
  const isBusy = isFetching && !isFetchingNextPage;
  return (
    <div ref={ref} className={styles.results} aria-busy={isBusy}>
      <div className={styles.busy} data-busy={isBusy || undefined} />
      <div className={styles.line}>
        <p role="status">{first !== undefined && !isMissing && countText(params, first)}</p>
        <div className={styles.tools}>
          {isRanked(params) && <InObjects params={params} onSearch={onSearch} />}
          {facets !== undefined && <FacetSheet {...facets} />}
          <Button kind="quiet" onClick={onFilter}>
            <ListFilter aria-hidden="true" />
            {texts.search.filter.open}
          </Button>
          <AsSql params={params} first={first} />
        </div>
      </div>
      {error !== null && filterError === null && !isMissing && (
        <ErrorNotice error={error} onRetry={() => void refetch()} />
      )}
      {isMissing && <MissingPicture params={params} onSearch={onSearch} />}
      {!isMissing && first !== undefined && (
        <>
          <Notes params={params} first={first} relevance={relevance} />
          {hits.length > 0 ? (
            <Pictures params={params} found={found} relevance={relevance} />
          ) : first.indexed.done === 0 && first.total > 0 ? (
            <NotYet />
          ) : (
            error === null && <ZeroHits params={params} onSearch={onSearch} />
          )}
        </>
      )}
      {waiting > 0 && (
        <Button kind="primary" className={styles.waiting} onClick={showWaiting}>
          {texts.search.waiting(waiting)}
        </Button>
      )}
    </div>
  );
}

function Pictures({ params, found, relevance }: Pick<ResultsProps, 'params' | 'found'> & { relevance: Relevance }) {
  const { hits, hasNextPage, isFetchingNextPage, fetchNextPage } = found;
  return (
    <PhotoGrid
      items={hits}
      hasMore={hasNextPage}
      onEnd={() => {
        if (!isFetchingNextPage) void fetchNextPage();
      }}
      ruleBefore={
        relevance.lookBegins === undefined
          ? undefined
          : { index: relevance.lookBegins, text: texts.search.relevance.rule }
      }
    >
      {(hit: Hit, { width, height }) => (
        <Tile
          of={hit}
          side={Math.max(width, height)}
          boxes={hit.regions?.map(({ box }) => box) ?? []}
          note={whyText(hit)}
          search={params}
          moment={hit.moments?.[0]}
        />
      )}
    </PhotoGrid>
  );
}

function Notes({
  params,
  first,
  relevance,
}: {
  readonly params: SearchParams;
  readonly first: SearchResponse;
  readonly relevance: Relevance;
}) {
  const { done, total } = first.indexed;
  const notes = [
    ...(isRanked(params) && done < total ? [texts.search.coverage(done, total)] : []),
    ...(relevance.isByLookAlone && params.q !== undefined ? [texts.search.relevance.byLook(params.q)] : []),
    ...first.notes,
  ];
  return notes.map((note) => (
    <p key={note} className={styles.note}>
      {note}
    </p>
  ));
}

/** Whether objects in pictures are looked at, too. */
function InObjects({ params, onSearch }: Pick<ResultsProps, 'params' | 'onSearch'>) {
  const isOn = params.regions === true;
  return (
    <Button
      kind="quiet"
      aria-pressed={isOn}
      onClick={() => onSearch(tidyParams({ ...params, regions: isOn ? undefined : true }))}
    >
      <ScanSearch aria-hidden="true" />
      {texts.search.regions}
    </Button>
  );
}

function AsSql({ params, first }: { readonly params: SearchParams; readonly first: SearchResponse | undefined }) {
  const { namespace } = useFovea();
  const index = first?.plan?.legs.find(({ leg }) => leg === 'vector')?.indexes[0];
  const query = asSql(params, index);
  if (query === undefined) return null;
  return (
    <Link
      to="/$namespace/sql"
      params={{ namespace }}
      search={{ query }}
      className={`${buttonStyles.button} ${buttonStyles.quiet} ${styles.link}`}
    >
      <Code aria-hidden="true" />
      {texts.search.asSql}
    </Link>
  );
}

function countText(params: SearchParams, { total }: SearchResponse): string {
  return isRanked(params) && total > 0 ? texts.search.ranked(total) : texts.count.photos(total);
}
