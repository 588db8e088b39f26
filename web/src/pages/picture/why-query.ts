/**
 * Why a picture is a hit. Ranks are told of the whole list, so the search is asked again down to the hit's place.
 *
 * @module
 */
import { queryOptions } from '@tanstack/react-query';
import type { FoveaClient, Hit } from 'fovea/client';
import type { SearchParams } from '../search/params.ts';
import { requestOf } from '../search/use-hits.ts';

/** The most hits of one request. */
const MOST = 1000;
/** Hits beside each other share an answer. */
const PAGE = 60;

/** Whether the address holds a search that there could be a reason for. */
export function isSearch(params: SearchParams): boolean {
  return Object.values(params).some((value) => value !== undefined);
}

/** @param place Of the hit, from 1. @returns Hits with their explanations, in the order of the search. */
export const whyQuery = (fovea: FoveaClient, params: SearchParams, place: number) => {
  const limit = Math.min(MOST, Math.ceil(place / PAGE) * PAGE);
  return queryOptions({
    queryKey: [fovea.namespace, 'search', params, 'why', limit],
    queryFn: async ({ signal }): Promise<Hit[]> =>
      (await fovea.search({ ...requestOf(params), limit, explain: true, signal })).hits,
  });
};
