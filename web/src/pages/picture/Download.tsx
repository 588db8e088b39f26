/**
 * The original as a file. Where the server asks for a key a link can't send it, so the bytes are fetched with it first.
 *
 * @module
 */
import { useMutation } from '@tanstack/react-query';
import type { Content } from 'fovea/client';
import { Download as Icon } from 'lucide-react';
import { useFovea } from '../../api/fovea.tsx';
import { fetchWithKey } from '../../api/image-source.ts';
import { useApiKey } from '../../api/key.ts';
import { saveFile } from '../../api/save-file.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { texts } from '../../texts.ts';
import styles from './Toolbar.module.css';

export function Download({ of: { contentId, name, sha256 } }: { readonly of: Content }) {
  const key = useApiKey();
  const address = new URL(useFovea().originalUrl(contentId, sha256));
  address.searchParams.set('download', 'true');
  const saving = useMutation({ mutationFn: async () => saveFile(await fetchWithKey(address.href), name) });
  return (
    <>
      <a
        className={styles.tool}
        href={address.href}
        download={name}
        aria-label={texts.picture.download}
        aria-busy={saving.isPending || undefined}
        title={texts.picture.download}
        onClick={(event) => {
          if (key === undefined) return;
          event.preventDefault();
          if (!saving.isPending) saving.mutate();
        }}
      >
        <Icon aria-hidden="true" />
      </a>
      {saving.error !== null && (
        <div className={styles.problem}>
          <ErrorNotice error={saving.error} />
        </div>
      )}
    </>
  );
}
