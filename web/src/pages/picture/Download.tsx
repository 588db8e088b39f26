/**
 * The original as a file. Where the server asks for a key a link can't send it, so the bytes are fetched with it first.
 *
 * @module
 */
import type { Content } from 'fovea/client';
import { Download as Icon } from 'lucide-react';
import { useState } from 'react';
import { useFovea } from '../../api/fovea.tsx';
import { fetchWithKey } from '../../api/image-source.ts';
import { useApiKey } from '../../api/key.ts';
import { texts } from '../../texts.ts';
import styles from './Toolbar.module.css';

export function Download({ of: { contentId, name, sha256 } }: { readonly of: Content }) {
  const key = useApiKey();
  const address = new URL(useFovea().originalUrl(contentId, sha256));
  address.searchParams.set('download', 'true');
  const [isFetching, setIsFetching] = useState(false);
  const fetchFirst = async (): Promise<void> => {
    setIsFetching(true);
    try {
      save(await fetchWithKey(address.href), name);
    } finally {
      setIsFetching(false);
    }
  };
  return (
    <a
      className={styles.tool}
      href={address.href}
      download={name}
      aria-label={texts.picture.download}
      aria-busy={isFetching || undefined}
      title={texts.picture.download}
      onClick={(event) => {
        if (key === undefined) return;
        event.preventDefault();
        if (!isFetching) void fetchFirst();
      }}
    >
      <Icon aria-hidden="true" />
    </a>
  );
}

function save(bytes: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(bytes);
  link.download = name;
  link.click();
  // Once the browser has begun to read it.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
