/**
 * Which tile arrow keys lead to, in justified rows.
 *
 * @module
 */
import type { Placed, Row } from './justify.ts';

export interface Place {
  /** Index of the row. */
  readonly row: number;
  readonly contentId: string;
}

/** Undefined where the key leads nowhere, or is none of these: arrows, Home, End. */
export function neighbour<T extends { readonly contentId: string }>(
  rows: readonly Row<T>[],
  contentId: string,
  key: string,
): Place | undefined {
  const places = rows.flatMap(({ tiles }, row) => tiles.map((tile) => ({ row, contentId: tile.item.contentId, tile })));
  const at = places.findIndex((place) => place.contentId === contentId);
  const from = places[at];
  if (from === undefined) return undefined;
  switch (key) {
    case 'ArrowRight':
      return places[at + 1];
    case 'ArrowLeft':
      return places[at - 1];
    case 'ArrowDown':
      return nearest(places, from.row + 1, from.tile);
    case 'ArrowUp':
      return nearest(places, from.row - 1, from.tile);
    case 'Home':
      return places[0];
    case 'End':
      return places.at(-1);
    default:
      return undefined;
  }
}

/** The place in a row whose middle is nearest to that of a tile. */
function nearest<P extends Place & { readonly tile: Placed<unknown> }>(
  places: readonly P[],
  row: number,
  { left, width }: Placed<unknown>,
): P | undefined {
  const distance = ({ tile }: P): number => Math.abs(tile.left + tile.width / 2 - left - width / 2);
  return places.filter((place) => place.row === row).toSorted((a, b) => distance(a) - distance(b))[0];
}
