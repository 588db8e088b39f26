/**
 * Finds pictures that show the same: saved anew, scaled, or with their edges cut off.
 *
 *     1  hashes of all pictures are read, the better pictures first (more pixels, then more bytes, then older)
 *     2  pictures of equal hashes are compared with the best of them; what is no copy stands for itself
 *     3  of each that stands for itself, the hashes of its windows are looked up among the hashes of all others
 *     4  candidates are compared by their small grey pictures
 *     5  groups are made (`copy-groups.ts`)
 *
 * Reads grey pictures by pages, so that memory is some 100 bytes a picture; gives way to other work every few milliseconds.
 *
 * @module
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CROP_WINDOWS, cropHashes, findPart, isFlat } from '../../image/index.ts';
import type { CropWindow, Part } from '../../image/index.ts';
import type { HashedPicture } from '../../store/index.ts';
import { groupCopies, type Likeness, type Likenesses } from './copy-groups.ts';
import { createHammingIndex, distance } from './hamming-index.ts';

export interface CopyDependencies {
  /** The small grey pictures of some contents; those that have gone are not in the map. */
  readonly greys: (contentIds: readonly string[]) => Promise<ReadonlyMap<string, Uint8Array>>;
  /** Told how many pictures were looked at. */
  readonly onProgress?: ((seen: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A picture, and how it lies in the one that is kept, or that one in it. */
export interface FoundCopy extends Likeness {
  readonly picture: HashedPicture;
}

export interface FoundCopies {
  /** In no order. */
  readonly groups: readonly { readonly keep: HashedPicture; readonly copies: readonly FoundCopy[] }[];
  /** Pictures that show nothing to compare: one colour, or nearly. */
  readonly flat: number;
}

/** Grey pictures that are read at once. */
const PAGE = 500;
/** Candidates of one picture that are compared; the nearest hashes first. */
const MAX_CANDIDATES = 200;
/** Different pictures of one hash that others of it are compared with. */
const MAX_ALIKE = 50;
/** Work that is done at one go. */
const BREATH_MS = 8;

/** Groups of copies, each under the best of them. */
export async function findCopies(
  { greys, onProgress, signal }: CopyDependencies,
  pictures: readonly HashedPicture[],
): Promise<FoundCopies> {
  const sorted = pictures.toSorted(better);
  const flat = new Set<number>();
  let seen = 0;
  const search: Search = {
    pictures: sorted,
    likenesses: new Map(),
    breathe: breather(signal),
    looked(count) {
      seen += count;
      onProgress?.(seen);
    },
    async greys(places) {
      const found = await greys(places.map((place) => pictureAt(sorted, place).contentId));
      const known = new Map<number, Uint8Array>();
      for (const place of places) {
        const grey = found.get(pictureAt(sorted, place).contentId);
        if (grey === undefined) continue;
        if (isFlat(grey)) flat.add(place);
        else known.set(place, grey);
      }
      return known;
    },
  };
  const singles = await compareWithin(search);
  await compareAcross(search, singles);
  const groups = await groupCopies(search.likenesses, async (keep, copy) => {
    await search.breathe();
    const known = await search.greys([keep, copy]);
    return likenessOf(known.get(keep), known.get(copy));
  });
  return {
    groups: groups.map(({ keep, copies }) => ({
      keep: pictureAt(sorted, keep),
      copies: copies.map(({ place, ...likeness }) => ({ picture: pictureAt(sorted, place), ...likeness })),
    })),
    flat: flat.size,
  };
}

/** How a copy lies in a picture, or the picture in the copy; undefined where neither does, or one shows nothing to compare. */
export function likenessOf(picture: Uint8Array | undefined, copy: Uint8Array | undefined): Likeness | undefined {
  if (picture === undefined || copy === undefined || isFlat(picture) || isFlat(copy)) return undefined;
  const inside = findPart(picture, copy, nearestWindow(picture, copy));
  if (inside !== undefined) return { ...inside, copyIs: 'part' };
  const outside = findPart(copy, picture, nearestWindow(copy, picture));
  return outside === undefined ? undefined : { ...outside, copyIs: 'whole' };
}

/** The window of `whole` whose hash is nearest to that of `part`. */
function nearestWindow(whole: Uint8Array, part: Uint8Array): CropWindow {
  const [high = 0, low = 0] = cropHashes(part);
  const hashes = cropHashes(whole);
  const [first, ...others] = CROP_WINDOWS.map((window, place) => ({
    window,
    bits: distance(high, low, hashes[2 * place] ?? 0, hashes[2 * place + 1] ?? 0),
  }));
  if (first === undefined) throw new RangeError('There must be a window');
  return others.reduce((best, each) => (each.bits < best.bits ? each : best), first).window;
}

/** Pictures are places in the list, where the better ones come first. */
interface Search {
  readonly pictures: readonly HashedPicture[];
  readonly likenesses: Likenesses;
  /** Gives way to other work where it is time; throws the signal's reason. */
  readonly breathe: () => Promise<void>;
  /** Tells that so many more pictures were compared with all that they may be copies of. */
  readonly looked: (count: number) => void;
  readonly greys: (places: readonly number[]) => Promise<ReadonlyMap<number, Uint8Array>>;
}

/** Step 2: the pictures that are no copy of another one with their hash. */
async function compareWithin(search: Search): Promise<number[]> {
  const byHash = new Map<string, number[]>();
  for (const [place, { phash }] of search.pictures.entries()) {
    const alike = byHash.get(phash);
    if (alike === undefined) byHash.set(phash, [place]);
    else alike.push(place);
  }
  const singles: number[] = [];
  for (const alike of byHash.values()) {
    if (alike.length === 1) singles.push(...alike);
    else singles.push(...(await compareAlike(search, alike)));
  }
  return singles;
}

async function compareAlike(search: Search, alike: readonly number[]): Promise<number[]> {
  const [whole] = CROP_WINDOWS;
  if (whole === undefined) throw new RangeError('There must be a window');
  const singles = new Map<number, Uint8Array>();
  for (const places of pages(alike)) {
    for (const [place, grey] of await search.greys(places)) {
      await search.breathe();
      const found = [...singles]
        .slice(0, MAX_ALIKE)
        .some(([single, other]) => record(search, single, place, findPart(other, grey, whole)));
      if (!found) singles.set(place, grey);
    }
  }
  search.looked(alike.length - singles.size);
  return [...singles.keys()];
}

/** Steps 3 and 4. */
async function compareAcross(search: Search, singles: readonly number[]): Promise<void> {
  const hashes = new Uint32Array(singles.flatMap((place) => halves(pictureAt(search.pictures, place).phash)));
  const index = createHammingIndex(hashes);
  for (const places of pages(singles)) {
    const greys = await search.greys(places);
    const wanted: { readonly place: number; readonly other: number; readonly window: CropWindow }[] = [];
    for (const [place, grey] of greys) {
      await search.breathe();
      for (const { other, window } of candidates(search, index, singles, place, grey))
        wanted.push({ place, other, window });
    }
    for (const some of pages(wanted)) {
      const others = await search.greys(
        [...new Set(some.map(({ other }) => other))].filter((place) => !greys.has(place)),
      );
      for (const { place, other, window } of some) {
        await search.breathe();
        const [whole, part] = [greys.get(place), greys.get(other) ?? others.get(other)];
        if (whole === undefined || part === undefined || isKnown(search, place, other)) continue;
        record(search, place, other, findPart(whole, part, window));
      }
    }
    search.looked(places.length);
  }
}

/** Pictures whose hash is that of a window of this one, or nearly. */
function candidates(
  search: Search,
  index: ReturnType<typeof createHammingIndex>,
  singles: readonly number[],
  place: number,
  grey: Uint8Array,
): { readonly other: number; readonly window: CropWindow }[] {
  const { phash } = pictureAt(search.pictures, place);
  const nearest = new Map<number, { readonly bits: number; readonly window: CropWindow }>();
  const hashes = cropHashes(grey);
  const tried = new Set<string>();
  for (const [at, window] of CROP_WINDOWS.entries()) {
    const [high, low] = [hashes[2 * at] ?? 0, hashes[2 * at + 1] ?? 0];
    // A cut often changes no bit.
    const key = `${high} ${low}`;
    if (tried.has(key)) continue;
    tried.add(key);
    index.near(high, low, (found, bits) => {
      const known = nearest.get(found);
      if (known === undefined || bits < known.bits) nearest.set(found, { bits, window });
    });
  }
  return [...nearest]
    .map(([found, { bits, window }]) => ({ other: singles[found] ?? place, bits, window }))
    .filter(({ other }) => other !== place && pictureAt(search.pictures, other).phash !== phash)
    .toSorted((a, b) => a.bits - b.bits)
    .slice(0, MAX_CANDIDATES);
}

/** Keeps that `part` lies in `whole`, under the better one; false where it does not. */
function record({ likenesses }: Search, whole: number, part: number, found: Part | undefined): boolean {
  if (found === undefined) return false;
  const [keep, copy] = whole < part ? [whole, part] : [part, whole];
  const copies = likenesses.get(keep) ?? new Map<number, Likeness>();
  likenesses.set(keep, copies.set(copy, { ...found, copyIs: copy === part ? 'part' : 'whole' }));
  return true;
}

function isKnown({ likenesses }: Search, a: number, b: number): boolean {
  return likenesses.get(Math.min(a, b))?.has(Math.max(a, b)) ?? false;
}

/** The better picture to keep first. */
function better(a: HashedPicture, b: HashedPicture): number {
  const pixels = (picture: HashedPicture): number => (picture.width ?? 0) * (picture.height ?? 0);
  return (
    pixels(b) - pixels(a) ||
    b.sizeBytes - a.sizeBytes ||
    compareText(a.createdAt, b.createdAt) ||
    compareText(a.contentId, b.contentId)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function pictureAt(pictures: readonly HashedPicture[], place: number): HashedPicture {
  const picture = pictures[place];
  if (picture === undefined) throw new RangeError(`There is no picture ${place}`);
  return picture;
}

function halves(phash: string): [number, number] {
  return [Number.parseInt(phash.slice(0, 8), 16), Number.parseInt(phash.slice(8), 16)];
}

function* pages<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += PAGE) yield items.slice(start, start + PAGE);
}

function breather(signal: AbortSignal | undefined): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < BREATH_MS) return;
    await nextTurn();
    signal?.throwIfAborted();
    last = performance.now();
  };
}
