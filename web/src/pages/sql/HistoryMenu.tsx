/**
 * Statements that were run here, to be taken up again.
 *
 * @module
 */
import { History, X } from 'lucide-react';
import { Button } from '../../components/Button.tsx';
import { formatMoment } from '../../state/format.ts';
import { texts } from '../../texts.ts';
import type { HistoryEntry } from './history.ts';
import { Popup } from './Popup.tsx';
import styles from './Popup.module.css';

export interface HistoryMenuProps {
  readonly entries: readonly HistoryEntry[];
  readonly onChoose: (query: string) => void;
  readonly onRemove: (query: string) => void;
}

export function HistoryMenu({ entries, onChoose, onRemove }: HistoryMenuProps) {
  const { history } = texts.sql;
  return (
    <Popup label={history.label} icon={<History aria-hidden="true" />}>
      {(close) =>
        entries.length === 0 ? (
          <p className={styles.note}>{history.empty}</p>
        ) : (
          <ul className={styles.list}>
            {entries.map(({ query, at }) => (
              <li key={query}>
                <button
                  type="button"
                  className={styles.choice}
                  title={query}
                  onClick={() => {
                    close();
                    onChoose(query);
                  }}
                >
                  <code>{query.replaceAll(/\s+/g, ' ')}</code>
                  <small>{formatMoment(new Date(at).toISOString())}</small>
                </button>
                <Button kind="quiet" square aria-label={history.remove(query)} onClick={() => onRemove(query)}>
                  <X aria-hidden="true" />
                </Button>
              </li>
            ))}
          </ul>
        )
      }
    </Popup>
  );
}
