/**
 * What can be done with what is selected; there only while something is.
 *
 * @module
 */
import { Link } from '@tanstack/react-router';
import { RotateCw, ScanSearch, Tag, Trash2, X } from 'lucide-react';
import { useFovea } from '../../api/fovea.tsx';
import { Button } from '../../components/Button.tsx';
import { texts } from '../../texts.ts';
import styles from './SelectionBar.module.css';
import type { Selecting } from './use-selection.ts';

export interface SelectionBarProps {
  readonly selecting: Selecting;
  /** Contents that pass the filters. */
  readonly total: number;
  readonly hasFailed: boolean;
  /** How many were selected so far while all are being selected. */
  readonly collecting: number | undefined;
  readonly onSelectAll: () => void;
  readonly onLabels: () => void;
  readonly onRetry: () => void;
  readonly onDelete: () => void;
}

export function SelectionBar({ selecting, total, hasFailed, collecting, ...on }: SelectionBarProps) {
  const { namespace } = useFovea();
  const words = texts.library;
  const count = selecting.items.size;
  const [only] = selecting.items.keys();
  return (
    <section className={styles.bar} data-selection-bar aria-label={words.selection}>
      <p className={styles.count}>{words.selected(count)}</p>
      {count < total && (
        <Button kind="quiet" disabled={collecting !== undefined} onClick={on.onSelectAll}>
          {collecting === undefined ? words.selectAll(total) : words.collecting(collecting, total)}
        </Button>
      )}
      <span className={styles.actions}>
        {count === 1 && only !== undefined && (
          <Link className={styles.link} to="/$namespace" params={{ namespace }} search={{ like: only }}>
            <ScanSearch aria-hidden="true" />
            {words.similar}
          </Link>
        )}
        <Button kind="quiet" onClick={on.onLabels}>
          <Tag aria-hidden="true" />
          {words.labels}
        </Button>
        {hasFailed && (
          <Button kind="quiet" onClick={on.onRetry}>
            <RotateCw aria-hidden="true" />
            {words.retry}
          </Button>
        )}
        <Button kind="danger" onClick={on.onDelete}>
          <Trash2 aria-hidden="true" />
          {words.delete}
        </Button>
      </span>
      <Button kind="quiet" square aria-label={words.clear} title={words.clear} onClick={selecting.clear}>
        <X aria-hidden="true" />
      </Button>
    </section>
  );
}
