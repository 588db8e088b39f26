/**
 * Keys in a grid or a list of contents: arrows move, space selects, shift extends, ctrl-a selects all, escape nothing.
 * Elements of contents carry `data-content`; where they are on the page decides what lies above and below.
 *
 * @module
 */
import { type KeyboardEvent, useState } from 'react';
import type { Selectable } from './selection.ts';
import type { Selecting } from './use-selection.ts';

export interface GridKeys {
  /** The only one that Tab reaches; arrows go on from there. */
  readonly isReached: (contentId: string) => boolean;
  readonly onFocus: (contentId: string) => void;
  readonly onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
}

export function useGridKeys(items: readonly Selectable[], selecting: Selecting): GridKeys {
  const [last, setLast] = useState<string>();
  const reached = items.some(({ contentId }) => contentId === last) ? last : items[0]?.contentId;
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    const { key, shiftKey } = event;
    if (key.toLowerCase() === 'a' && (event.ctrlKey || event.metaKey)) selecting.add(items);
    else if (key === 'Escape' && selecting.items.size > 0) selecting.clear();
    else {
      const element = (event.target as Element).closest<HTMLElement>('[data-content]');
      const item = items.find(({ contentId }) => contentId === element?.dataset.content);
      if (element === null || item === undefined) return;
      if (key === ' ') selecting.pick(item, shiftKey);
      else {
        const next = neighbour(element, key, event.currentTarget);
        if (next === undefined) return;
        const to = items.find(({ contentId }) => contentId === next.dataset.content);
        next.focus();
        next.scrollIntoView({ block: 'nearest' });
        if (shiftKey && to !== undefined) {
          if (!selecting.has(item.contentId)) selecting.pick(item, false);
          selecting.pick(to, true);
        }
      }
    }
    event.preventDefault();
  };
  return { isReached: (contentId) => contentId === reached, onFocus: setLast, onKeyDown };
}

function neighbour(element: HTMLElement, key: string, container: HTMLElement): HTMLElement | undefined {
  const all = [...container.querySelectorAll<HTMLElement>('[data-content]')];
  const at = all.indexOf(element);
  if (key === 'ArrowRight') return all[at + 1];
  if (key === 'ArrowLeft') return all[at - 1];
  if (key !== 'ArrowDown' && key !== 'ArrowUp') return undefined;
  return nearestOfRow(element, key === 'ArrowDown' ? 1 : -1, all);
}

/** Of the next row in a direction, the element whose middle lies nearest. */
function nearestOfRow(element: HTMLElement, direction: 1 | -1, all: readonly HTMLElement[]): HTMLElement | undefined {
  const from = element.getBoundingClientRect();
  const boxes = all.map((other) => ({ other, box: other.getBoundingClientRect() }));
  const beyond = boxes.filter(({ box }) => direction * (box.bottom - from.bottom) > 1);
  const row = Math.min(...beyond.map(({ box }) => Math.abs(box.bottom - from.bottom)));
  const middle = (box: DOMRect): number => box.left + box.width / 2;
  return beyond
    .filter(({ box }) => Math.abs(box.bottom - from.bottom) < row + 1)
    .toSorted((a, b) => Math.abs(middle(a.box) - middle(from)) - Math.abs(middle(b.box) - middle(from)))[0]?.other;
}
