/**
 * The newest contents, which are asked for again and again, before older ones, which were read once.
 *
 * @module
 */
interface Listed {
  readonly contentId: string;
  /** ISO 8601, in UTC. */
  readonly createdAt: string;
}

export interface Merged<T> {
  readonly items: readonly T[];
  /** Contents between the two are not known: so many are new that the older ones have to be read again. */
  readonly hasGap: boolean;
}

/**
 * @param head The first page as it is now, newest first.
 * @param isWhole Whether there is nothing behind `head`.
 * @param older Pages from the first on as they were read some time ago.
 */
export function mergePages<T extends Listed>(head: readonly T[], isWhole: boolean, older: readonly T[]): Merged<T> {
  const last = head.at(-1);
  if (isWhole || last === undefined) return { items: head, hasGap: false };
  const known = new Set(head.map(({ contentId }) => contentId));
  const behind = older.filter((item) => !known.has(item.contentId) && isBefore(last, item));
  return {
    items: [...head, ...behind],
    hasGap: older.length > 0 && !older.some(({ contentId }) => known.has(contentId)),
  };
}

/** As the server orders them: by time, then by id, falling. */
function isBefore(a: Listed, b: Listed): boolean {
  return a.createdAt > b.createdAt || (a.createdAt === b.createdAt && a.contentId > b.contentId);
}
