import { expect, test } from 'vitest';
import { describeEachDatabase } from '../../test/databases.ts';
import { NAMESPACE, prepareStore } from '../../test/store.ts';
import { clearProblems, listProblems, recordProblems } from './problems.ts';

const problem = (name: string, message: string) => ({
  uri: `file:///${name}`,
  path: `/${name}`,
  code: 'unreadable_file',
  message,
});

describeEachDatabase('problems', (open) => {
  test('recordProblems() keeps the newest reason of a file until clearProblems()', async () => {
    const db = await prepareStore(await open());
    await recordProblems(db, NAMESPACE, [problem('a.jpg', 'first'), problem('b.jpg', 'other')]);
    await recordProblems(db, NAMESPACE, [problem('a.jpg', 'second'), problem('a.jpg', 'third')]);
    const { problems, total } = await listProblems(db, NAMESPACE, 10);
    expect(total).toBe(2);
    expect(problems.map(({ path, message }) => [path, message]).toSorted()).toEqual([
      ['/a.jpg', 'third'],
      ['/b.jpg', 'other'],
    ]);
    expect(await listProblems(db, NAMESPACE, 1)).toMatchObject({ total: 2, problems: [{}] });
    await clearProblems(db, NAMESPACE, ['file:///a.jpg', 'file:///none.jpg']);
    expect((await listProblems(db, NAMESPACE, 10)).problems).toEqual([problem('b.jpg', 'other')]);
  });
});
