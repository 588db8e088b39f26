/**
 * Keys of a page that mean something wherever the focus is, but where somebody types, chooses a value or walks through
 * tabs.
 *
 * @module
 */
import { useEffect, useEffectEvent } from 'react';

export type Keys = Readonly<Record<string, (() => void) | undefined>>;

/** Where keys have a meaning of their own: all of them, or arrows. */
const TYPES = 'input, textarea, select, [contenteditable]';
const WALKS = '[role="tablist"], [data-own-arrows]';

/** @param keys By `KeyboardEvent.key`. Those that a control has used already, and those with modifiers, are left to it. */
export function useKeys(keys: Keys): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector('dialog[open], [popover]:popover-open') !== null) return;
    const own = event.key.startsWith('Arrow') ? `${TYPES}, ${WALKS}` : TYPES;
    if (event.target instanceof Element && event.target.closest(own) !== null) return;
    const action = keys[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  });
  useEffect(() => {
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}
