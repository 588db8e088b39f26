/**
 * Asks before a picture is deleted, and says what goes and what stays.
 *
 * @module
 */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Content } from 'fovea/client';
import { useEffect, useId, useRef } from 'react';
import { useFovea } from '../../api/fovea.tsx';
import { Button } from '../../components/Button.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { texts } from '../../texts.ts';
import styles from './DeleteDialog.module.css';

const { removal: words, unnamed } = texts.picture;
/** Subjects of what is cached that a deletion makes stale (`live.ts`). */
const STALE = ['status', 'contents', 'search', 'facets', 'tasks'] as const;

export interface DeleteDialogProps {
  readonly content: Content;
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}

export function DeleteDialog({ content: { contentId, name, locations }, onClose, onDeleted }: DeleteDialogProps) {
  const fovea = useFovea();
  const cache = useQueryClient();
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  useEffect(() => dialog.current?.showModal(), []);
  const removal = useMutation({
    mutationFn: () => fovea.contents.delete(contentId),
    onSuccess: () => {
      onDeleted();
      for (const subject of STALE) void cache.invalidateQueries({ queryKey: [fovea.namespace, subject] });
    },
  });
  return (
    <dialog ref={dialog} className={styles.dialog} aria-labelledby={title} onClose={onClose}>
      <h2 id={title}>{words.title(name === '' ? unnamed : name)}</h2>
      <p>{words.body}</p>
      {locations.some(({ uri }) => uri.startsWith('file:')) && <p>{words.kept}</p>}
      {removal.error !== null && <ErrorNotice error={removal.error} />}
      <div className={styles.buttons}>
        <Button onClick={() => dialog.current?.close()}>{texts.actions.cancel}</Button>
        <Button kind="danger" disabled={removal.isPending} onClick={() => removal.mutate()}>
          {words.confirm}
        </Button>
      </div>
    </dialog>
  );
}
