/**
 * From pairs of copies to groups: pictures that are connected by pairs, then each group under its best picture, with those
 * that are copies of that very one. So no chain (a is like b, b like c) puts together what does not look alike. Pure.
 *
 * @module
 */
import type { CropWindow } from '../../image/index.ts';

/** How a copy and the picture that is kept lie in one another. */
export interface Likeness {
  /** Of what both show, in [-1, 1]. */
  readonly correlation: number;
  /** The part of one that the other shows. */
  readonly window: CropWindow;
  /** `part`: the copy shows the window of the picture that is kept; `whole`: that one shows the window of the copy. */
  readonly copyIs: 'part' | 'whole';
}

/** Of pictures by number, the better one lower: the better one, then its copies. */
export type Likenesses = Map<number, Map<number, Likeness>>;

export interface CopyGroup {
  readonly keep: number;
  readonly copies: readonly (Likeness & { readonly place: number })[];
}

/**
 * Groups of two and more, the better pictures' first; copies in order.
 *
 * @param compare Asked for two that only a chain connects.
 */
export async function groupCopies(
  likenesses: Likenesses,
  compare: (keep: number, copy: number) => Promise<Likeness | undefined>,
): Promise<CopyGroup[]> {
  const groups: CopyGroup[] = [];
  for (const component of components(likenesses)) {
    let left = component;
    for (let [keep] = left; keep !== undefined; [keep] = left) {
      const copies: (Likeness & { place: number })[] = [];
      const others: number[] = [];
      for (const place of left.slice(1)) {
        const likeness = likenesses.get(keep)?.get(place) ?? (await compare(keep, place));
        if (likeness === undefined) others.push(place);
        else copies.push({ place, ...likeness });
      }
      if (copies.length > 0) groups.push({ keep, copies });
      left = others;
    }
  }
  return groups.toSorted((a, b) => a.keep - b.keep);
}

/** Connected components, each in order, by union–find. */
function components(likenesses: Likenesses): number[][] {
  const parents = new Map<number, number>();
  const root = (place: number): number => {
    let at = place;
    for (let above = parents.get(at) ?? at; above !== at; above = parents.get(at) ?? at) {
      parents.set(at, parents.get(above) ?? above);
      at = above;
    }
    return at;
  };
  for (const [keep, copies] of likenesses) {
    parents.set(keep, parents.get(keep) ?? keep);
    for (const copy of copies.keys()) {
      parents.set(copy, parents.get(copy) ?? copy);
      parents.set(root(copy), root(keep));
    }
  }
  const members = new Map<number, number[]>();
  for (const place of [...parents.keys()].toSorted((a, b) => a - b))
    members.set(root(place), [...(members.get(root(place)) ?? []), place]);
  return [...members.values()];
}
