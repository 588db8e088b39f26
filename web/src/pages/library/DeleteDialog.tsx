/**
 * Asks before anything is deleted, with what would go as the server counts it.
 *
 * @module
 */
import { useQuery } from '@tanstack/react-query';
import type { DeletedContents } from 'fovea/client';
import { useState } from 'react';
import { useFovea } from '../../api/fovea.tsx';
import { Button } from '../../components/Button.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { texts } from '../../texts.ts';
import { inBatches } from './batches.ts';
import { Dialog } from './Dialog.tsx';
import styles from './Dialog.module.css';

export interface DeleteDialogProps {
  readonly contentIds: readonly string[];
  readonly onClosed: () => void;
  /** What went; the rest could not be deleted, for these reasons. */
  readonly onDeleted: (contentIds: readonly string[], reasons: readonly string[]) => Promise<void>;
}

export function DeleteDialog({ contentIds, onClosed, onDeleted }: DeleteDialogProps) {
  const fovea = useFovea();
  const words = texts.library.deleting;
  const [progress, setProgress] = useState<number>();
  const { data: counted, error } = useQuery({
    queryKey: [fovea.namespace, 'deletion', contentIds],
    queryFn: () => countDeletion(contentIds, (batch) => fovea.contents.delete(batch, { dryRun: true })),
    gcTime: 0,
    staleTime: 0,
  });
  const run = async (close: () => void): Promise<void> => {
    setProgress(0);
    const outcome = await inBatches(contentIds, (batch) => fovea.contents.delete(batch), setProgress);
    close();
    await onDeleted(outcome.done, outcome.reasons);
  };
  return (
    <Dialog title={words.title(contentIds.length)} onClosed={onClosed}>
      {(close) => (
        <>
          {error !== null && <ErrorNotice error={error} />}
          <div role="status">{counted === undefined ? <p>{words.counting}</p> : <Losses counted={counted} />}</div>
          <div className={styles.buttons}>
            <Button onClick={close} disabled={progress !== undefined}>
              {texts.actions.cancel}
            </Button>
            <Button
              kind="danger"
              disabled={counted === undefined || progress !== undefined}
              onClick={() => void run(close)}
            >
              {progress === undefined ? words.confirm(contentIds.length) : words.progress(progress, contentIds.length)}
            </Button>
          </div>
        </>
      )}
    </Dialog>
  );
}

/** Sums what each request of at most a thousand tells. Stored bytes that two of them share are told by each. */
async function countDeletion(
  contentIds: readonly string[],
  ask: (batch: readonly string[]) => Promise<DeletedContents>,
): Promise<Omit<DeletedContents, 'unknown'>> {
  const sum = { deleted: 0, derived: 0, rows: 0, storedBytes: 0, keptFiles: 0 };
  const { reasons } = await inBatches(contentIds, async (batch) => {
    const counted = await ask(batch);
    for (const key of ['deleted', 'derived', 'rows', 'storedBytes', 'keptFiles'] as const) sum[key] += counted[key];
  });
  if (reasons[0] !== undefined) throw new Error(reasons[0]);
  return sum;
}

function Losses({ counted }: { readonly counted: Omit<DeletedContents, 'unknown'> }) {
  const { deleted, derived, rows, storedBytes, keptFiles } = counted;
  const words = texts.library.deleting;
  return (
    <ul className={styles.list}>
      <li>{words.photos(deleted - derived)}</li>
      {derived > 0 && <li>{words.derived(derived)}</li>}
      {rows > 0 && <li>{words.rows(rows)}</li>}
      {storedBytes > 0 && <li>{words.bytes(storedBytes)}</li>}
      {keptFiles > 0 && <li className={styles.hint}>{words.kept(keptFiles)}</li>}
    </ul>
  );
}
