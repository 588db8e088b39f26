/**
 * The files of an upload that there is something to say about, as many drawn as are seen.
 *
 * @module
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { RotateCw } from 'lucide-react';
import { useRef } from 'react';
import { Button } from '../components/Button.tsx';
import { texts } from '../texts.ts';
import { retryUploads, type Upload } from './store.ts';
import styles from './UploadPanel.module.css';

const ROW_HEIGHT = 40;

export function UploadList({ uploads }: { readonly uploads: readonly Upload[] }) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: uploads.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => uploads[index]?.id ?? index,
    overscan: 4,
  });
  return (
    <div ref={scroller} className={styles.scroller} tabIndex={0} role="group" aria-label={texts.uploads.list}>
      <ul className={styles.list} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, key, start }) => {
          const upload = uploads[index];
          return (
            upload && (
              <li
                key={key}
                ref={virtual.measureElement}
                data-index={index}
                className={styles.row}
                style={{ transform: `translateY(${start}px)` }}
              >
                <Row upload={upload} />
              </li>
            )
          );
        })}
      </ul>
    </div>
  );
}

function Row({ upload }: { readonly upload: Upload }) {
  const { state, name, folder, reason, file, id } = upload;
  const words = texts.uploads;
  return (
    <>
      <div className={styles.name} title={folder === '' ? name : `${folder}/${name}`}>
        {folder !== '' && <span className={styles.folder}>{folder}/</span>}
        <span>{name}</span>
      </div>
      {state === 'sending' && (
        <progress
          className={styles.bar}
          value={upload.sentBytes}
          max={Math.max(1, upload.sizeBytes)}
          aria-label={words.sending(name)}
        />
      )}
      {state === 'waiting' && <span className={styles.state}>{words.waiting}</span>}
      {state === 'skipped' && <span className={styles.state}>{words.noPicture}</span>}
      {state === 'failed' && <p className={styles.reason}>{reason}</p>}
      {state === 'failed' && file !== undefined && (
        <Button kind="quiet" square aria-label={`${words.retry}: ${name}`} onClick={() => retryUploads(id)}>
          <RotateCw aria-hidden="true" />
        </Button>
      )}
    </>
  );
}
