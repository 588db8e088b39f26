/**
 * The engine's use cases, composed: what `http/` serves.
 *
 * @module
 */
import type { TableDescription, UpdatedContent } from '../contract/index.ts';
import { ConflictError, DEFAULT_NAMESPACE, FoveaError, NotFoundError } from '../contract/index.ts';
import type { Services, Upload } from '../http/index.ts';
import { addPath, addUpload, DATASET_URI, addUrl, updateContent } from '../ingest/index.ts';
import type { AddDependencies } from '../ingest/index.ts';
import { prepareFacets, search } from '../retrieval/index.ts';
import {
  clearProblems,
  dropNamespace,
  listIndexes,
  listNamespaces,
  listProblems,
  listTables,
  measureTables,
  listTasks,
  recordProblems,
  retryFailed,
} from '../store/index.ts';
import { followRestore } from './backup/follow-restore.ts';
import { contentServices, requireContent, unknownContent } from './content-services.ts';
import type { EngineContext } from './context.ts';
import { createDatabaseProbe } from './database-probe.ts';
import { askService } from './ask.ts';
import { graphLinks, linkGraphs } from './graph-links.ts';
import { datasetServices } from './load-dataset.ts';
import { givenServices } from './given-features.ts';
import { applyGraph, deleteGraph, ensureDefaultGraph, findGraph, listGraphInfos } from './graphs.ts';
import { createNamespace, requireNamespace } from './namespaces.ts';
import { namedPolicies } from './policy-names.ts';
import { pullModel } from './pull-model.ts';
import { prepareSql } from './sql.ts';
import { namespaceStatus } from './status.ts';
import { duplicateServices } from './duplicates/index.ts';
import { explainReaders } from './table-locks.ts';
import { VERSION } from './version.ts';
import { exportServices } from './export/export-services.ts';
import { repinWaiting } from './waiting-policies.ts';

/** Every use case of an open engine. */
export function createServices(context: EngineContext): Services {
  return {
    ...systemServices(context),
    ...contentServices(context),
    ...ingestServices(context),
    ...graphServices(context),
    ...givenServices(context),
    ...datasetServices(context, (namespace, contentIds) => stored(context, namespace, contentIds)),
    ...taskServices(context),
    ...queryServices(context),
    ...duplicateServices(context),
    ask: askService(context),
    backup: () => context.backups.start(),
    ...exportServices(context),
    restore: (path) => followRestore(context, path),
    findKey: (text) => context.keys.find(text),
    listKeys: async () => ({ keys: await context.keys.list() }),
    createKey: (request) => context.keys.create(request),
    removeKey: (id) => context.keys.remove(id),
    listWorkers: async () => ({ workers: context.coordinator.roster.list() }),
    worker: context.coordinator,
  };
}

function systemServices(
  context: EngineContext,
): Pick<Services, 'health' | 'listNamespaces' | 'createNamespace' | 'deleteNamespace' | 'events'> {
  const { database, removals, leftovers, thumbnails } = context;
  const probeDatabase = createDatabaseProbe(() => database.query('select 1', [], { timeoutMs: 2000 }));
  return {
    async health() {
      const probe = await probeDatabase();
      return {
        status: probe.ok ? ('ok' as const) : ('degraded' as const),
        version: VERSION,
        database: { dialect: database.dialect.name, ...probe },
        workers: context.coordinator.roster.living().length,
        queryEncoder: context.encoder.running(),
        canAsk: context.options.languageModel !== undefined,
      };
    },
    listNamespaces: async () => ({ namespaces: (await listNamespaces(database)).map((name) => ({ name })) }),
    createNamespace: (name) => createNamespace(context, name),
    async deleteNamespace(name) {
      if (name === DEFAULT_NAMESPACE)
        throw new ConflictError('Cannot delete namespace "default": it is always there; delete its contents instead');
      await requireNamespace(context, name);
      await leftovers.guard(async () => {
        const { orphanBlobs } = await explainReaders(`delete namespace "${name}"`, () => dropNamespace(database, name));
        context.namespaces.delete(name);
        context.keys.forget();
        context.planned(name);
        context.statistics.forget(name);
        await thumbnails.removeNamespace(name);
        await removals.remove(orphanBlobs);
      });
    },
    events: (namespace, signal) => context.events.listen(namespace, signal),
  };
}

