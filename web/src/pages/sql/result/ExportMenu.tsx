/**
 * The rows as a file.
 *
 * @module
 */
import type { SqlResult } from 'fovea/client';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { useFovea } from '../../../api/fovea.tsx';
import { saveFile } from '../../../api/save-file.ts';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { texts } from '../../../texts.ts';
import { Popup } from '../Popup.tsx';
import styles from '../Popup.module.css';
import { toCsv, toJson } from './csv.ts';

const FORMATS = ['csv', 'json', 'parquet'] as const;
type Format = (typeof FORMATS)[number];

export function ExportMenu({ result }: { readonly result: SqlResult }) {
  const { namespace } = useFovea();
  const [error, setError] = useState<Error>();
  const save = async (format: Format, close: () => void): Promise<void> => {
    try {
      setError(undefined);
      saveFile(await encode(result, format), `fovea-${namespace}.${format}`);
      close();
    } catch (thrown) {
      setError(thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
  };
  return (
    <Popup label={texts.sql.export.label} icon={<Download aria-hidden="true" />} align="end">
      {(close) => (
        <>
          <ul className={styles.list}>
            {FORMATS.map((format) => (
              <li key={format}>
                <button type="button" className={styles.choice} onClick={() => void save(format, close)}>
                  {texts.sql.export[format].name}
                  <small>{texts.sql.export[format].note}</small>
                </button>
              </li>
            ))}
          </ul>
          {error !== undefined && <ErrorNotice error={error} />}
        </>
      )}
    </Popup>
  );
}

async function encode(result: SqlResult, format: Format): Promise<Blob> {
  if (format === 'csv') return new Blob([toCsv(result)], { type: 'text/csv;charset=utf-8' });
  if (format === 'json') return new Blob([toJson(result)], { type: 'application/json' });
  const { toParquet } = await import('./parquet.ts');
  return new Blob([toParquet(result)], { type: 'application/vnd.apache.parquet' });
}
