/**
 * The assignment problem: which row goes with which column so that the sum of costs is smallest.
 *
 * Shortest augmenting paths with potentials, O(n²·m): Kuhn, "The Hungarian method", 1955; in the form of Jonker and
 * Volgenant, "A shortest augmenting path algorithm", Computing 38, 1987. The packages for it bring a matrix library along.
 *
 * @module
 */

/** More than all allowed costs of one problem together. */
const FORBIDDEN = 1e9;

/**
 * Pairs rows with columns, as many as may be paired, of these the cheapest.
 *
 * @param costs One row each, all of one length; `Infinity`: these two are no pair. Finite ones well below 1e6.
 * @returns Pairs of row and column, by row; each at most once.
 */
export function assign(costs: readonly (readonly number[])[]): [row: number, column: number][] {
  const rows = costs.length;
  const columns = costs[0]?.length ?? 0;
  if (rows === 0 || columns === 0) return [];
  const at = (row: number, column: number): number => costs[row]?.[column] ?? Number.POSITIVE_INFINITY;
  const pairs: [number, number][] =
    rows <= columns
      ? solve(rows, columns, at)
      : solve(columns, rows, (row, column) => at(column, row)).map(([row, column]) => [column, row]);
  return pairs.filter(([row, column]) => at(row, column) < FORBIDDEN).toSorted((a, b) => a[0] - b[0]);
}

/** With no more rows than columns; both count from 1 inside, 0 is "none". */
function solve(rows: number, columns: number, costOf: (row: number, column: number) => number): [number, number][] {
  const rowPotential = new Float64Array(rows + 1);
  const columnPotential = new Float64Array(columns + 1);
  const rowOf = new Int32Array(columns + 1);
  for (let row = 1; row <= rows; row++) {
    rowOf[0] = row;
    const before = new Int32Array(columns + 1);
    const shortest = new Float64Array(columns + 1).fill(Number.POSITIVE_INFINITY);
    const isDone = new Uint8Array(columns + 1);
    let column = 0;
    do {
      isDone[column] = 1;
      const current = rowOf[column] ?? 0;
      let step = Number.POSITIVE_INFINITY;
      let next = 0;
      for (let each = 1; each <= columns; each++) {
        if (isDone[each] === 1) continue;
        const cost = Math.min(FORBIDDEN, costOf(current - 1, each - 1));
        const reduced = cost - (rowPotential[current] ?? 0) - (columnPotential[each] ?? 0);
        if (reduced < (shortest[each] ?? 0)) {
          shortest[each] = reduced;
          before[each] = column;
        }
        if ((shortest[each] ?? 0) < step) {
          step = shortest[each] ?? 0;
          next = each;
        }
      }
      for (let each = 0; each <= columns; each++) {
        if (isDone[each] === 1) {
          const matched = rowOf[each] ?? 0;
          rowPotential[matched] = (rowPotential[matched] ?? 0) + step;
          columnPotential[each] = (columnPotential[each] ?? 0) - step;
        } else {
          shortest[each] = (shortest[each] ?? 0) - step;
        }
      }
      column = next;
    } while (rowOf[column] !== 0);
    while (column !== 0) {
      const previous = before[column] ?? 0;
      rowOf[column] = rowOf[previous] ?? 0;
      column = previous;
    }
  }
  return [...rowOf.entries()].slice(1).flatMap(([column, row]) => (row === 0 ? [] : [[row - 1, column - 1]]));
}
