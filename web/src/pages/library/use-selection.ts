/**
 * Selecting by pointer and by keys, as people know it from lists of files.
 *
 * @module
 */
import { useCallback, useState } from 'react';
import { extend, NOTHING, type Selectable, select, type Selection, toggle, without } from './selection.ts';

export interface Selecting {
  readonly items: Selection['items'];
  has(contentId: string): boolean;
  /** With shift: all from the one before. */
  pick(item: Selectable, isRange: boolean): void;
  add(more: readonly Selectable[]): void;
  remove(contentIds: readonly string[]): void;
  /** What is known of selected ones has changed. */
  update(change: (item: Selectable) => Selectable): void;
  clear(): void;
}

export function useSelection(all: readonly Selectable[]): Selecting {
  const [selection, setSelection] = useState(NOTHING);
  const clear = useCallback(() => setSelection(NOTHING), []);
  return {
    items: selection.items,
    has: (contentId) => selection.items.has(contentId),
    pick: (item, isRange) => setSelection((before) => (isRange ? extend(before, item, all) : toggle(before, item))),
    add: (more) => setSelection((before) => select(before, more)),
    remove: (contentIds) => setSelection((before) => without(before, new Set(contentIds))),
    update: (change) =>
      setSelection((before) => ({
        ...before,
        items: new Map([...before.items].map(([contentId, item]) => [contentId, change(item)])),
      })),
    clear,
  };
}
