/**
 * What the models layer is composed of: the caller's options, the cards it knows and the package's own weights.
 *
 * @module
 */
import { fileURLToPath } from 'node:url';
import type { Card } from './card.ts';
import { CARDS } from './cards/index.ts';
import { FETCH_TIMING } from './fetch.ts';
import type { FetchTiming } from './fetch.ts';
import type { ModelsOptions } from './types.ts';

export interface World {
  readonly options: ModelsOptions;
  readonly cards: readonly Card[];
  /** Holds a folder per shipped card. */
  readonly shippedFolder: string;
  readonly fetchTiming: FetchTiming;
  /** How long `auto` waits for a hub's first word. */
  readonly probeMs: number;
}

/** The same two levels up from `src/models` and from `dist/models`. */
const SHIPPED = fileURLToPath(new URL('../../assets/models/', import.meta.url));

/** `parts` replaces what tests replace. */
export function makeWorld(options: ModelsOptions, parts: Partial<Omit<World, 'options'>> = {}): World {
  return { options, cards: CARDS, shippedFolder: SHIPPED, fetchTiming: FETCH_TIMING, probeMs: 1_500, ...parts };
}
