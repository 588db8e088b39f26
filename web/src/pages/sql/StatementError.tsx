/**
 * Why a statement did not run, and where in it that is.
 *
 * @module
 */
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { Button } from '../../components/Button.tsx';
import { texts } from '../../texts.ts';
import { lineAndColumn } from './editor/fault.ts';
import styles from './SqlPage.module.css';

export interface StatementErrorProps {
  readonly error: Error;
  readonly query: string;
  /** In `query`, where the server knows. */
  readonly position: number | undefined;
  /** Shows the place in the editor; undefined where that has another text by now. */
  readonly onShow: ((position: number) => void) | undefined;
}

export function StatementError({ error, query, position, onShow }: StatementErrorProps) {
  const place = position === undefined ? undefined : lineAndColumn(query, position);
  return (
    <div className={styles.error}>
      <ErrorNotice error={error} />
      {place !== undefined && position !== undefined && (
        <Button kind="quiet" disabled={onShow === undefined} onClick={() => onShow?.(position)}>
          {texts.sql.place(place.line, place.column)}
        </Button>
      )}
    </div>
  );
}
