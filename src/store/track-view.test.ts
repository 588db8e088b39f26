import { expect, test } from 'vitest';
import { describeEachDatabase } from '../../test/databases.ts';
import { addContents, addPolicies, NAMESPACE, newPolicy, prepareStore } from '../../test/store.ts';
import type { OutputSpec } from '../contract/index.ts';
import { writeFeatures } from './features.ts';
import { qualified } from './names.ts';

const TRACKS: OutputSpec = {
  columns: {
    track_id: { type: 'integer' },
    object_name: { type: 'text' },
    score: { type: 'real' },
    frame: { type: 'integer' },
    time_ms: { type: 'integer' },
  },
  vectors: {},
};

const seen = (trackId: number, objectName: string, score: number, timeMs: number) => ({
  columns: { track_id: trackId, object_name: objectName, score, frame: timeMs / 40, time_ms: timeMs },
  vectors: {},
});

describeEachDatabase('the view of tracks', (open) => {
  test('has one row a thing and video: when it was seen first and last, and how often', async () => {
    const db = await prepareStore(await open());
    const [policy] = await addPolicies(db, newPolicy('things', TRACKS));
    const [first = '', second = ''] = await addContents(db, 'a.mp4', 'b.mp4');
    if (policy === undefined) throw new Error('No policy');
    const rows = [seen(1, 'dog', 0.5, 1000), seen(2, 'cat', 0.7, 1000), seen(1, 'dog', 0.75, 5000)];
    await db.transaction((tx) =>
      writeFeatures(tx, NAMESPACE, policy, [
        { contentId: first, rows },
        { contentId: second, rows: [seen(1, 'dog', 0.5, 200)] },
      ]),
    );
    const view = qualified(NAMESPACE, 'photos.things.tracks');
    const found = await db.query(`select * from ${view} order by name, track_id`);
    expect(found.rows).toEqual([
      {
        content_id: first,
        name: 'a.mp4',
        track_id: 1,
        object_name: 'dog',
        score: 0.75,
        first_ms: 1000,
        last_ms: 5000,
        duration_ms: 4000,
        frames: 2,
      },
      expect.objectContaining({ name: 'a.mp4', track_id: 2, object_name: 'cat', duration_ms: 0, frames: 1 }),
      expect.objectContaining({ name: 'b.mp4', track_id: 1, duration_ms: 0 }),
    ]);
    const long = await db.query(`select name from ${view} where object_name = 'dog' and duration_ms > 3000`);
    expect(long.rows).toEqual([{ name: 'a.mp4' }]);
  });
});
