/**
 * The API key of this tab, where the server asks for one. It is kept until the tab is closed, and nowhere else.
 *
 * @module
 */
import { useSyncExternalStore } from 'react';

const PLACE = 'fovea.key';
const listeners = new Set<() => void>();

export function apiKey(): string | undefined {
  return sessionStorage.getItem(PLACE) ?? undefined;
}

/** @param key Undefined to forget it. */
export function setApiKey(key: string | undefined): void {
  if (key === undefined) sessionStorage.removeItem(PLACE);
  else sessionStorage.setItem(PLACE, key);
  for (const listener of listeners) listener();
}

export function useApiKey(): string | undefined {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, apiKey);
}
