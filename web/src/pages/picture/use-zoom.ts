/**
 * How much larger than the room the picture is shown.
 *
 * @module
 */
import { useState } from 'react';

const STEPS = [1, 1.5, 2, 3, 4, 6, 8] as const;

export interface Zoom {
  /** 1: it fits. */
  readonly factor: number;
  readonly canGrow: boolean;
  readonly canShrink: boolean;
  readonly step: (by: 1 | -1) => void;
  readonly fit: () => void;
}

/** @param of Begins anew with each of these. */
export function useZoom(of: string): Zoom {
  const [state, setState] = useState({ of, index: 0 });
  const index = state.of === of ? state.index : 0;
  return {
    factor: STEPS[index] ?? 1,
    canGrow: index < STEPS.length - 1,
    canShrink: index > 0,
    step: (by) => setState({ of, index: Math.max(0, Math.min(STEPS.length - 1, index + by)) }),
    fit: () => setState({ of, index: 0 }),
  };
}
