/**
 * Which contents are selected. Labels are kept with them, so that what they have in common can be shown without asking.
 *
 * @module
 */
import type { Labels } from 'fovea/client';

export interface Selectable {
  readonly contentId: string;
  readonly name: string;
  readonly labels: Labels;
}

export interface Selection {
  readonly items: ReadonlyMap<string, Selectable>;
  /** Where a range begins: what was selected last by itself. */
  readonly anchor: string | undefined;
}

export const NOTHING: Selection = { items: new Map(), anchor: undefined };

/** Selects one that is not, and the other way round. */
export function toggle({ items }: Selection, item: Selectable): Selection {
  const next = new Map(items);
  if (!next.delete(item.contentId)) next.set(item.contentId, item);
  return { items: next, anchor: item.contentId };
}

/** Selects all from the anchor to `item`, both with it, in the order of `all`. Without an anchor only `item`. */
export function extend({ items, anchor }: Selection, item: Selectable, all: readonly Selectable[]): Selection {
  const from = all.findIndex(({ contentId }) => contentId === anchor);
  const to = all.findIndex(({ contentId }) => contentId === item.contentId);
  const range = from === -1 || to === -1 ? [item] : all.slice(Math.min(from, to), Math.max(from, to) + 1);
  const next = new Map(items);
  for (const one of range) next.set(one.contentId, one);
  return { items: next, anchor: from === -1 ? item.contentId : anchor };
}

export function select({ items, anchor }: Selection, more: readonly Selectable[]): Selection {
  return { items: new Map([...items, ...more.map((item) => [item.contentId, item] as const)]), anchor };
}

/** Without those that have gone. */
export function without({ items, anchor }: Selection, contentIds: ReadonlySet<string>): Selection {
  return { items: new Map([...items].filter(([contentId]) => !contentIds.has(contentId))), anchor };
}
