/**
 * Loading data sets, composed: opens the source, makes the graphs, goes on where an earlier load was broken off.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { api, LoadProgress, ParsedBody } from '../contract/index.ts';
import { ConflictError, InvalidInputError } from '../contract/index.ts';
import type { Services } from '../http/index.ts';
import { loadDataset, planDataset } from '../ingest/index.ts';
import type { DatasetPlan, LoadDependencies } from '../ingest/index.ts';
import type { HubOptions } from '../models/index.ts';
import type { Dataset } from '../sources/index.ts';
import { forgetDatasetProgress, policiesOf, readDatasetProgress, saveDatasetProgress } from '../store/index.ts';
import type { EngineContext } from './context.ts';
import { openSource } from './dataset/hub-source.ts';
import { storeGiven } from './given-features.ts';
import { applyGraph, ensureDefaultGraph } from './graphs.ts';
import { createNamespace } from './namespaces.ts';

type ParsedRequest = ParsedBody<typeof api.loadDataset>;

/** Of a picture that is fetched. */
const MAX_FETCHED_BYTES = 256 * 1024 * 1024;

/** @param onStored Told of new contents. */
export function datasetServices(
  context: EngineContext,
  onStored: (namespace: string, contentIds: readonly string[]) => void,
): Pick<Services, 'loadDataset'> {
  const running = new Map<string, Running>();
  return {
    async *loadDataset(namespace, request, signal) {
      const { dataset, plan } = await openPlanned(request, context.options.models);
      const key = `${namespace}/${plan.graph}`;
      const other = running.get(key);
      // One that nobody follows any more is about to end.
      if (other?.signal.aborted === true) await other.ended;
      if (running.has(key))
        throw new ConflictError(
          `Cannot load "${request.source}": graph "${plan.graph}" is being loaded now; wait, or give another "name"`,
        );
      let end = (): void => undefined;
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      running.set(key, { signal, ended });
      try {
        yield* load(context, namespace, request, dataset, plan, {
          signal,
          onStored: (contentIds) => onStored(namespace, contentIds),
        });
      } finally {
        running.delete(key);
        end();
      }
    },
  };
}

interface Running {
  readonly signal: AbortSignal;
  readonly ended: Promise<void>;
}

/** Opened twice: what is to be read depends on what is there. */
async function openPlanned(request: ParsedRequest, hub: HubOptions): Promise<{ dataset: Dataset; plan: DatasetPlan }> {
  const { source, boxes, vectors, match } = request;
  const image = match === undefined ? request.image : null;
  const first = await openSource(source, { image, boxes, vectors }, hub);
  const plan = planDataset(first, request);
  const columns = [
    ...plan.texts.map(({ column }) => column),
    ...plan.labels,
    ...(plan.match === undefined ? [] : [plan.match]),
  ];
  const options = { image, boxes, vectors: [...plan.vectors.keys()], columns };
  return { plan, dataset: await openSource(source, options, hub) };
}

interface Followers {
  readonly signal: AbortSignal;
  readonly onStored: (contentIds: readonly string[]) => void;
}

async function* load(
  context: EngineContext,
  namespace: string,
  request: ParsedRequest,
  dataset: Dataset,
  plan: DatasetPlan,
  { signal, onStored }: Followers,
): AsyncGenerator<LoadProgress> {
  await createNamespace(context, namespace);
  // Rows of contents that are there add nothing to extract from.
  const addsPictures = request.graph !== 'none' && plan.match === undefined;
  const notes = addsPictures ? await ensureDefaultGraph(context, namespace) : [];
  const { database } = context;
  const progress = await progressOf(context, namespace, request, plan);
  const options = {
    namespace,
    source: request.source,
    plan: { ...plan, notes: [...notes, ...plan.notes] },
    labels: request.setLabels,
    space: request.space,
    normalize: request.normalize,
    limit: request.limit,
    done: progress.done,
    onGroup: progress.keep,
  };
  const dependencies = dependenciesOf(context, namespace, plan, onStored);
  for await (const totals of loadDataset(dependencies, dataset, options)) {
    if (totals.finished) await forgetDatasetProgress(database, namespace, plan.graph);
    yield totals;
    signal.throwIfAborted();
  }
  await database.maintain('load');
}

function dependenciesOf(
  context: EngineContext,
  namespace: string,
  plan: DatasetPlan,
  onStored: (contentIds: readonly string[]) => void,
): LoadDependencies {
  const { database, blobs, removals, turns, options } = context;
  return {
    database,
    blobs,
    removals,
    onStored,
    fetch: { maxBytes: MAX_FETCHED_BYTES, privateHosts: options.privateHosts },
    inTurn: (work) => turns.take('rows of data sets', work),
    async makePolicies(policies) {
      const [first, ...others] = policies;
      if (first === undefined) throw new InvalidInputError(`Cannot make graph "${plan.graph}": it has no policies`);
      const graph = { name: plan.graph, policies: [first, ...others] };
      await applyGraph(context, namespace, { graph, mode: 'merge', prune: false, dryRun: false });
      return (await policiesOf(database, namespace)).filter((policy) => policy.graph === plan.graph);
    },
    put: (place, rows) => storeGiven(context, namespace, place, rows),
  };
}

interface Progress {
  readonly done: ReadonlyMap<string, number>;
  keep(done: ReadonlyMap<string, number>): Promise<void>;
}

/** What an earlier load of the same files into the same place has stored; nothing where anything of it is different now. */
async function progressOf(
  { database }: EngineContext,
  namespace: string,
  request: ParsedRequest,
  plan: DatasetPlan,
): Promise<Progress> {
  const { limit: _limit, ...asked } = request;
  const files = await fingerprint(request.source);
  const identity = async (): Promise<string> => {
    const policies = (await policiesOf(database, namespace))
      .filter(({ graph }) => graph === plan.graph)
      .map(({ id, version }) => [id, version]);
    return createHash('sha256')
      .update(JSON.stringify([asked, files, policies]))
      .digest('hex');
  };
  const before = await readDatasetProgress(database, namespace, plan.graph);
  const isSame = before !== undefined && before.identity === (await identity());
  return {
    done: new Map(isSame ? Object.entries(before.done) : []),
    async keep(done) {
      const now = { identity: await identity(), done: Object.fromEntries(done) };
      await saveDatasetProgress(database, namespace, plan.graph, now);
    },
  };
}

/** Names, sizes and times of the files; empty for what is not of this machine. */
async function fingerprint(source: string): Promise<unknown[]> {
  const stamp = async (path: string): Promise<unknown[]> => {
    const { size, mtimeMs } = await stat(path);
    return [path, size, mtimeMs];
  };
  const root = await stat(source).catch(() => undefined);
  if (root === undefined) return [];
  if (!root.isDirectory()) return stamp(source);
  const names = (await readdir(source)).toSorted();
  return [...names, ...(await Promise.all(names.slice(0, MAX_STAMPS).map((name) => stamp(join(source, name)))))];
}

/** Files that are asked for size and time: a folder of pictures beside a list of them may be large. Of the others names count. */
const MAX_STAMPS = 1000;
