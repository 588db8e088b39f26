/**
 * What is asked of contents that are there: read, list, label, delete, and their files.
 *
 * @module
 */
import type { Content, ContentList, DeletedContents, FoveaEvent } from '../contract/index.ts';
import { InvalidInputError, NotFoundError } from '../contract/index.ts';
import { parseFilter } from '../graph/index.ts';
import type { RowList, RowQuery, Services } from '../http/index.ts';
import {
  colorPolicies,
  deleteContents,
  describeDeletion,
  getContent,
  getPictured,
  givenIds,
  listContents,
  listFeatureRows,
  readFeatures,
  setLabels,
} from '../store/index.ts';
import type { Deletion } from '../store/index.ts';
import type { EngineContext } from './context.ts';
import { serveOriginal, serveThumbnail } from './files.ts';
import { requireNamespace } from './namespaces.ts';
import { newContent } from './new-content.ts';
import { namedPolicies } from './policy-names.ts';

type ContentServices = Pick<
  Services,
  | 'listContents'
  | 'getContent'
  | 'givenIds'
  | 'getFeatures'
  | 'listRows'
  | 'setLabels'
  | 'deleteContents'
  | 'waitForContent'
  | 'newContent'
  | 'original'
  | 'thumbnail'
>;

export function contentServices(context: EngineContext): ContentServices {
  const { database, blobs, removals, leftovers, thumbnails } = context;
  const find = (namespace: string, contentId: string): Promise<Content> =>
    requireContent(context, namespace, contentId);
  const changed = (namespace: string, event: FoveaEvent): void => {
    context.statistics.changed(namespace);
    context.statuses.forget(namespace);
    context.events.emit(namespace, event);
  };
  return {
    listContents: (namespace, query) => list(context, namespace, query),
    getContent: find,
    async givenIds(namespace, contentIds) {
      await requireNamespace(context, namespace);
      return givenIds(database, namespace, contentIds);
    },
    async getFeatures(namespace, contentId) {
      await find(namespace, contentId);
      return { features: await readFeatures(database, namespace, contentId) };
    },
    listRows: (namespace, query) => listRows(context, namespace, query),
    async setLabels(namespace, { contentIds, set, remove }) {
      await requireNamespace(context, namespace);
      await setLabels(database, namespace, contentIds, set, remove);
      changed(namespace, { type: 'content', contentIds: [...contentIds], change: 'labels' });
    },
    async deleteContents(namespace, contentIds, { dryRun = false } = {}) {
      await requireNamespace(context, namespace);
      if (dryRun) return deletionReply(await describeDeletion(database, namespace, contentIds));
      const deletion = await leftovers.guard(async () => {
        const outcome = await deleteContents(database, namespace, contentIds);
        await thumbnails.remove(namespace, outcome.deleted);
        await removals.remove(outcome.orphanBlobs);
        return outcome;
      });
      changed(namespace, { type: 'content', contentIds: deletion.deleted, change: 'deleted' });
      return deletionReply(deletion);
    },
    async waitForContent(namespace, contentId, limits) {
      await find(namespace, contentId);
      const progress = await context.waits.wait(namespace, contentId, limits);
      if (progress === undefined) throw unknownContent(namespace, contentId);
      return progress;
    },
    newContent: (namespace, graph, policy, offset, signal) =>
      newContent(context, { namespace, graph, policy }, offset, signal),
    original: async (namespace, contentId) => serveOriginal(blobs, await find(namespace, contentId)),
    async thumbnail(namespace, contentId, side) {
      await requireNamespace(context, namespace);
      const pictured = await getPictured(database, namespace, contentId);
      if (pictured === undefined) throw unknownContent(namespace, contentId);
      return serveThumbnail(context, namespace, pictured, side, () => find(namespace, contentId));
    },
  };
}

async function list(
  context: EngineContext,
  namespace: string,
  query: Parameters<Services['listContents']>[1],
): Promise<ContentList> {
  await requireNamespace(context, namespace);
  const { limit, cursor, label, name, state, after, parent } = query;
  if (cursor !== undefined && after !== undefined)
    throw new InvalidInputError('Cannot list contents: give either "cursor" or "after"');
  if (after !== undefined) await requireContent(context, namespace, after);
  const policies = await namedPolicies(context, namespace, query);
  const filters = query.filter.map(parseFilter);
  const colors = colorPolicies(await context.policies(namespace));
  const page = { limit, cursor, after };
  return listContents(context.database, namespace, { ...page, label, name, state, policies, filters, colors, parent });
}

function deletionReply({ deleted, orphanBlobs: _orphanBlobs, ...counts }: Deletion): DeletedContents {
  return { deleted: deleted.length, ...counts };
}

async function listRows(context: EngineContext, namespace: string, query: RowQuery): Promise<RowList> {
  await requireNamespace(context, namespace);
  const page = await listFeatureRows(context.database, namespace, query);
  if (page === undefined) throw new NotFoundError('policy', `${query.graph}.${query.policy}`);
  return page;
}

/** @throws NotFoundError */
export async function requireContent(context: EngineContext, namespace: string, contentId: string): Promise<Content> {
  await requireNamespace(context, namespace);
  const colors = colorPolicies(await context.policies(namespace));
  const content = await getContent(context.database, namespace, contentId, colors);
  if (content === undefined) throw unknownContent(namespace, contentId);
  return content;
}

export function unknownContent(namespace: string, contentId: string): NotFoundError {
  return new NotFoundError('content', contentId, [], `namespace "${namespace}" has none with that id`);
}
