/**
 * What a pointer does on the picture: a mouse, or a finger while a part is being selected, draws a region; a finger swipes
 * to the picture beside.
 *
 * @module
 */
import { type PointerEvent, useRef, useState } from 'react';
import { type Point, type Region, regionBetween, type Size } from './region.ts';

/** CSS pixels that a pointer moves before it is no click. */
const CLICK_SLOP = 4;
/** CSS pixels that make a swipe, and how much more along than across. */
const SWIPE = 50;
const SWIPE_RATIO = 1.5;

export interface DragOptions {
  /** Pixels of the upright original. */
  readonly size: Size;
  /** A finger draws too. */
  readonly isSelecting: boolean;
  /** A finger scrolls the enlarged picture instead of swiping. */
  readonly isZoomed: boolean;
  readonly onRegion: (region: Region) => void;
  readonly onSwipe: (direction: 'previous' | 'next') => void;
}

interface Gesture {
  readonly kind: 'draw' | 'swipe';
  readonly at: Point;
  readonly from: Point;
}

type Handler = (event: PointerEvent<HTMLElement>) => void;

export interface Drag {
  /** What is being drawn. */
  readonly draft: Region | null;
  readonly cancel: () => void;
  readonly handlers: Readonly<Record<'onPointerDown' | 'onPointerMove' | 'onPointerUp' | 'onPointerCancel', Handler>>;
}

export function useDrag({ size, isSelecting, isZoomed, onRegion, onSwipe }: DragOptions): Drag {
  const gesture = useRef<Gesture | null>(null);
  const [draft, setDraft] = useState<Region | null>(null);
  const cancel = (): void => {
    gesture.current = null;
    setDraft(null);
  };
  const onPointerDown: Handler = (event) => {
    if (!event.isPrimary || event.button !== 0) return;
    const draws = event.pointerType !== 'touch' || isSelecting;
    if (!draws && isZoomed) return;
    const at = { x: event.clientX, y: event.clientY };
    gesture.current = { kind: draws ? 'draw' : 'swipe', at, from: pictured(event, size) };
  };
  const onPointerMove: Handler = (event) => {
    const { current } = gesture;
    if (current === null || current.kind !== 'draw' || !event.isPrimary) return;
    if (Math.hypot(event.clientX - current.at.x, event.clientY - current.at.y) < CLICK_SLOP) return;
    // Only now, so that a click still reaches the box under it.
    event.currentTarget.setPointerCapture(event.pointerId);
    setDraft(regionBetween(current.from, pictured(event, size), size));
  };
  const onPointerUp: Handler = (event) => {
    const { current } = gesture;
    if (current === null || !event.isPrimary) return;
    const [dx, dy] = [event.clientX - current.at.x, event.clientY - current.at.y];
    const region = regionBetween(current.from, pictured(event, size), size);
    cancel();
    if (current.kind === 'draw') {
      if (region !== null && Math.hypot(dx, dy) >= CLICK_SLOP) onRegion(region);
    } else if (Math.abs(dx) > SWIPE && Math.abs(dx) > SWIPE_RATIO * Math.abs(dy)) {
      onSwipe(dx < 0 ? 'next' : 'previous');
    }
  };
  return { draft, cancel, handlers: { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: cancel } };
}

/** Where a pointer is, in pixels of the upright original. */
function pictured(event: PointerEvent<HTMLElement>, { width, height }: Size): Point {
  const place = event.currentTarget.getBoundingClientRect();
  return {
    x: ((event.clientX - place.left) / place.width) * width,
    y: ((event.clientY - place.top) / place.height) * height,
  };
}
