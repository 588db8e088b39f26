/**
 * Facets: which column a name means, and the counts of its values.
 *
 * @module
 */
import type { FacetsRequest, FacetsResponse, TableDescription } from '../contract/index.ts';
import { didYouMean, InvalidInputError } from '../contract/index.ts';
import type { Database, FacetColumn, SqlCondition } from '../store/index.ts';
import { countFacets, FACET_TYPES, parseLabel } from '../store/index.ts';

export interface FacetDependencies {
  readonly database: Database;
  readonly tables: (namespace: string) => Promise<readonly TableDescription[]>;
  /** Lets a user's SQL condition through the door, or throws `SqlError`. */
  readonly gateCondition: (namespace: string, where: string) => Promise<string>;
}

/** Checks what is asked for, and returns what counts: that may take as long as a statement of a user. */
export async function prepareFacets(
  { database, tables, gateCondition }: FacetDependencies,
  namespace: string,
  { of, where, labels, limit }: FacetsRequest,
): Promise<() => Promise<FacetsResponse>> {
  const known = await tables(namespace);
  const columns = of.map((name) => facetColumn(name, known));
  const condition: SqlCondition = {
    labels: labels.map((label) => parseLabel(label)),
    ...(where === undefined ? {} : { where: await gateCondition(namespace, where) }),
  };
  return async () => {
    const counts = await countFacets(database, namespace, columns, { condition, limit });
    return {
      total: counts[0]?.total ?? 0,
      facets: counts.map(({ total: _total, ...count }, at) => {
        const column = columns[at];
        return { of: of[at] ?? '', table: column?.kind === 'column' ? column.table : 'content', ...count };
      }),
    };
  };
}

const LABEL = 'labels.';

/**
 * The column that a name means: `year`, `month`, `labels.<key>`, a column of `content`, one of anything that was extracted,
 * or `<table>.<column>`.
 *
 * @throws InvalidInputError for a name that is none, and for a column whose values can't be counted.
 */
export function facetColumn(name: string, tables: readonly TableDescription[]): FacetColumn {
  if (name === 'year' || name === 'month') return { kind: name };
  if (name.startsWith(LABEL) && name.length > LABEL.length) return { kind: 'label', key: name.slice(LABEL.length) };
  const shared = ['content', 'ingestion'].flatMap((table) => tables.filter((one) => one.name === table));
  const found = [
    ...shared.map((table) => ({ table, column: name })),
    ...tables
      .filter((table) => name.startsWith(`${table.name}.`))
      .map((table) => ({ table, column: name.slice(table.name.length + 1) })),
  ]
    .map(({ table, column }) => ({ table: table.name, column: table.columns.find((one) => one.name === column) }))
    .find(({ column }) => column !== undefined);
  if (found?.column === undefined) {
    const names = ['year', 'month', ...new Set(shared.flatMap(({ columns }) => columns.map((one) => one.name)))];
    throw new InvalidInputError(
      `Cannot count by "${name}": no table has that column${didYouMean(name, names) || '; "fovea tables" lists them'}`,
    );
  }
  const { table, column } = found;
  if (!FACET_TYPES.has(column.type)) {
    const hint = column.name === 'labels' ? '; write labels.<key>, e.g. labels.trip' : '';
    throw new InvalidInputError(
      `Cannot count by "${name}": values of type ${column.type} are not counted, only texts, numbers, true and false, and times${hint}`,
    );
  }
  return { kind: 'column', table, column: column.name, type: column.type };
}
