/**
 * Links to a whole table or index as a file. Without a key the browser gets it by itself, however large it is; with one it
 * is fetched first, since a browser sends none with a link.
 *
 * @module
 */
import { useMutation } from '@tanstack/react-query';
import { api, API_ROOT, type ExportFormat, fillPath } from 'fovea/client';
import { useFovea } from '../../api/fovea.tsx';
import { fetchWithKey } from '../../api/image-source.ts';
import { useApiKey } from '../../api/key.ts';
import { saveFile } from '../../api/save-file.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { texts } from '../../texts.ts';
import styles from './ExportLinks.module.css';

const words = texts.pipelines.data;
const FORMATS = ['parquet', 'csv', 'jsonl'] as const satisfies readonly ExportFormat[];

export interface ExportLinksProps {
  readonly of: 'table' | 'index';
  readonly name: string;
}

export function ExportLinks({ of, name }: ExportLinksProps) {
  const { baseUrl, namespace } = useFovea();
  const path =
    of === 'table'
      ? fillPath(api.exportTable.path, { namespace, table: name })
      : fillPath(api.exportVectors.path, { namespace, index: name });
  return (
    <span className={styles.formats}>
      {FORMATS.map((format) => (
        <ExportLink
          key={format}
          address={`${baseUrl}${API_ROOT}${path}?format=${format}`}
          file={`${name}.${format}`}
          label={words.exportOf(name, words.formats[format])}
          text={words.formats[format]}
        />
      ))}
    </span>
  );
}

interface ExportLinkProps {
  readonly address: string;
  readonly file: string;
  readonly label: string;
  readonly text: string;
}

function ExportLink({ address, file, label, text }: ExportLinkProps) {
  const key = useApiKey();
  const saving = useMutation({ mutationFn: async () => saveFile(await fetchWithKey(address), file) });
  return (
    <>
      <a
        href={address}
        download={file}
        aria-label={label}
        onClick={(event) => {
          if (key === undefined) return;
          event.preventDefault();
          saving.mutate();
        }}
      >
        {text}
      </a>
      {saving.error !== null && <ErrorNotice error={saving.error} />}
    </>
  );
}
