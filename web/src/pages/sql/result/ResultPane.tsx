/**
 * The rows of a statement: as a table, as their pictures, or drawn.
 *
 * @module
 */
import { Link } from '@tanstack/react-router';
import type { SqlResult } from 'fovea/client';
import { Search } from 'lucide-react';
import { useFovea } from '../../../api/fovea.tsx';
import buttonStyles from '../../../components/Button.module.css';
import { formatCount } from '../../../state/format.ts';
import { texts } from '../../../texts.ts';
import { type View, VIEWS } from '../params.ts';
import { inSearch } from '../in-search.ts';
import { ExportMenu } from './ExportMenu.tsx';
import { ResultChart } from './ResultChart.tsx';
import styles from './ResultPane.module.css';
import { ResultPictures } from './ResultPictures.tsx';
import { ResultTable } from './ResultTable.tsx';

export interface ResultPaneProps {
  /** The statement whose rows they are. */
  readonly query: string;
  readonly result: SqlResult;
  readonly view: View;
  readonly onView: (view: View) => void;
  /** These are of the statement before: others are on their way. */
  readonly old: boolean;
}

export function ResultPane({ query, result, view, onView, old }: ResultPaneProps) {
  const { rows, truncated, elapsedMs } = result;
  return (
    <section className={styles.pane} aria-label={texts.sql.result.label} data-old={old || undefined} aria-busy={old}>
      <div className={styles.bar}>
        <ViewSwitch view={view} onView={onView} />
        <p className={styles.numbers} role="status">
          {texts.sql.result.rows(rows.length, elapsedMs)}
        </p>
        {!old && <InSearch query={query} result={result} />}
        <ExportMenu result={result} />
      </div>
      {truncated && <p className={styles.note}>{texts.sql.result.truncated(formatCount(rows.length))}</p>}
      {view === 'table' && <ResultTable result={result} />}
      {view === 'pictures' && <ResultPictures result={result} />}
      {view === 'chart' && <ResultChart result={result} />}
    </section>
  );
}

/** The way back from SQL: the pictures of the rows as a search. */
function InSearch({ query, result }: Pick<ResultPaneProps, 'query' | 'result'>) {
  const { namespace } = useFovea();
  const where = inSearch(query, result);
  if (where === undefined) return null;
  return (
    <Link
      to="/$namespace"
      params={{ namespace }}
      search={{ where }}
      className={`${buttonStyles.button} ${buttonStyles.quiet} ${styles.link}`}
    >
      <Search aria-hidden="true" />
      <span>{texts.sql.result.inSearch}</span>
    </Link>
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
