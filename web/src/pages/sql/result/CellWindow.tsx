/**
 * A value as a whole, in a window of its own.
 *
 * @module
 */
import { Copy, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Button } from '../../../components/Button.tsx';
import { texts } from '../../../texts.ts';
import { wholeText } from './cells.ts';
import type { OpenCell } from './Cell.tsx';
import styles from './CellWindow.module.css';

export function CellWindow({ cell, onClose }: { readonly cell: OpenCell; readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [copied, setCopied] = useState(false);
  const text = wholeText(cell.value, 2);
  useEffect(() => dialog.current?.showModal(), []);
  const copy = (): void => {
    // Refused where the page may not write to the clipboard: the text can be selected all the same.
    navigator.clipboard?.writeText(text).then(
      () => setCopied(true),
      () => undefined,
    );
  };
  return (
    <dialog ref={dialog} className={styles.window} onClose={onClose} aria-label={cell.column.name} closedby="any">
      <header className={styles.head}>
        <h2>
          {cell.column.name} <small>{cell.column.type}</small>
        </h2>
        <Button kind="quiet" onClick={copy}>
          <Copy aria-hidden="true" />
          <span role="status">{copied ? texts.actions.copied : texts.actions.copy}</span>
        </Button>
        <Button kind="quiet" square aria-label={texts.actions.close} onClick={() => dialog.current?.close()}>
          <X aria-hidden="true" />
        </Button>
      </header>
      <pre className={styles.text} tabIndex={0}>
        {text}
      </pre>
    </dialog>
  );
}
