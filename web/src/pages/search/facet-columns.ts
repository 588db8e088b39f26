/**
 * Which facets a library has: what its tables and its labels can be counted by.
 *
 * @module
 */
import type { TableInfo } from 'fovea/client';
import { hasMany, LABEL } from './condition.ts';

export type FacetKind = 'object' | 'color' | 'label' | 'camera' | 'year';

export interface FacetColumn {
  readonly kind: FacetKind;
  /** As the server counts by it. */
  readonly of: string;
  /** The label's key, or the table where there are several; else what its kind says is enough. */
  readonly name: string | undefined;
  /** Whether a picture can have several values at a time: then more values narrow, else they widen. */
  readonly isMany: boolean;
}

/** Columns of policies' tables that are facets, by name. */
const COLUMNS = [
  { kind: 'object', column: 'object_name' },
  { kind: 'color', column: 'color_name' },
  { kind: 'camera', column: 'camera' },
] as const;

/** In the order in which they are shown. */
export function facetColumns(tables: readonly TableInfo[], labelKeys: readonly string[]): FacetColumn[] {
  // Tables of graphs and of everything repeat what those of policies have, and say of each row which policy it is of.
  // What is followed through videos has a table of one row a thing.
  const names = new Set(tables.map(({ name }) => name));
  const ofPolicies = tables.filter(
    ({ name: table, columns }) => !columns.some(({ name }) => name === 'policy') && !names.has(`${table}.tracks`),
  );
  const [objects, colors, cameras] = COLUMNS.map(({ kind, column }) => {
    const having = ofPolicies.filter(({ columns }) => columns.some(({ name }) => name === column));
    return having.map(({ name }): FacetColumn => ({
      kind,
      of: `${name}.${column}`,
      name: having.length > 1 ? name : undefined,
      isMany: hasMany(`${name}.${column}`),
    }));
  });
  const labels = labelKeys.map((key): FacetColumn => ({ kind: 'label', of: LABEL + key, name: key, isMany: false }));
  const year: FacetColumn = { kind: 'year', of: 'year', name: undefined, isMany: false };
  return [...(objects ?? []), ...labels, ...(colors ?? []), ...(cameras ?? []), ...(tables.length > 0 ? [year] : [])];
}
