/**
 * A question in front of the page: the browser's own dialog, which keeps the focus in it and gives it back. It is a form, so
 * that Enter does what it asks about.
 *
 * @module
 */
import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { texts } from '../texts.ts';
import { Button, type ButtonProps } from './Button.tsx';
import styles from './Dialog.module.css';

export interface DialogProps {
  readonly title: string;
  /** Escape, the cancel button, or a click beside it. */
  readonly onClose: () => void;
  /** What it asks about, beside the cancel button. */
  readonly action: {
    readonly text: string;
    readonly kind: NonNullable<ButtonProps['kind']>;
    readonly disabled: boolean;
    readonly run: () => void;
  };
  readonly wide?: boolean;
  readonly children: ReactNode;
}

export function Dialog({ title, onClose, action, wide = false, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  // Closed while it is still in the page: only then the focus goes back.
  useLayoutEffect(() => {
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
      <form
        className={styles.content}
        onSubmit={(event) => {
          event.preventDefault();
          if (!action.disabled) action.run();
        }}
      >
        <h2 id={heading}>{title}</h2>
        <div className={styles.body}>{children}</div>
        <footer className={styles.actions}>
          <Button onClick={onClose}>{texts.actions.cancel}</Button>
          <Button kind={action.kind} type="submit" disabled={action.disabled}>
            {action.text}
          </Button>
        </footer>
      </form>
    </dialog>
  );
}
