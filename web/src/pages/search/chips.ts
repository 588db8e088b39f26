/**
 * What was understood of a search, as chips: each says whether hits must have it, had better have it (words), or must not,
 * and can be turned from one to the next.
 *
 * @module
 */
import { type FacetColumn } from './facet-columns.ts';
import { type FacetValue, type SearchParams, tidyParams, withoutValue, withValue } from './params.ts';

export type Mode = 'must' | 'prefer' | 'without';

export type Chip =
  | { readonly kind: 'words'; readonly mode: Mode; readonly words: string }
  | { readonly kind: 'value'; readonly mode: 'must' | 'without'; readonly of: string; readonly value: FacetValue }
  | { readonly kind: 'where'; readonly mode: 'must'; readonly sql: string };

export function chipsOf({ q, has = [], not = [], facets = {}, without = {}, where }: SearchParams): Chip[] {
  const values = (given: typeof facets, mode: 'must' | 'without'): Chip[] =>
    Object.entries(given).flatMap(([of, those]) => those.map((value) => ({ kind: 'value', mode, of, value }) as const));
  return [
    ...(q === undefined ? [] : [{ kind: 'words', mode: 'prefer', words: q } as const]),
    ...values(facets, 'must'),
    ...has.map((words) => ({ kind: 'words', mode: 'must', words }) as const),
    ...(where === undefined ? [] : [{ kind: 'where', mode: 'must', sql: where } as const]),
    ...values(without, 'without'),
    ...not.map((words) => ({ kind: 'words', mode: 'without', words }) as const),
  ];
}

/** The search without it. */
export function removeChip(params: SearchParams, chip: Chip): SearchParams {
  switch (chip.kind) {
    case 'where':
      return tidyParams({ ...params, where: undefined });
    case 'words': {
      if (chip.mode === 'prefer') return tidyParams({ ...params, q: undefined });
      const name = chip.mode === 'must' ? 'has' : 'not';
      return tidyParams({ ...params, [name]: params[name]?.filter((words) => words !== chip.words) });
    }
    case 'value': {
      const name = chip.mode === 'must' ? 'facets' : 'without';
      return tidyParams({ ...params, [name]: withoutValue(params[name], chip.of, chip.value) });
    }
  }
}

/** Objects that the library has, so that words that name one can be made a condition. */
export interface KnownObjects {
  readonly column: FacetColumn;
  readonly names: readonly string[];
}

/**
 * The mode that a click turns it to: must → prefer → without → must, as far as it has them. Only an object and a text can be
 * preferred (they become words), and only words that name an object become a must; a condition in SQL stays one.
 */
export function nextMode(chip: Chip, objects: readonly KnownObjects[]): Mode {
  if (chip.kind === 'where') return 'must';
  if (chip.kind === 'words') return chip.mode === 'prefer' ? 'without' : 'prefer';
  if (chip.mode === 'without') return 'must';
  return objects.some(({ column }) => column.of === chip.of) ? 'prefer' : 'without';
}

/** The search with the chip turned to its next mode. */
export function turnChip(params: SearchParams, chip: Chip, objects: readonly KnownObjects[]): SearchParams {
  const rest = removeChip(params, chip);
  const mode = nextMode(chip, objects);
  if (chip.kind === 'where') return params;
  if (chip.kind === 'value') {
    if (mode === 'prefer') return tidyParams({ ...rest, q: joined(rest.q, String(chip.value)) });
    const name = mode === 'must' ? 'facets' : 'without';
    return tidyParams({ ...rest, [name]: withValue(rest[name], chip.of, chip.value) });
  }
  if (mode === 'prefer') return tidyParams({ ...rest, q: joined(rest.q, chip.words) });
  const object = objectNamed(chip.words, objects);
  if (object !== undefined) return tidyParams({ ...rest, without: withValue(rest.without, object.of, object.value) });
  return tidyParams({ ...rest, not: [...(rest.not ?? []), chip.words] });
}

function objectNamed(words: string, objects: readonly KnownObjects[]): { of: string; value: string } | undefined {
  const wanted = words.toLowerCase().replace(/^(an?|the) /, '');
  for (const { column, names } of objects) {
    const value = names.find((name) => name.toLowerCase() === wanted);
    if (value !== undefined) return { of: column.of, value };
  }
  return undefined;
}

const joined = (before: string | undefined, words: string): string =>
  before === undefined ? words : `${before} ${words}`;
