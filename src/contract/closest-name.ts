/**
 * "Did you mean": the known name with the smallest edit distance.
 *
 * Levenshtein, "Binary codes capable of correcting deletions, insertions, and reversals", 1966; with the exchange of
 * neighbours as one step: Damerau, "A technique for computer detection and correction of spelling errors", 1964.
 *
 * @module
 */

/** Longer names are compared by this many characters, so that a hostile name can't cost seconds. */
const MAX_COMPARED = 100;

/**
 * The known name that `name` most likely was meant to be: the nearest one, where at most a third of the longer
 * name's letters differ (case aside), or, failing that, one that is `name` with more around it. Ties go to the first.
 */
export function closestName(name: string, known: readonly string[]): string | undefined {
  const wanted = name.toLowerCase().slice(0, MAX_COMPARED);
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of known) {
    const distance = editDistance(wanted, candidate.toLowerCase().slice(0, MAX_COMPARED));
    if (distance < bestDistance && distance <= Math.max(wanted.length, candidate.length) / 3) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best ?? (wanted.length >= 3 ? known.find((candidate) => candidate.toLowerCase().includes(wanted)) : undefined);
}

/** `, did you mean "x"?` to end a sentence with, or nothing where no known name is near. */
export function didYouMean(name: string, known: readonly string[]): string {
  const closest = closestName(name, known);
  return closest === undefined ? '' : `, did you mean "${closest}"?`;
}

/** Fewest insertions, deletions, replacements of one UTF-16 unit and exchanges of two neighbours that turn `a` into `b`. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const exchanged = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      current.push(
        Math.min(
          replaced,
          (last[j] ?? 0) + 1,
          (current[j - 1] ?? 0) + 1,
          exchanged ? (beforeLast[j - 2] ?? 0) + 1 : Infinity,
        ),
      );
    }
    [beforeLast, last] = [last, current];
  }
  return last[b.length] ?? 0;
}
