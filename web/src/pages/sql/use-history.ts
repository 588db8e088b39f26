/**
 * The history of a namespace, kept by this browser.
 *
 * @module
 */
import { useCallback, useState } from 'react';
import { type HistoryEntry, parseHistory, withoutStatement, withStatement } from './history.ts';

export interface StatementHistory {
  readonly entries: readonly HistoryEntry[];
  readonly add: (query: string) => void;
  readonly remove: (query: string) => void;
}

export function useHistory(namespace: string): StatementHistory {
  const place = `fovea.sql.${namespace}`;
  const [entries, setEntries] = useState(() => parseHistory(localStorage.getItem(place)));
  // Read again, since other tabs add to it as well.
  const change = useCallback(
    (by: (before: HistoryEntry[]) => HistoryEntry[]) => {
      const next = by(parseHistory(localStorage.getItem(place)));
      setEntries(next);
      try {
        localStorage.setItem(place, JSON.stringify(next));
      } catch {
        // The browser's room is used up: this page still has it.
      }
    },
    [place],
  );
  const add = useCallback((query: string) => change((all) => withStatement(all, query, Date.now())), [change]);
  const remove = useCallback((query: string) => change((all) => withoutStatement(all, query)), [change]);
  return { entries, add, remove };
}
