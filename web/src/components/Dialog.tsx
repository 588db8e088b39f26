/**
 * A question in front of the page: the browser's own dialog, which keeps the focus in it and gives it back.
 *
 * @module
 */
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { texts } from '../texts.ts';
import { Button } from './Button.tsx';
import styles from './Dialog.module.css';

export interface DialogProps {
  readonly title: string;
  /** Escape, the cancel button, or a click beside it. */
  readonly onClose: () => void;
  /** Beside the cancel button. */
  readonly actions?: ReactNode;
  readonly wide?: boolean;
  readonly children: ReactNode;
}

export function Dialog({ title, onClose, actions, wide = false, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      data-wide={wide || undefined}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={({ target }) => {
        if (target === dialog.current) onClose();
      }}
    >
      <div className={styles.content}>
        <h2 id={heading}>{title}</h2>
        <div className={styles.body}>{children}</div>
        <footer className={styles.actions}>
          <Button onClick={onClose}>{texts.actions.cancel}</Button>
          {actions}
        </footer>
      </div>
    </dialog>
  );
}
