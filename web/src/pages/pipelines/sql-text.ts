/**
 * Statements for the SQL page.
 *
 * @module
 */

import { identifier } from '../../state/sql-names.ts';

/** The first rows of a table. */
export const tableQueryText = (table: string): string => `select * from ${identifier(table)} limit 100`;
