/**
 * A restore as the surfaces see it: how far it is, and an engine that knows of what came.
 *
 * @module
 */
import type { RestoreProgress } from '../../contract/index.ts';
import { DEFAULT_NAMESPACE } from '../../contract/index.ts';
import { listNamespaces } from '../../store/index.ts';
import type { EngineContext } from '../context.ts';
import { followWork } from '../follow-work.ts';
import { repinWaiting } from '../waiting-policies.ts';
import { fileSize } from './archive-reader.ts';
import { restoreBackup } from './restore.ts';

/** Restores the file; the last value has `finished: true`. Where the consumer stops before, nothing is restored. */
export async function* followRestore(context: EngineContext, path: string): AsyncGenerator<RestoreProgress> {
  const sizeBytes = await fileSize(path);
  let latest: Pick<RestoreProgress, 'step' | 'bytes'> = { step: 'checking', bytes: 0 };
  let stopped = false;
  const work = restoreBackup(context, path, (progress) => {
    if (stopped) throw new Error('the restore was stopped');
    latest = progress;
  });
  try {
    const told = (): RestoreProgress => ({ ...latest, sizeBytes, finished: false, notes: [] });
    const { summary, damagedOriginals } = yield* followWork(work, told);
    await wakeUp(context);
    const notes = [
      ...missing(summary.missingOriginals, 'were gone when the backup was made'),
      ...missing(damagedOriginals, 'had been damaged before the backup was made'),
    ];
    yield { step: 'done', bytes: sizeBytes, sizeBytes, finished: true, summary, notes };
  } finally {
    stopped = true;
  }
}

function missing(count: number, what: string): string[] {
  return count === 0 ? [] : [`The stored bytes of ${count} ${count === 1 ? 'picture' : 'pictures'} ${what}`];
}

/** Forgets what was remembered of the empty database, and lets open tasks run. */
async function wakeUp(context: EngineContext): Promise<void> {
  const { database, namespaces, statistics, keeper, keys } = context;
  keys.forget();
  namespaces.clear();
  namespaces.add(DEFAULT_NAMESPACE);
  await database.maintain('load');
  if (context.options.workers > 0) await repinWaiting(context);
  for (const namespace of await listNamespaces(database)) {
    statistics.forget(namespace);
    context.planned(namespace);
    keeper.touch(namespace);
  }
}
