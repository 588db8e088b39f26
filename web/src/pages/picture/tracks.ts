/**
 * Things that were followed through a video: rows of any policy that has `track_id`, `time_ms` and four edges. Between the
 * frames that were looked at their boxes are interpolated.
 *
 * @module
 */
import type { ContentFeatures } from 'fovea/client';
import type { Box } from './boxes.ts';

/** A thing at a time; edges in pixels of the upright video. */
export interface TrackPoint {
  readonly timeMs: number;
  readonly score: number | null;
  /** x1, y1, x2, y2 */
  readonly edges: readonly [number, number, number, number];
}

export interface Track {
  /** Unique within the video: `<graph>.<policy>/track <number>`. */
  readonly key: string;
  readonly graph: string;
  readonly policy: string;
  readonly number: number;
  /** Its class, else the policy's name. */
  readonly label: string;
  /** By their time, at least one. */
  readonly points: readonly TrackPoint[];
}

type Row = ContentFeatures['features'][number]['rows'][number];

/** Whether a row is a box at a time of a video, and not one of a picture. */
export function isTrackRow(row: Row): boolean {
  return isNumber(row['track_id']) && isNumber(row['time_ms']);
}

/** By policy, then by number. */
export function tracksOf({ features }: ContentFeatures): Track[] {
  return features.flatMap(({ graph, policy, rows }) => {
    const tracks = new Map<number, { readonly label: string; readonly points: TrackPoint[] }>();
    for (const row of rows) {
      const point = pointOf(row);
      const number = row['track_id'];
      if (point === undefined || !isNumber(number)) continue;
      const name = row['object_name'];
      const track = tracks.get(number) ?? {
        label: typeof name === 'string' && name !== '' ? name : policy,
        points: [],
      };
      tracks.set(number, track);
      track.points.push(point);
    }
    return [...tracks]
      .toSorted(([a], [b]) => a - b)
      .map(([number, { label, points }]) => ({
        key: `${graph}.${policy}/track ${number}`,
        graph,
        policy,
        number,
        label,
        points: points.toSorted((a, b) => a.timeMs - b.timeMs),
      }));
  });
}

/** The distance of the frames that were looked at: the shortest between two boxes of one track; 0 where none has two. */
export function stepOf(tracks: readonly Track[]): number {
  let step = Infinity;
  for (const { points } of tracks)
    for (const [index, { timeMs }] of points.entries()) {
      const next = points[index + 1];
      if (next !== undefined && next.timeMs > timeMs) step = Math.min(step, next.timeMs - timeMs);
    }
  return step === Infinity ? 0 : step;
}

/** Boxes of what is there at a time. After its last one a thing stays for `stepMs`: until the next frame nobody knows better. */
export function boxesAt(tracks: readonly Track[], timeMs: number, stepMs: number): Box[] {
  return tracks.flatMap(({ key, label, number, points }) => {
    const at = pointAt(points, timeMs, stepMs);
    if (at === undefined) return [];
    const [x1, y1, x2, y2] = at.edges;
    return [{ key, label: `${label} #${number}`, group: label, score: at.score, x1, y1, x2, y2, corners: null }];
  });
}

function pointAt(points: readonly TrackPoint[], timeMs: number, stepMs: number): TrackPoint | undefined {
  const next = firstAfter(points, timeMs);
  const before = points[next - 1];
  const after = points[next];
  if (before === undefined) return undefined;
  if (after === undefined) return timeMs < before.timeMs + Math.max(1, stepMs) ? before : undefined;
  const share = (timeMs - before.timeMs) / (after.timeMs - before.timeMs);
  const between = (a: number, b: number): number => a + (b - a) * share;
  const [a, b] = [before.edges, after.edges];
  return {
    timeMs,
    score: before.score,
    edges: [between(a[0], b[0]), between(a[1], b[1]), between(a[2], b[2]), between(a[3], b[3])],
  };
}

/** Index of the first point behind a time, by halving. */
function firstAfter(points: readonly TrackPoint[], timeMs: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.timeMs ?? Infinity) > timeMs) high = middle;
    else low = middle + 1;
  }
  return low;
}

function pointOf(row: Row): TrackPoint | undefined {
  const { x1, y1, x2, y2, score, time_ms: timeMs } = row;
  if (!isTrackRow(row) || !isNumber(timeMs)) return undefined;
  if (!isNumber(x1) || !isNumber(y1) || !isNumber(x2) || !isNumber(y2)) return undefined;
  return { timeMs, score: isNumber(score) ? score : null, edges: [x1, y1, x2, y2] };
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
