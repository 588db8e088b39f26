/**
 * What is shown while what was found changes: pictures that come in while somebody looks further down must not push away
 * what they look at.
 *
 * @module
 */
interface Identified {
  readonly contentId: string;
}

export interface Steady<T> {
  readonly shown: readonly T[];
  /** Found, and held back until they are asked for. */
  readonly waiting: number;
}

/**
 * @param shown What is shown now.
 * @param latest What there is now, in its order.
 * @param isHeld Whether somebody looks at what an insertion would move.
 * @returns `latest`, or where held `shown` as it is now, with what comes after its last one.
 */
export function steady<T extends Identified>(shown: readonly T[], latest: readonly T[], isHeld: boolean): Steady<T> {
  const isExtended = shown.every(({ contentId }, place) => latest[place]?.contentId === contentId);
  if (!isHeld || isExtended || shown.length === 0) return { shown: latest, waiting: 0 };
  const known = new Set(shown.map(({ contentId }) => contentId));
  const fresh = new Map(latest.map((item) => [item.contentId, item]));
  const end = latest.findLastIndex(({ contentId }) => known.has(contentId)) + 1;
  return {
    shown: [...shown.map((item) => fresh.get(item.contentId) ?? item), ...(end === 0 ? [] : latest.slice(end))],
    waiting: latest.slice(0, end).filter(({ contentId }) => !known.has(contentId)).length,
  };
}