function ingestServices(context: EngineContext): Pick<Services, 'upload' | 'updateContent' | 'addPath' | 'addUrl'> {
  return {
    async upload(namespace, upload) {
      await createNamespace(context, namespace);
      const notes = await ensureDefaultGraph(context, namespace);
      const added = await context.leftovers.guard(() => addUpload(context, namespace, upload));
      stored(context, namespace, [added.contentId]);
      return { ...added, notes };
    },
    updateContent: (namespace, contentId, upload) => replaceContent(context, namespace, contentId, upload),
    async addUrl(namespace, request, limits) {
      await createNamespace(context, namespace);
      const notes = request.graph === 'none' ? [] : await ensureDefaultGraph(context, namespace);
      const { privateHosts } = context.options;
      const settings = { ...limits, privateHosts };
      const added = await context.leftovers.guard(() => addUrl(context, namespace, request, settings));
      stored(context, namespace, [added.contentId]);
      return { ...added, notes };
    },
    async *addPath(namespace, request) {
      await createNamespace(context, namespace);
      const notes = request.graph === 'none' ? [] : await ensureDefaultGraph(context, namespace);
      for await (const progress of addPath(addDependencies(context, namespace), namespace, request)) {
        yield { ...progress, notes: [...notes, ...progress.notes] };
      }
      await context.database.maintain('load');
    },
  };
}

function graphServices(
  context: EngineContext,
): Pick<
  Services,
  | 'listGraphs'
  | 'getGraph'
  | 'applyGraph'
  | 'deleteGraph'
  | 'listLinks'
  | 'linkGraphs'
  | 'listExtractors'
  | 'listModels'
  | 'pullModel'
> {
  return {
    async listGraphs(namespace) {
      await requireNamespace(context, namespace);
      return { graphs: await listGraphInfos(context, namespace) };
    },
    getGraph: (namespace, graph) => findGraph(context, namespace, graph),
    async applyGraph(namespace, request, rights) {
      if (request.dryRun !== true) await createNamespace(context, namespace);
      return applyGraph(context, namespace, request, rights);
    },
    deleteGraph: (namespace, graph) => deleteGraph(context, namespace, graph),
    listLinks: async (namespace, graph) => ({ links: await graphLinks(context, namespace, graph) }),
    linkGraphs: (namespace, graph, link) => linkGraphs(context, namespace, graph, link),
    listExtractors: async () => ({ extractors: await context.registry.list(context.models) }),
    listModels: async () => ({ models: await context.models.list() }),
    pullModel: (model) => pullModel(context, model),
  };
}

function taskServices(context: EngineContext): Pick<Services, 'status' | 'listTasks' | 'retry'> {
  return {
    async status(namespace) {
      await requireNamespace(context, namespace);
      const { database, rates, coordinator, options } = context;
      const { roster, trouble } = coordinator;
      const facts = { database, rates, roster, trouble, withoutWorkers: options.workers === 0 };
      return context.statuses.get(namespace, () => namespaceStatus(facts, namespace));
    },
    async listTasks(namespace, query) {
      await requireNamespace(context, namespace);
      const { state, contentId, limit, cursor } = query;
      const policies = await namedPolicies(context, namespace, query);
      return listTasks(context.database, namespace, { state, contentId, limit, cursor, policies });
    },
    async retry(namespace, contentIds) {
      await requireNamespace(context, namespace);
      const tasks = await retryFailed(context.database, namespace, contentIds);
      if (contentIds === undefined) await repinWaiting(context);
      context.planned(namespace);
      const files = contentIds === undefined ? await readProblemFilesAgain(context, namespace) : 0;
      return { retried: tasks + files };
    },
  };
}

