import { expect, test } from 'vitest';
import type { Detection } from '../contract/index.ts';
import { createTracker } from './byte-track.ts';
import type { TrackedBox } from './byte-track.ts';

/** A thing that moves: its box at a time, or nothing where it is not there. */
type Path = (seconds: number) => { readonly x: number; readonly y: number } | undefined;

const SIZE = { width: 60, height: 40 };
const detection = (x: number, y: number, label = 'dog', score = 0.9): Detection => ({
  label,
  score,
  box: { xmin: x, ymin: y, xmax: x + SIZE.width, ymax: y + SIZE.height },
});

const newTracker = (fps: number) => createTracker({ high: 0.4, low: 0.1, lostMs: 1000, stepMs: 1000 / fps });

/** Ids of the tracks that each path got, in the order of time. */
function follow(fps: number, seconds: number, paths: readonly { readonly path: Path; readonly label?: string }[]) {
  const tracker = newTracker(fps);
  const found: TrackedBox[] = [];
  for (let frame = 0; frame < seconds * fps; frame++) {
    const boxes = paths.flatMap(({ path, label }) => {
      const place = path(frame / fps);
      return place === undefined ? [] : [detection(place.x, place.y, label)];
    });
    found.push(...tracker.next(Math.round((frame * 1000) / fps), boxes));
  }
  return paths.map(({ path }) => {
    const ids = found
      .filter(({ timeMs, box }) => {
        const place = path(Math.round((timeMs * fps) / 1000) / fps);
        return place !== undefined && place.x === box.xmin && place.y === box.ymin;
      })
      .map(({ trackId }) => trackId);
    return { ids: new Set(ids), boxes: ids.length };
  });
}

const line =
  (x: number, y: number, speedX: number, speedY = 0, from = 0, until = Number.POSITIVE_INFINITY): Path =>
  (seconds) =>
    seconds < from || seconds > until ? undefined : { x: x + speedX * seconds, y: y + speedY * seconds };

test.each([2, 3, 5, 10, 25])(
  'at %d frames a second each thing keeps its number: moving, crossing, coming, leaving',
  (fps) => {
    const things = [
      { path: line(0, 0, 80) },
      { path: line(600, 5, -80), label: 'cat' },
      { path: line(0, 200, 60, 10) },
      { path: line(500, 300, -90, -5, 2) },
      { path: line(100, 450, 20, 0, 0, 3) },
      { path: line(900, 500, 0) },
    ];
    const followed = follow(fps, 6, things);
    expect(followed.map(({ ids }) => ids.size)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(new Set(followed.flatMap(({ ids }) => [...ids])).size).toBe(6);
    // Nothing is lost of a thing: what began a track counts once it is seen again.
    expect(followed.map(({ boxes }) => boxes)).toEqual(
      things.map(({ path }) => Array.from({ length: 6 * fps }, (_, frame) => path(frame / fps)).filter(Boolean).length),
    );
  },
);

test('a thing that is hidden for a while is the same, and for long another', () => {
  const hidden =
    (from: number, until: number): Path =>
    (seconds) =>
      seconds > from && seconds < until ? undefined : { x: 40 * seconds, y: 0 };
  expect(follow(10, 6, [{ path: hidden(2, 2.7) }])[0]?.ids.size).toBe(1);
  expect(follow(10, 6, [{ path: hidden(2, 4) }])[0]?.ids.size).toBe(2);
});

test('a box that is hardly sure goes on with a track, and begins none', () => {
  const tracker = newTracker(5);
  tracker.next(0, [detection(0, 0)]);
  expect(tracker.next(200, [detection(5, 0, 'dog', 0.2), detection(300, 0, 'dog', 0.2)])).toMatchObject([
    { trackId: 1, score: 0.2, timeMs: 200 },
  ]);
  expect(tracker.next(400, [detection(300, 0, 'dog', 0.2), detection(10, 0, 'dog', 0.05)])).toEqual([]);
});

test('a box that is seen once is no track, but for the first frame', () => {
  const tracker = newTracker(5);
  expect(tracker.next(0, [detection(0, 0)])).toMatchObject([{ trackId: 1 }]);
  expect(tracker.next(200, [detection(0, 0), detection(500, 500)])).toHaveLength(1);
  expect(tracker.next(400, [detection(0, 0)])).toHaveLength(1);
  expect(tracker.next(600, [detection(0, 0), detection(500, 500)])).toHaveLength(1);
  // The second sight makes both boxes known, with the next number.
  expect(
    tracker.next(800, [detection(0, 0), detection(502, 500)]).map(({ trackId, timeMs }) => [trackId, timeMs]),
  ).toEqual([
    [1, 800],
    [2, 600],
    [2, 800],
  ]);
});

test('each video begins with 1', () => {
  const begun = [newTracker(5), newTracker(5)].map((tracker) => tracker.next(0, [detection(0, 0)]));
  expect(begun).toMatchObject([[{ trackId: 1 }], [{ trackId: 1 }]]);
});
