/**
 * Puts the focus back onto the tile of the picture that somebody comes from, as soon as it is drawn; where several were
 * looked at, onto the one that can be seen.
 *
 * @module
 */
import { useEffect, useRef } from 'react';
import { takeLeftPicture } from '../state/left-picture.ts';

/** Whoever does something else by then does not want to be called back. */
const OTHERWISE = ['keydown', 'pointerdown', 'wheel'] as const;

export function useReturn(container: { readonly current: HTMLElement | null }): void {
  const wanted = useRef<readonly string[]>([]);
  useEffect(() => {
    wanted.current = takeLeftPicture();
    const giveUp = (): void => {
      wanted.current = [];
    };
    for (const type of OTHERWISE) window.addEventListener(type, giveUp, { capture: true, passive: true });
    return () => {
      for (const type of OTHERWISE) window.removeEventListener(type, giveUp, { capture: true });
    };
  }, []);
  useEffect(() => {
    const link = wanted.current
      .map((id) => container.current?.querySelector<HTMLElement>(`[data-content="${CSS.escape(id)}"] a`))
      .find((found) => found && isInView(found));
    if (!link) return;
    wanted.current = [];
    link.focus({ preventScroll: true });
  });
}

function isInView(element: HTMLElement): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < window.innerHeight;
}
