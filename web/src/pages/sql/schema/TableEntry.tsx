/**
 * A table with its columns: their types, units, and some values once it is opened.
 *
 * @module
 */
import { useQuery } from '@tanstack/react-query';
import type { TableInfo } from 'fovea/client';
import { ChevronRight, CornerDownLeft } from 'lucide-react';
import { useState } from 'react';
import { useFovea } from '../../../api/fovea.tsx';
import { Button } from '../../../components/Button.tsx';
import { formatCount } from '../../../state/format.ts';
import { texts } from '../../../texts.ts';
import { identifier } from '../../../state/sql-names.ts';
import { exampleStatement, exampleValues } from './example-values.ts';
import styles from './SchemaPanel.module.css';

export interface TableEntryProps {
  readonly table: TableInfo;
  readonly onInsert: (name: string) => void;
}

export function TableEntry({ table, onInsert }: TableEntryProps) {
  const [open, setOpen] = useState(false);
  const values = useExampleValues(table, open);
  return (
    <details className={styles.table} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        <ChevronRight aria-hidden="true" />
        <span className={styles.name}>{table.name}</span>
        <span className={styles.rows} title={texts.sql.schema.rows(table.rows, table.rowsAreEstimated)}>
          {formatCount(table.rows)}
        </span>
      </summary>
      {open && (
        <>
          <Button kind="quiet" className={styles.insert ?? ''} onClick={() => onInsert(identifier(table.name))}>
            <CornerDownLeft aria-hidden="true" />
            {texts.sql.schema.insert}
          </Button>
          <ul>
            {table.columns.map(({ name, type, unit, description }) => (
              <li key={name}>
                <button type="button" title={description} onClick={() => onInsert(identifier(name))}>
                  <span className={styles.column}>{name}</span>
                  <span className={styles.type}>{unit === undefined ? type : `${type} · ${unit}`}</span>
                  {values?.has(name) === true && <span className={styles.values}>{values.get(name)}</span>}
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </details>
  );
}

function useExampleValues(table: TableInfo, wanted: boolean): ReadonlyMap<string, string> | undefined {
  const fovea = useFovea();
  const statement = exampleStatement(table);
  const { data } = useQuery({
    queryKey: [fovea.namespace, 'example-values', statement],
    queryFn: async ({ signal }) => exampleValues(await fovea.sql(statement ?? '', [], { limit: 1, signal }), table),
    enabled: wanted && statement !== undefined,
    staleTime: 60_000,
    // Values are an extra: a table that is too large for them shows none.
    retry: false,
  });
  return data;
}
