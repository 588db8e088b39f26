import { beforeEach, expect, test } from 'vitest';
import { describeEachDatabase } from '../../test/databases.ts';
import { addContents, NAMESPACE, newContent, prepareStore } from '../../test/store.ts';
import type { Database } from '../store/index.ts';
import {
  claimTasks,
  finishTasks,
  getContent,
  insertContents,
  PICTURE_POLICY,
  planTasks,
  setLocationState,
} from '../store/index.ts';
import { settleMoved } from './moved.ts';

describeEachDatabase('settleMoved()', (open) => {
  let db: Database;
  beforeEach(async () => {
    db = await prepareStore(await open());
  });
  const gone = (...names: string[]) =>
    setLocationState(
      db,
      NAMESPACE,
      names.map((name) => `file:///photos/${name}`),
      'missing',
    );
  const place = (name: string, bytes: string) =>
    db.transaction((tx) => insertContents(tx, NAMESPACE, [newContent(name, { bytes, uri: `file:///photos/${name}` })]));
  const finish = async (contentIds: readonly string[], error?: string): Promise<void> => {
    const tasks = contentIds.map((contentId) => ({ contentId, ...PICTURE_POLICY }));
    await db.transaction((tx) => planTasks(tx, NAMESPACE, tasks));
    await claimTasks(db, NAMESPACE, { token: 't', leaseMs: 60_000, maxContents: 9, policies: [PICTURE_POLICY] });
    const results = tasks.map((task) =>
      error === undefined ? task : { ...task, error: { code: 'unreadable_image', message: error, retriable: false } },
    );
    await db.transaction((tx) => finishTasks(tx, NAMESPACE, 't', results, { maxAttempts: 3, backoffMs: 1 }));
  };
  const nameOf = async (id: string): Promise<string | undefined> => (await getContent(db, NAMESPACE, id))?.name;

  test('gives a content the name of its file, where none has the old one', async () => {
    const [id = ''] = await addContents(db, 'old.jpg');
    await place('n%C3%A4w.jpg', 'old.jpg');
    expect(await settleMoved(db, NAMESPACE, [id])).toEqual([]);
    expect(await nameOf(id)).toBe('old.jpg');
    await gone('old.jpg');
    await settleMoved(db, NAMESPACE, [id]);
    expect(await nameOf(id)).toBe('näw.jpg');
  });

  test('keeps the name of what lies nowhere, and of bytes that were sent', async () => {
    const [id = ''] = await addContents(db, 'a.jpg');
    await gone('a.jpg');
    expect(await settleMoved(db, NAMESPACE, [id])).toEqual([]);
    expect(await nameOf(id)).toBe('a.jpg');
    const sent = newContent('sent.jpg', { uri: `fovea:${'a'.repeat(64)}` });
    await db.transaction((tx) => insertContents(tx, NAMESPACE, [sent]));
    await settleMoved(db, NAMESPACE, [sent.contentId]);
    expect(await nameOf(sent.contentId)).toBe('sent.jpg');
  });

  test('forgets what is broken and lies nowhere; keeps what lies somewhere, was indexed, or still waits', async () => {
    const [broken = '', lying = '', good = ''] = await addContents(db, 'broken.jpg', 'lying.jpg', 'good.jpg');
    await finish([broken, lying], 'it is cut off');
    await finish([good]);
    const [waiting = ''] = await addContents(db, 'waiting.jpg');
    await db.transaction((tx) => planTasks(tx, NAMESPACE, [{ contentId: waiting, ...PICTURE_POLICY }]));
    await gone('broken.jpg', 'good.jpg', 'waiting.jpg');
    expect(await settleMoved(db, NAMESPACE, [broken, lying, good, waiting])).toEqual([broken]);
    expect(await Promise.all([broken, lying, good, waiting].map(nameOf))).toEqual([
      undefined,
      'lying.jpg',
      'good.jpg',
      'waiting.jpg',
    ]);
  });
});
