/**
 * An error as the server told it: its sentence says what could not be done, why, and what helps.
 *
 * @module
 */
import { TriangleAlert } from 'lucide-react';
import { texts } from '../texts.ts';
import { Button } from './Button.tsx';
import styles from './ErrorNotice.module.css';

export interface ErrorNoticeProps {
  readonly error: Error;
  readonly onRetry?: (() => void) | undefined;
}

export function ErrorNotice({ error, onRetry }: ErrorNoticeProps) {
  return (
    <div className={styles.notice} role="alert">
      <TriangleAlert aria-hidden="true" />
      <p>{error.message}</p>
      {onRetry !== undefined && (
        <Button kind="quiet" onClick={onRetry}>
          {texts.error.retry}
        </Button>
      )}
    </div>
  );
}