function queryServices(
  context: EngineContext,
): Pick<Services, 'search' | 'sql' | 'facets' | 'listIndexes' | 'listTables'> {
  const { database } = context;
  const tables = (namespace: string): Promise<TableDescription[]> => listTables(database, namespace);
  return {
    async search(namespace, request) {
      await requireNamespace(context, namespace);
      return context.sqlTurns.search(() => search(context.search, namespace, request));
    },
    async sql(namespace, request, signal) {
      await requireNamespace(context, namespace);
      return context.sqlTurns.statement(await prepareSql(context, namespace, request, signal));
    },
    async facets(namespace, request) {
      await requireNamespace(context, namespace);
      const { gateCondition } = context.search;
      return context.sqlTurns.statement(await prepareFacets({ database, tables, gateCondition }, namespace, request));
    },
    async listIndexes(namespace) {
      await requireNamespace(context, namespace);
      return { indexes: await listIndexes(database, namespace) };
    },
    async listTables(namespace) {
      await requireNamespace(context, namespace);
      return { tables: await measureTables(database, namespace) };
    },
  };
}

async function replaceContent(
  context: EngineContext,
  namespace: string,
  contentId: string,
  upload: Upload,
): Promise<UpdatedContent> {
  await requireContent(context, namespace, contentId);
  const { changed, version } = await context.leftovers.guard(async () => {
    const outcome = await updateContent(context, namespace, contentId, upload);
    if (outcome === undefined) throw unknownContent(namespace, contentId);
    if (outcome.changed) await context.thumbnails.remove(namespace, [contentId]);
    await context.removals.remove(outcome.orphanBlobs);
    return outcome;
  });
  context.planned(namespace);
  context.statistics.changed(namespace);
  context.events.emit(namespace, {
    type: 'content',
    contentIds: [contentId],
    change: changed ? 'updated' : 'labels',
  });
  return { changed, version };
}

function addDependencies(context: EngineContext, namespace: string): AddDependencies {
  return {
    database: context.database,
    onStored: (contentIds) => stored(context, namespace, contentIds),
    async onForgotten(contentIds) {
      await context.thumbnails.remove(namespace, contentIds);
      context.statistics.changed(namespace);
      context.statuses.forget(namespace);
      context.events.emit(namespace, { type: 'content', contentIds: [...contentIds], change: 'deleted' });
    },
  };
}

/** Contents were stored and planned. */
function stored(context: EngineContext, namespace: string, contentIds: readonly string[]): void {
  context.planned(namespace);
  context.statistics.changed(namespace);
  context.events.emit(namespace, { type: 'content', contentIds: [...contentIds], change: 'added' });
}

/** Files that could not be read, once more; those that have gone are forgotten. */
async function readProblemFilesAgain(context: EngineContext, namespace: string): Promise<number> {
  const { problems } = await listProblems(context.database, namespace, MAX_PROBLEM_FILES);
  const dependencies = addDependencies(context, namespace);
  for (const { uri, path } of problems) {
    // Rows of data sets are loaded again by whoever has the data set.
    if (uri.startsWith(DATASET_URI)) continue;
    await clearProblems(context.database, namespace, [uri]);
    try {
      const progress = addPath(dependencies, namespace, { path });
      while (!(await progress.next()).done);
    } catch (error) {
      // A file that has gone is no problem any more; every other reason is kept.
      if (error instanceof NotFoundError) continue;
      const reason = error instanceof FoveaError ? error : undefined;
      await recordProblems(context.database, namespace, [
        { uri, path, code: reason?.code ?? 'unreadable_file', message: reason?.message ?? String(error) },
      ]);
    }
  }
  return problems.length;
}

const MAX_PROBLEM_FILES = 10_000;
