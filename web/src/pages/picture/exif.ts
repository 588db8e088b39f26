/**
 * What the camera wrote, among what was extracted: the row of whichever policy has it.
 *
 * @module
 */
import type { ContentFeatures } from 'fovea/client';

type Row = ContentFeatures['features'][number]['rows'][number];

export interface Coordinates {
  /** Degrees, north and east are positive. */
  readonly latitude: number;
  readonly longitude: number;
}

/** The row that `image/exif` wrote, or one with the same columns. */
export function exifRow({ features }: ContentFeatures): Row | undefined {
  return features.flatMap(({ rows }) => rows).find((row) => 'camera' in row && 'taken_at' in row);
}

export function coordinatesOf({ features }: ContentFeatures): Coordinates | undefined {
  for (const { latitude, longitude } of features.flatMap(({ rows }) => rows)) {
    if (typeof latitude === 'number' && typeof longitude === 'number') return { latitude, longitude };
  }
  return undefined;
}

/** A page of OpenStreetMap with a marker; nothing is asked of it before somebody follows the link. */
export function mapAddress({ latitude, longitude }: Coordinates): string {
  const at = { mlat: latitude.toFixed(6), mlon: longitude.toFixed(6) };
  return `https://www.openstreetmap.org/?${new URLSearchParams(at)}#map=15/${at.mlat}/${at.mlon}`;
}

/** `1/75 s`, `2 s` */
export function exposureText(seconds: number): string {
  return seconds > 0 && seconds < 0.5 ? `1/${Math.round(1 / seconds)} s` : `${Number(seconds.toFixed(1))} s`;
}
