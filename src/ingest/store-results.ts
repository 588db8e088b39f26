/**
 * Writes what a worker sends: rows, states and the tasks that follow, in one transaction; thumbnails behind it.
 *
 * @module
 */
import type { CompleteRequest, ContentResult } from '../contract/index.ts';
import type { Database, PolicyVersion, Queryable } from '../store/index.ts';
import {
  existingContents,
  finishTasks,
  lockPlanning,
  MAX_ATTEMPTS,
  numberEnded,
  PICTURE_POLICY,
  policiesOf,
  releaseTasks,
  setPicture,
  writeFeatures,
} from '../store/index.ts';
import { planDependents } from './plan-dependents.ts';
import type { RateMeter } from './progress.ts';
import type { ThumbnailStore } from './thumbnails.ts';

const BACKOFF_MS = 2_000;

export interface StoreParts {
  readonly database: Database;
  readonly thumbnails: ThumbnailStore;
  readonly rates: RateMeter;
}

/** Writes what a worker sends; returns the contents whose lease had gone. */
export async function storeResults(
  { database, thumbnails, rates }: StoreParts,
  namespace: string,
  request: CompleteRequest,
  results: readonly ContentResult[],
): Promise<readonly string[]> {
  const outcome = await database.transaction(async (tx) => {
    await lockPlanning(tx, namespace, 'shared');
    const known = await policiesOf(tx, namespace);
    const finished = await finishTasks(tx, namespace, request.token, flatten(results), {
      maxAttempts: MAX_ATTEMPTS,
      backoffMs: BACKOFF_MS,
    });
    const current = new Set(finished.accepted.map(taskKey));
    const versions = await writePictures(tx, namespace, results, current);
    for (const policy of known) {
      const rows = results.flatMap(({ contentId, tasks }) =>
        tasks
          .filter(
            (task) =>
              task.policyId === policy.id &&
              task.version === policy.version &&
              current.has(taskKey({ contentId, ...task })),
          )
          .flatMap((task) => (task.rows === undefined ? [] : [{ contentId, rows: task.rows }])),
      );
      if (rows.length === 0) continue;
      await writeFeatures(tx, namespace, policy, rows);
      await planDependents(
        tx,
        namespace,
        policy,
        known,
        rows.map(({ contentId }) => contentId),
      );
      rates.add(`${namespace}/${policy.id}.${policy.version}`, rows.length);
    }
    await releaseTasks(tx, namespace, request.token, { policies: request.refused });
    await numberEnded(tx, namespace, endedWell(results, current));
    return { ...finished, versions };
  });
  rates.add(namespace, results.length);
  await writeThumbnails({ database, thumbnails }, namespace, results, outcome.versions);
  return outcome.stale;
}

/**
 * Behind the commit, so that only who holds the lease can write one. One that can't be written is made when it is asked for.
 *
 * @param versions Of the contents whose picture was accepted.
 */
async function writeThumbnails(
  { database, thumbnails }: Pick<StoreParts, 'database' | 'thumbnails'>,
  namespace: string,
  results: readonly ContentResult[],
  versions: ReadonlyMap<string, number>,
): Promise<void> {
  const written: string[] = [];
  for (const { contentId, picture } of results) {
    const version = versions.get(contentId);
    if (picture?.thumbnail === undefined || version === undefined) continue;
    const isWritten = thumbnails.write(namespace, { contentId, version }, 320, picture.thumbnail).then(
      () => true,
      () => false,
    );
    if (await isWritten) written.push(contentId);
  }
  // Behind a deletion that came in between, nobody else would remove them. Without an answer, none is kept.
  const there = new Set(await existingContents(database, namespace, written).catch(() => []));
  await thumbnails.remove(
    namespace,
    written.filter((contentId) => !there.has(contentId)),
  );
}

async function writePictures(
  tx: Queryable,
  namespace: string,
  results: readonly ContentResult[],
  current: ReadonlySet<string>,
): Promise<ReadonlyMap<string, number>> {
  const sizes = results.flatMap(({ contentId, picture }) =>
    picture?.width !== undefined &&
    picture.height !== undefined &&
    current.has(taskKey({ contentId, ...PICTURE_POLICY }))
      ? [{ contentId, width: picture.width, height: picture.height, frames: picture.frames ?? null }]
      : [],
  );
  return setPicture(tx, namespace, sizes);
}

function endedWell(
  results: readonly ContentResult[],
  current: ReadonlySet<string>,
): (PolicyVersion & { contentId: string })[] {
  return results.flatMap(({ contentId, tasks }) =>
    tasks
      .filter((task) => task.error === undefined && current.has(taskKey({ contentId, ...task })))
      .map(({ policyId, version }) => ({ contentId, policyId, version })),
  );
}

/** Every task of the results, the built-in one included, as the ledger wants them. */
function flatten(results: readonly ContentResult[]): Parameters<typeof finishTasks>[3] {
  return results.flatMap(({ contentId, picture, tasks }) => [
    ...(picture === undefined
      ? []
      : [{ contentId, ...PICTURE_POLICY, ...(picture.error === undefined ? {} : { error: picture.error }) }]),
    ...tasks.map(({ policyId, version, error }) => ({
      contentId,
      policyId,
      version,
      ...(error === undefined ? {} : { error }),
    })),
  ]);
}

const taskKey = (task: { contentId: string; policyId: number; version: number }): string =>
  `${task.contentId} ${task.policyId}.${task.version}`;
