/**
 * Statements with words that were taken out, doubled, swapped, or replaced by hostile ones.
 *
 * @module
 */
import type { Random } from './random.ts';

/** Changes one to four words; `pieces` make hostile ones. */
export function mutate(random: Random, query: string, pieces: readonly (() => string)[]): string {
  const words = query.match(/'(?:[^']|'')*'|"(?:[^"]|"")*"|[\w.$]+|\s+|[^\w\s]/g) ?? [query];
  for (let change = random.int(1, 4); change > 0; change -= 1) {
    const at = random.int(0, words.length - 1);
    const word = words[at] ?? '';
    const other = random.pick(words);
    words[at] = random.pick([
      () => '',
      () => word + word,
      () => other,
      ...pieces,
      () =>
        random.pick(['(', ')', ',', ';', '.', "'", '"', '--', '/*', '\\', '$a$', '::', 'select', 'from', 'into', '*']),
      () => word.toUpperCase(),
    ])();
  }
  return words.join('');
}
