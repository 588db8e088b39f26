/**
 * The facets of a search: which there are, with the counts of their values among what passes the search's conditions.
 *
 * @module
 */
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import type { Facet, FoveaClient } from 'fovea/client';
import { useMemo } from 'react';
import { useFovea } from '../../api/fovea.tsx';
import { tablesQuery, unlessMissing } from '../../api/queries.ts';
import { conditionsOf } from './condition.ts';
import type { KnownObjects } from './chips.ts';
import { type FacetColumn, facetColumns } from './facet-columns.ts';
import { type SearchParams, tidyParams } from './params.ts';
import { requestOfConditions } from './request.ts';

/** Values of a facet that are asked for; as many are shown when all of them are wanted. */
const VALUES = 200;
/** Labels that are shown as facets: the most frequent keys. */
const LABEL_KEYS = 8;
/** The most columns that the server counts at a time. */
const MAX_COLUMNS = 20;

export interface CountedFacet {
  readonly column: FacetColumn;
  readonly values: Facet['values'];
  readonly distinct: number;
}

export interface Facets {
  readonly columns: readonly FacetColumn[];
  readonly counted: readonly CountedFacet[];
  /** Objects of the whole library. */
  readonly objects: readonly KnownObjects[];
}

/** @param params Only conditions count: which pictures look most like the words changes no counts. */
export function useFacets(params: SearchParams): Facets {
  const fovea = useFovea();
  const { data: tables } = useQuery(tablesQuery(fovea));
  const { data: labelKeys } = useQuery(labelKeysQuery(fovea));
  const columns = useMemo(() => facetColumns(tables ?? [], labelKeys ?? []), [tables, labelKeys]);
  // Values of which a picture has one widen what is shown, so they are counted as if none of them was chosen.
  const asked = columns.map(({ of, isMany }) => (isMany ? params : withoutFacet(params, of)));
  const { data } = useQuery(allCountsQuery(fovea, groupsOf(columns, asked)));
  const counted = columns.flatMap((column): CountedFacet[] => {
    const found = data?.find(({ of }) => of === column.of);
    return found === undefined ? [] : [{ column, values: found.values, distinct: found.distinct }];
  });
  const objects = useObjects(columns);
  return { columns, counted, objects };
}

function useObjects(columns: readonly FacetColumn[]): readonly KnownObjects[] {
  const fovea = useFovea();
  const members = columns.filter(({ kind }) => kind === 'object');
  const { data } = useQuery({ ...countsQuery(fovea, members, {}), enabled: members.length > 0 });
  return useMemo(
    () =>
      members.map((column) => ({
        column,
        names: data?.find(({ of }) => of === column.of)?.values.map(({ value }) => String(value)) ?? [],
      })),
    [columns, data],
  );
}

/** Values that complete what is typed, of the whole library. */
export const valuesQuery = (fovea: FoveaClient, column: FacetColumn) => countsQuery(fovea, [column], {});

/** Columns counted under different conditions, as one answer, so that the old counts stay until all new ones are there. */
const allCountsQuery = (fovea: FoveaClient, groups: readonly Group[]) =>
  queryOptions({
    queryKey: [fovea.namespace, 'facets', groups.map(countsOf)],
    queryFn: async ({ signal }) => (await Promise.all(groups.map((group) => countFacets(fovea, group, signal)))).flat(),
    enabled: groups.length > 0,
    placeholderData: keepPreviousData,
  });

const countsQuery = (fovea: FoveaClient, members: readonly FacetColumn[], params: SearchParams) =>
  queryOptions({
    queryKey: [fovea.namespace, 'facets', countsOf({ members, params })],
    queryFn: ({ signal }) => countFacets(fovea, { members, params }, signal),
  });

function countsOf({ members, params }: Group): { readonly of: string[]; readonly where?: string } {
  // Words that are not wanted are no condition of counts.
  const { where } = requestOfConditions(conditionsOf(params));
  return { of: members.map(({ of }) => of), ...(where === undefined ? {} : { where }) };
}

async function countFacets(fovea: FoveaClient, group: Group, signal: AbortSignal): Promise<readonly Facet[]> {
  return (await unlessMissing(fovea.facets({ ...countsOf(group), limit: VALUES, signal })))?.facets ?? [];
}

const labelKeysQuery = (fovea: FoveaClient) =>
  queryOptions({
    queryKey: [fovea.namespace, 'facets', 'label keys'],
    queryFn: async ({ signal }) => {
      const { rows = [] } =
        (await unlessMissing(
          fovea.sql(
            `select key, count(*) as contents from content c, lateral jsonb_object_keys(c.labels) as keys (key)
              group by key order by contents desc, key limit ${LABEL_KEYS}`,
            [],
            { signal },
          ),
        )) ?? {};
      return rows.map(({ key }) => String(key));
    },
  });

function withoutFacet(params: SearchParams, of: string): SearchParams {
  const { [of]: _chosen, ...facets } = params.facets ?? {};
  return tidyParams({ ...params, facets });
}

interface Group {
  readonly members: readonly FacetColumn[];
  readonly params: SearchParams;
}

/** Columns that are counted under the same conditions, asked for together. */
function groupsOf(columns: readonly FacetColumn[], asked: readonly SearchParams[]): Group[] {
  const groups = new Map<string, { members: FacetColumn[]; params: SearchParams }>();
  for (const [place, column] of columns.entries()) {
    const params = asked[place] ?? {};
    const key = JSON.stringify(params.facets ?? {});
    const group = groups.get(key) ?? { members: [], params };
    group.members.push(column);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ members, params }) => ({ members: members.slice(0, MAX_COLUMNS), params }));
}
