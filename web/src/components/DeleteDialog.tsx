/**
 * Asks before pictures are deleted, with what would go as the server counts it.
 *
 * @module
 */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { DeletedContents } from 'fovea/client';
import { useState } from 'react';
import { inBatches } from '../api/batches.ts';
import { useFovea } from '../api/fovea.tsx';
import { texts } from '../texts.ts';
import styles from './DeleteDialog.module.css';
import { Dialog } from './Dialog.tsx';
import { ErrorNotice } from './ErrorNotice.tsx';

/** Subjects of what is cached that a deletion makes stale (`api/follow-events.ts`). */
const STALE = ['status', 'contents', 'search', 'facets', 'tasks'] as const;
const words = texts.deleting;

export interface DeleteDialogProps {
  readonly contentIds: readonly string[];
  /** Default: how many. */
  readonly title?: string;
  readonly onClose: () => void;
  /** What went; the rest could not be deleted, for these reasons. */
  readonly onDeleted: (contentIds: readonly string[], reasons: readonly string[]) => void | Promise<void>;
}

export function DeleteDialog({ contentIds, title, onClose, onDeleted }: DeleteDialogProps) {
  const fovea = useFovea();
  const cache = useQueryClient();
  const [progress, setProgress] = useState<number>();
  const [failure, setFailure] = useState<Error>();
  const count = contentIds.length;
  const { data: counted, error } = useQuery({
    queryKey: [fovea.namespace, 'deletion', contentIds],
    queryFn: () => countDeletion(contentIds, (batch) => fovea.contents.delete(batch, { dryRun: true })),
    gcTime: 0,
    staleTime: 0,
  });
  const run = async (): Promise<void> => {
    setProgress(0);
    const { done, reasons } = await inBatches(contentIds, (batch) => fovea.contents.delete(batch), setProgress);
    setProgress(undefined);
    if (done.length === 0) return setFailure(new Error(reasons.join('\n')));
    onClose();
    await onDeleted(done, reasons);
    for (const subject of STALE) void cache.invalidateQueries({ queryKey: [fovea.namespace, subject] });
  };
  const shown = failure ?? error;
  return (
    <Dialog
      title={title ?? words.title(count)}
      onClose={onClose}
      action={{
        text: progress === undefined ? words.confirm(count) : words.progress(progress, count),
        kind: 'danger',
        disabled: counted === undefined || progress !== undefined,
        run: () => void run(),
      }}
    >
      {shown !== null && <ErrorNotice error={shown} />}
      <div role="status">
        {counted === undefined ? error === null && <p>{words.counting}</p> : <Losses counted={counted} />}
      </div>
      <p className={styles.hint}>{words.undone}</p>
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
