import { expect, test } from 'vitest';
import { boxesAt, isTrackRow, stepOf, tracksOf } from './tracks.ts';

const row = (track: number, timeMs: number, x1: number, more = {}) => {
  const box = { x1, y1: 10, x2: x1 + 20, y2: 30 };
  return { ord: 0, track_id: track, object_name: 'dog', score: 0.5, time_ms: timeMs, ...box, ...more };
};
const features = {
  features: [
    { graph: 'media', policy: 'frames', rows: [{ ord: 0, frames_taken: 3 }] },
    {
      graph: 'media',
      policy: 'things',
      rows: [
        row(2, 1000, 50, { object_name: 'cat' }),
        // Lost for two frames.
        row(1, 800, 100),
        row(1, 0, 0),
        row(1, 200, 20, { score: 0.9 }),
        row(3, 400, 0, { x2: null }),
      ],
    },
    { graph: 'photos', policy: 'objects', rows: [{ ord: 0, object_name: 'dog', x1: 0, y1: 0, x2: 1, y2: 1 }] },
  ],
};

test('tracksOf() puts together the rows of each thing, in the order of time', () => {
  const tracks = tracksOf(features);
  expect(tracks.map(({ key, label, points }) => [key, label, points.map(({ timeMs }) => timeMs)])).toEqual([
    ['media.things/track 1', 'dog', [0, 200, 800]],
    ['media.things/track 2', 'cat', [1000]],
  ]);
  expect(stepOf(tracks)).toBe(200);
  expect(stepOf([])).toBe(0);
});

test('boxesAt() moves a box between two frames that were looked at, and ends it after the last', () => {
  const tracks = tracksOf(features);
  const at = (timeMs: number) =>
    boxesAt(tracks, timeMs, 200).map(({ label, x1, x2, y1, score }) => [label, x1, x2, y1, score]);
  expect(at(0)).toEqual([['dog #1', 0, 20, 10, 0.5]]);
  expect(at(50)).toEqual([['dog #1', 5, 25, 10, 0.5]]);
  expect(at(500)).toEqual([['dog #1', 60, 80, 10, 0.9]]);
  expect(at(999)).toEqual([['dog #1', 100, 120, 10, 0.5]]);
  expect(at(1100)).toEqual([['cat #2', 50, 70, 10, 0.5]]);
  expect(at(1200)).toEqual([]);
  expect(boxesAt(tracks, -1, 200)).toEqual([]);
});

test('isTrackRow() tells boxes of a time from boxes of a picture', () => {
  expect(features.features.flatMap(({ rows }) => rows.map((each) => isTrackRow(each)))).toEqual([
    false,
    true,
    true,
    true,
    true,
    true,
    false,
  ]);
});
