/**
 * Boxes of one video become tracks: which boxes of different frames are the same thing.
 *
 * ByteTrack (Zhang et al., "ByteTrack: multi-object tracking by associating every detection box", ECCV 2022): boxes that are
 * sure are matched with tracks first, by overlap with where a Kalman filter expects them; what is left of the tracks is then
 * matched with boxes that are less sure, which are mostly things that are half hidden. A box that is sure and matches
 * nothing begins a track, which counts once it is seen again.
 *
 * Between the two a step of our own, for frames that are sampled: at 2 a second a thing moves by more than its size, and of a
 * new track nobody knows where to. Of what is left, tracks of the frame before are matched by the distance of centres. Things of different classes are never one.
 *
 * @module
 */
import type { BoundingBox, Detection } from '../contract/index.ts';
import { assign } from './assignment.ts';
import { boxOf, correct, predict, startMotion } from './kalman.ts';
import type { BoxMotion } from './kalman.ts';
import { intersectionOverUnion } from './nms.ts';

export interface TrackOptions {
  /** Scores from here on are sure. */
  readonly high: number;
  /** Scores below are not looked at. */
  readonly low: number;
  /** A track that was not seen for so long has ended. */
  readonly lostMs: number;
  /** Usual time between two frames. */
  readonly stepMs: number;
}

/** A box of a frame with the track that it belongs to. */
export interface TrackedBox extends Detection {
  /** From 1, in the order in which tracks begin to count. */
  readonly trackId: number;
  readonly timeMs: number;
}

export interface Tracker {
  /** Takes the boxes of the next frame. @returns Boxes whose track is known now, also those of frames before. */
  next(timeMs: number, detections: readonly Detection[]): TrackedBox[];
}

interface Track {
  /** 0 until it counts. */
  id: number;
  readonly label: string;
  motion: BoxMotion;
  seenAt: number;
  /** The box that began it, until it counts. */
  first: { readonly timeMs: number; readonly detection: Detection } | undefined;
}

/** Least overlap with where a track is expected: of boxes that are sure, and of others. */
const SURE_OVERLAP = 0.2;
const UNSURE_OVERLAP = 0.5;
/** A box is not the same thing further away than so many of its diagonals, … */
const FARTHEST = 2;
/** … or this many times as large. */
const MOST_GROWTH = 2;
/** How much surer than `high` a box must be to begin a track. */
const BEGIN_ABOVE = 0.1;

/** A tracker of one video; its ids begin at 1. */
export function createTracker({ high, low, lostMs, stepMs }: TrackOptions): Tracker {
  let tracks: readonly Track[] = [];
  let before: number | undefined;
  const ids = { last: 0 };

  return {
    next(timeMs, detections) {
      const steps = before === undefined ? 0 : (timeMs - before) / stepMs;
      if (steps > 0) for (const track of tracks) track.motion = predict(track.motion, steps);
      const found: TrackedBox[] = [];
      const match = (open: readonly Track[], boxes: readonly Detection[], costOf: CostOf): Unmatched => {
        const pairs = assign(open.map((track) => boxes.map((box) => costOf(track, box))));
        const matched = pairs.flatMap(([row, column]) => {
          const [track, box] = [open[row], boxes[column]];
          return track === undefined || box === undefined ? [] : [{ track, box }];
        });
        for (const { track, box } of matched) found.push(...see(track, box, timeMs, ids));
        const [seen, used] = [new Set(matched.map(({ track }) => track)), new Set(matched.map(({ box }) => box))];
        return { tracks: open.filter((track) => !seen.has(track)), boxes: boxes.filter((box) => !used.has(box)) };
      };
      const sure = detections.filter(({ score }) => score >= high);
      const unsure = detections.filter(({ score }) => score >= low && score < high);
      const first = match(tracks, sure, byOverlap(SURE_OVERLAP));
      const second = match(first.tracks, first.boxes, byDistanceSince(before));
      // A track that does not count yet does not go on with what is half seen.
      const waiting = second.tracks.filter(({ id }) => id === 0);
      const counting = second.tracks.filter(({ id }) => id !== 0);
      const unseen = match(counting, unsure, byOverlap(UNSURE_OVERLAP)).tracks;
      const ended = new Set([...waiting, ...unseen.filter(({ seenAt }) => timeMs - seenAt > lostMs)]);
      const begun = second.boxes
        .filter(({ score }) => score >= Math.min(1, high + BEGIN_ABOVE))
        .map((detection) => begin(detection, timeMs));
      // What is there at the beginning of a video counts at once, as what is in a video of one frame must.
      if (before === undefined) for (const track of begun) found.push(...count(track, ids));
      tracks = [...tracks.filter((track) => !ended.has(track)), ...begun];
      before = timeMs;
      return found;
    },
  };
}

interface Unmatched {
  readonly tracks: readonly Track[];
  readonly boxes: readonly Detection[];
}

function begin(detection: Detection, timeMs: number): Track {
  const { label, box } = detection;
  return { id: 0, label, motion: startMotion(box), seenAt: timeMs, first: { timeMs, detection } };
}

/** A track counts from now on. @returns The box that began it. */
function count(track: Track, ids: { last: number }): TrackedBox[] {
  if (track.id === 0) track.id = ids.last += 1;
  const { id: trackId, first } = track;
  track.first = undefined;
  return first === undefined ? [] : [{ ...first.detection, timeMs: first.timeMs, trackId }];
}

function see(track: Track, detection: Detection, timeMs: number, ids: { last: number }): TrackedBox[] {
  const earlier = count(track, ids);
  track.motion = correct(track.motion, detection.box);
  track.seenAt = timeMs;
  return [...earlier, { ...detection, timeMs, trackId: track.id }];
}

type CostOf = (track: Track, detection: Detection) => number;

function byOverlap(least: number): CostOf {
  return ({ label, motion }, detection) => {
    if (label !== detection.label) return Number.POSITIVE_INFINITY;
    const overlap = intersectionOverUnion(boxOf(motion), detection.box);
    return overlap < least ? Number.POSITIVE_INFINITY : 1 - overlap;
  };
}

/** Of tracks that were seen then. */
function byDistanceSince(before: number | undefined): CostOf {
  return (track, detection) => (track.seenAt === before ? distance(track, detection) : Number.POSITIVE_INFINITY);
}

function distance({ label, motion }: Track, detection: Detection): number {
  const [expected, seen] = [boxOf(motion), detection.box];
  const growth = areaOf(seen) / areaOf(expected);
  if (label !== detection.label || growth > MOST_GROWTH || growth < 1 / MOST_GROWTH) return Number.POSITIVE_INFINITY;
  const apart = Math.hypot(
    (seen.xmin + seen.xmax - expected.xmin - expected.xmax) / 2,
    (seen.ymin + seen.ymax - expected.ymin - expected.ymax) / 2,
  );
  const diagonal = Math.hypot(seen.xmax - seen.xmin, seen.ymax - seen.ymin);
  return apart > FARTHEST * diagonal ? Number.POSITIVE_INFINITY : apart / Math.max(1e-6, diagonal);
}

function areaOf({ xmin, ymin, xmax, ymax }: BoundingBox): number {
  return Math.max(1e-6, xmax - xmin) * Math.max(1e-6, ymax - ymin);
}
