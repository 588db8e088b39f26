/**
 * The tables of this library, with their columns; a click puts a name into the editor.
 *
 * @module
 */
import type { TableInfo } from 'fovea/client';
import { texts } from '../../../texts.ts';
import styles from './SchemaPanel.module.css';
import { TableEntry } from './TableEntry.tsx';

export interface SchemaPanelProps {
  readonly tables: readonly TableInfo[];
  readonly onInsert: (name: string) => void;
}

export function SchemaPanel({ tables, onInsert }: SchemaPanelProps) {
  return (
    <>
      <h2 className={styles.title}>{texts.sql.schema.title}</h2>
      {tables.length === 0 && <p className={styles.note}>{texts.sql.schema.empty}</p>}
      {tables.map((table) => (
        <TableEntry key={table.name} table={table} onInsert={onInsert} />
      ))}
    </>
  );
}
