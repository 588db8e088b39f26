/**
 * The size in CSS pixels at which a picture fits into what is around it, and that times the zoom.
 *
 * @module
 */
import { type RefObject, useLayoutEffect, useState } from 'react';
import type { Size } from './region.ts';

/** Small pictures are enlarged up to this, so that there is something to see. */
const MOST_ENLARGED = 2;

export function useFit(around: RefObject<HTMLElement | null>, { width, height }: Size, zoom: number): Size | null {
  const [room, setRoom] = useState<Size | null>(null);
  useLayoutEffect(() => {
    const element = around.current;
    if (element === null) return undefined;
    const measure = (): void => {
      const { width: roomWidth, height: roomHeight } = element.getBoundingClientRect();
      setRoom((before) =>
        before?.width === roomWidth && before.height === roomHeight ? before : { width: roomWidth, height: roomHeight },
      );
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [around]);
  if (room === null || room.width === 0 || room.height === 0) return null;
  const scale = Math.min(room.width / width, room.height / height, MOST_ENLARGED) * zoom;
  return { width: width * scale, height: height * scale };
}
