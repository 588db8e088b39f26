/**
 * Rows of a matrix as vectors of length 1: `v / √(Σ v²)`.
 *
 * @module
 */

/** One copy per row of `[rows, dimension]`. A row of zeroes stays; NaN or infinity throws `RangeError`. */
export function unitRows(matrix: Float32Array, rows: number): Float32Array[] {
  const dimension = matrix.length / rows;
  return Array.from({ length: rows }, (_, row) => unit(matrix.slice(row * dimension, (row + 1) * dimension)));
}

function unit(vector: Float32Array): Float32Array {
  let sum = 0;
  for (const value of vector) sum += value * value;
  if (!Number.isFinite(sum))
    throw new RangeError('Cannot normalise a vector that holds NaN or infinity: the model gave it');
  if (sum === 0) return vector;
  const scale = 1 / Math.sqrt(sum);
  return vector.map((value) => value * scale);
}
