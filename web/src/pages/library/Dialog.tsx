/**
 * A modal dialog of the system's own: it keeps the focus, closes by escape, and gives the focus back.
 *
 * @module
 */
import { type ReactNode, useEffect, useId, useRef } from 'react';
import styles from './Dialog.module.css';

export interface DialogProps {
  readonly title: string;
  /** The dialog has closed: take it away. */
  readonly onClosed: () => void;
  /** Content; `close` closes it. */
  readonly children: (close: () => void) => ReactNode;
}

export function Dialog({ title, onClosed, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    if (dialog.current?.open === false) dialog.current.showModal();
  }, []);
  return (
    <dialog ref={dialog} className={styles.dialog} aria-labelledby={heading} onClose={onClosed}>
      <h2 id={heading} className={styles.title}>
        {title}
      </h2>
      {children(() => dialog.current?.close())}
    </dialog>
  );
}
