/**
 * Values of facets in words.
 *
 * @module
 */
import { texts } from '../../texts.ts';
import { LABEL } from './condition.ts';
import type { FacetValue } from './params.ts';

/** `dog`, `2015`, `trip = rome`; of a column that has no name of its own, `iso = 400`. */
export function facetText(of: string, value: FacetValue): string {
  const text = value === '' ? texts.search.facets.empty : String(value);
  if (of.startsWith(LABEL)) return `${of.slice(LABEL.length)} = ${text}`;
  const column = of.slice(of.lastIndexOf('.') + 1);
  return ['year', 'object_name', 'color_name', 'camera'].includes(column) ? text : `${column} = ${text}`;
}
