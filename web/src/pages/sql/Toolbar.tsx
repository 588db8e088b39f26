/**
 * What is done with the statement in the editor.
 *
 * @module
 */
import { BookOpen, Play, Square, Table2 } from 'lucide-react';
import { Button } from '../../components/Button.tsx';
import { useDelayed } from '../../state/use-delayed.ts';
import { texts } from '../../texts.ts';
import type { Example } from './examples.ts';
import { HistoryMenu } from './HistoryMenu.tsx';
import { Popup } from './Popup.tsx';
import popup from './Popup.module.css';
import styles from './SqlPage.module.css';
import type { StatementHistory } from './use-history.ts';

export interface ToolbarProps {
  readonly running: boolean;
  readonly onRun: () => void;
  readonly onStop: () => void;
  readonly examples: readonly Example[];
  readonly onExample: (example: Example) => void;
  readonly history: StatementHistory;
  readonly onChoose: (query: string) => void;
  readonly tablesShown: boolean;
  readonly onTables: () => void;
  /** Id of the help for the keyboard. */
  readonly help: string;
}

export function Toolbar(props: ToolbarProps) {
  const { running, onRun, onStop, examples, onExample, history, onChoose, tablesShown, onTables, help } = props;
  const long = useDelayed(running);
  return (
    <div className={styles.toolbar}>
      {long ? (
        <Button onClick={onStop}>
          <Square aria-hidden="true" />
          {texts.sql.stop}
        </Button>
      ) : (
        <Button kind="primary" onClick={onRun}>
          <Play aria-hidden="true" />
          {texts.sql.run}
        </Button>
      )}
      <Popup label={texts.sql.examples.label} icon={<BookOpen aria-hidden="true" />}>
        {(close) => (
          <ul className={popup.list}>
            {examples.map((example) => (
              <li key={example.title}>
                <button
                  type="button"
                  className={popup.choice}
                  onClick={() => {
                    close();
                    onExample(example);
                  }}
                >
                  {example.title}
                </button>
              </li>
            ))}
          </ul>
        )}
      </Popup>
      <HistoryMenu entries={history.entries} onChoose={onChoose} onRemove={history.remove} />
      <Button className={styles.tables ?? ''} aria-pressed={tablesShown} onClick={onTables}>
        <Table2 aria-hidden="true" />
        <span className={popup.label}>{texts.sql.schema.title}</span>
      </Button>
      <span className={styles.state} role="status">
        {long && texts.sql.running}
      </span>
      <p id={help} className={styles.help}>
        {texts.sql.editor.help}
      </p>
    </div>
  );
}
