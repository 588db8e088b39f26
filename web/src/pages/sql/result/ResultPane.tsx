/**
 * The rows of a statement: as a table, as their pictures, or drawn.
 *
 * @module
 */
import type { SqlResult } from 'fovea/client';
import { formatCount } from '../../../state/format.ts';
import { texts } from '../../../texts.ts';
import { type View, VIEWS } from '../params.ts';
import { ExportMenu } from './ExportMenu.tsx';
import { ResultChart } from './ResultChart.tsx';
import styles from './ResultPane.module.css';
import { ResultPictures } from './ResultPictures.tsx';
import { ResultTable } from './ResultTable.tsx';

export interface ResultPaneProps {
  readonly result: SqlResult;
  readonly view: View;
  readonly onView: (view: View) => void;
  /** These are of the statement before: others are on their way. */
  readonly old: boolean;
}

export function ResultPane({ result, view, onView, old }: ResultPaneProps) {
  const { rows, truncated, elapsedMs } = result;
  return (
    <section className={styles.pane} aria-label={texts.sql.result.label} data-old={old || undefined} aria-busy={old}>
      <div className={styles.bar}>
        <ViewSwitch view={view} onView={onView} />
        <p className={styles.numbers} role="status">
          {texts.sql.result.rows(rows.length, elapsedMs)}
        </p>
        <ExportMenu result={result} />
      </div>
      {truncated && <p className={styles.note}>{texts.sql.result.truncated(formatCount(rows.length))}</p>}
      {view === 'table' && <ResultTable result={result} />}
      {view === 'pictures' && <ResultPictures result={result} />}
      {view === 'chart' && <ResultChart result={result} />}
    </section>
  );
}

function ViewSwitch({ view, onView }: { readonly view: View; readonly onView: (view: View) => void }) {
  return (
    <fieldset className={styles.switch} aria-label={texts.sql.view.label}>
      {VIEWS.map((one) => (
        <label key={one}>
          <input type="radio" name="sql-view" value={one} checked={one === view} onChange={() => onView(one)} />
          <span>{texts.sql.view[one]}</span>
        </label>
      ))}
    </fieldset>
  );
}
