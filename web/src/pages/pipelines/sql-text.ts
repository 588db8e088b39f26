/**
 * Statements for the SQL page.
 *
 * @module
 */

/** The first rows of a table; names are quoted, since they may hold dots, dashes and capitals. */
export function tableQueryText(table: string): string {
  const plain = /^[a-z_][a-z0-9_]*$/.test(table);
  return `select * from ${plain ? table : `"${table.replaceAll('"', '""')}"`} limit 100`;
}
