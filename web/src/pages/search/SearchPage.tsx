/**
 * Search: one box, what was understood, and the pictures that it finds.
 *
 * @module
 */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { SqlError } from 'fovea/client';
import { useRef, useState } from 'react';
import { useFovea } from '../../api/fovea.tsx';
import { statusQuery } from '../../api/queries.ts';
import { texts } from '../../texts.ts';
import { FacetPanel } from './FacetPanel.tsx';
import { FirstStep } from './FirstStep.tsx';
import type { SearchParams } from './params.ts';
import { Question } from './Question.tsx';
import { Results } from './Results.tsx';
import styles from './SearchPage.module.css';
import { useFacets } from './use-facets.ts';
import { useHits } from './use-hits.ts';

const route = getRouteApi('/$namespace/');

export function SearchPage() {
  const params = route.useSearch();
  const navigate = route.useNavigate();
  const { data: status } = useQuery(statusQuery(useFovea()));
  const found = useHits(params);
  const [filter, setFilter] = useState({ isOpen: params.where !== undefined, asked: 0 });
  const results = useRef<HTMLDivElement>(null);
  const onSearch = (search: SearchParams, refines = false): void => void navigate({ search, replace: refines });
  // What is wrong is told where it was written; conditions of facets are ours and are right.
  const filterError = params.where !== undefined && found.error instanceof SqlError ? found.error : null;
  const facets = useFacets(filterError === null ? params : { ...params, where: undefined });
  const showsFilter = filter.isOpen || filterError !== null;
  const openFilter = (isOpen: boolean): void => setFilter({ isOpen, asked: filter.asked + (isOpen ? 1 : 0) });
  const isEmpty = status === null || status?.contents === 0;
  const panel = { params, facets: facets.counted, onSearch };
  const hasFacets = !isEmpty && facets.counted.some(({ values }) => values.length > 0);
  return (
    <div className={styles.page}>
      <Question
        params={params}
        facets={facets}
        filter={{ isOpen: showsFilter, error: filterError, asked: filter.asked, onOpen: openFilter }}
        isEmpty={isEmpty}
        onSearch={onSearch}
        onLeave={() => results.current?.querySelector<HTMLElement>('[data-content] a')?.focus()}
      />
      {isEmpty ? (
        <FirstStep />
      ) : (
        <div className={styles.body} data-facets={hasFacets || undefined}>
          {hasFacets && (
            <aside className={styles.facets} aria-label={texts.search.facets.label}>
              <FacetPanel {...panel} />
            </aside>
          )}
          <Results
            ref={results}
            params={params}
            found={found}
            filterError={filterError}
            facets={hasFacets ? panel : undefined}
            onSearch={onSearch}
            onFilter={() => openFilter(!showsFilter)}
          />
        </div>
      )}
    </div>
  );
}
