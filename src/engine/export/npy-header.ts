/**
 * The head of NumPy's file of a matrix of 32-bit floats, row by row.
 *
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 *
 * @module
 */

/** The data behind it begins at a multiple of so many bytes. */
const ALIGNMENT = 64;

export function npyHeader(rows: number, columns: number): Uint8Array {
  const fields = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
  const prefix = 10;
  const length = Math.ceil((prefix + fields.length + 1) / ALIGNMENT) * ALIGNMENT - prefix;
  const header = Buffer.from(`\x93NUMPY\x01\x00\x00\x00${`${fields.padEnd(length - 1)}\n`}`, 'latin1');
  header.writeUInt16LE(length, 8);
  return header;
}
