/**
 * What the address of a search asks the server for.
 *
 * @module
 */
import type { BoundingBox, SearchInput } from 'fovea/client';
import { type Condition, conditionsOf, conditionSql } from './condition.ts';
import type { SearchParams } from './params.ts';

/** All of a request but the bytes of its picture. Without any question: everything, newest first. */
export type SearchBody = Omit<SearchInput, 'image'>;

export function requestOf(params: SearchParams): SearchBody {
  const { q, image, like, region, regions, has = [] } = params;
  const box = region === undefined ? undefined : boxOf(region);
  const conditions = conditionsOf(params);
  const isListing = !isRanked(params) && conditions.length === 0;
  return {
    ...(q === undefined ? {} : { query: q }),
    // Its own words rank what has a text, so that hits say where it stands.
    ...(!isRanked(params) && has.length > 0 ? { query: has.join(' '), legs: ['text' as const] } : {}),
    ...(like === undefined
      ? {}
      : { like: { contentId: like, ...(box && image === undefined ? { region: box } : {}) } }),
    ...(image !== undefined && box !== undefined ? { region: box } : {}),
    ...(regions === true && isRanked(params) ? { regions } : {}),
    ...(isListing ? { where: 'true' } : requestOfConditions(conditions)),
  };
}

/** What passes some conditions, whatever it shows. */
export function requestOfConditions(conditions: readonly Condition[]): Pick<SearchBody, 'where' | 'has' | 'not'> {
  const where = conditionSql(conditions);
  const wordsOf = (wanted: Condition['mode']): string[] =>
    conditions.flatMap(({ mode, words }) => (mode === wanted && words !== undefined ? [words] : []));
  const [has, not] = [wordsOf('must'), wordsOf('without')];
  return {
    ...(where === undefined ? {} : { where }),
    ...(has.length === 0 ? {} : { has }),
    ...(not.length === 0 ? {} : { not }),
  };
}

/** Whether anything but conditions is asked for. */
export const isRanked = ({ q, image, like }: SearchParams): boolean =>
  q !== undefined || image !== undefined || like !== undefined;

function boxOf([xmin, ymin, xmax, ymax]: NonNullable<SearchParams['region']>): BoundingBox {
  return { xmin, ymin, xmax, ymax };
}
