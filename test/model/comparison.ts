/**
 * Comparing a namespace of an engine with its model.
 *
 * @module
 */
import type { Content, Labels } from '../../src/contract/index.ts';
import type { FoveaClient } from '../../src/client/index.ts';
import { same } from './difference.ts';
import { rowsOf } from './graph-model.ts';
import type { ModelContent, NamespaceModel } from './library-model.ts';

/** A namespace of the engine beside its model. */
export interface Pair {
  readonly client: FoveaClient;
  readonly model: NamespaceModel;
  /** Content ids by SHA-256, as the engine gave them; the same for ever. */
  readonly ids: Map<string, string>;
}

/** The id of a content that is there. */
export function idOf({ ids }: Pair, sha256: string): string {
  const id = ids.get(sha256);
  if (id === undefined) throw new Error(`No id of ${sha256} was told yet`);
  return id;
}

/** Newest first; what was added together by descending id. */
export function newestFirst(
  pair: Pair,
  contents: Iterable<ModelContent> = pair.model.contents.values(),
): ModelContent[] {
  const id = ({ sample }: ModelContent): string => pair.ids.get(sample.sha256) ?? '';
  return [...contents].toSorted((a, b) => b.born - a.born || (id(a) < id(b) ? 1 : -1));
}

/** What a list tells of each content, and in which order. Right at any moment. */
export async function compareContents(pair: Pair, pageSize: number): Promise<void> {
  const found: Content[] = [];
  for await (const content of pair.client.contents.each({ limit: pageSize })) found.push(content);
  learnIds(pair, found);
  same(
    'the contents',
    found.map(factsOf),
    newestFirst(pair).map((content) => expectedFacts(pair, content)),
  );
}

/** Ids are learnt from the engine, and must not change. */
export function learnIds({ ids }: Pair, found: readonly Content[]): void {
  for (const { sha256, contentId } of found) {
    same(`the id of ${sha256}`, contentId, ids.get(sha256) ?? contentId);
    ids.set(sha256, contentId);
  }
}

interface Facts {
  readonly sha256: string;
  readonly contentId: string;
  readonly name: string;
  readonly mimeType: string;
  readonly sizeBytes: number;
  readonly labels: Labels;
  readonly locations: readonly { readonly uri: string; readonly state: string }[];
}

export function factsOf({ sha256, contentId, name, mimeType, sizeBytes, labels, locations }: Content): Facts {
  return { sha256, contentId, name, mimeType, sizeBytes, labels, locations };
}

export function expectedFacts(pair: Pair, { sample, name, labels, places }: ModelContent): Facts {
  const { sha256, mimeType, bytes } = sample;
  const locations = [...places].map(([uri, { state }]) => ({ uri, state }));
  const before = (a: (typeof locations)[0], b: (typeof locations)[0]): boolean =>
    a.state === b.state ? a.uri < b.uri : a.state === 'present';
  return {
    sha256,
    contentId: idOf(pair, sha256),
    name,
    mimeType,
    sizeBytes: bytes.length,
    labels,
    locations: locations.toSorted((a, b) => (before(a, b) ? -1 : 1)),
  };
}

/** Everything, once all tasks have ended. */
export async function compareIndexed(pair: Pair): Promise<void> {
  await compareGraphs(pair);
  await compareTasks(pair);
  await compareStatus(pair);
  await compareRows(pair);
  await comparePictures(pair);
}

async function compareGraphs({ client, model }: Pair): Promise<void> {
  const found = (await client.graphs.list()).map(({ name, policies }) => ({
    name,
    policies: policies
      .map(({ name: policy, extractor, params, filter, state }) => ({ name: policy, extractor, params, filter, state }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  }));
  const expected = [...model.graphs].map(([name, policies]) => ({
    name,
    policies: [...policies.values()]
      .map((policy) => ({ ...policy, filter: [...policy.filter], state: 'active' }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  }));
  same('the graphs', found.toSorted(byName), expected.toSorted(byName));
  const indexes = (await client.indexes()).map(({ name }) => name).toSorted();
  const vectors = model.policies().filter(({ policy }) => policy.extractor === 'test/direction');
  same('the indexes', indexes, vectors.map(({ key }) => `${key}.direction`).toSorted());
}

const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);

async function compareStatus({ client, model }: Pair): Promise<void> {
  const status = await client.status();
  const { contents, failedContents, indexedContents, busy, unreadableFiles } = status;
  const all = [...model.contents.values()];
  const failed = all.filter(({ tasks }) => [...tasks.values()].some((end) => end !== 'done')).length;
  same(
    'the status',
    { contents, failedContents, indexedContents, busy, unreadable: unreadableFiles.total },
    { contents: all.length, failedContents: failed, indexedContents: all.length - failed, busy: false, unreadable: 0 },
  );
  const progress = status.policies.map(({ graph, policy, waiting, running, done, failed: bad }) => {
    return { key: `${graph}.${policy}`, waiting, running, done, failed: bad };
  });
  const expected = model.policies().map(({ key }) => {
    const ends = all.flatMap(({ tasks }) => tasks.get(key) ?? []);
    const done = ends.filter((end) => end === 'done').length;
    return { key, waiting: 0, running: 0, done, failed: ends.length - done };
  });
  const byKey = (a: { key: string }, b: { key: string }): number => (a.key < b.key ? -1 : 1);
  same('the progress of policies', progress.toSorted(byKey), expected.toSorted(byKey));
}

/** Each failed task, with the kind of its error. */
async function compareTasks(pair: Pair): Promise<void> {
  const { tasks, total } = await pair.client.tasks({ state: 'failed', limit: 1000 });
  const found = tasks.map(({ contentId, graph, policy, errorCode }) => {
    return `${contentId} ${graph === undefined ? policy : `${graph}.${policy}`} ${errorCode === 'unreadable_image' ? 'unreadable' : 'unread'}`;
  });
  const expected = [...pair.model.contents.values()].flatMap(({ sample, tasks: ends }) =>
    [...ends].filter(([, end]) => end !== 'done').map(([key, end]) => `${idOf(pair, sample.sha256)} ${key} ${end}`),
  );
  same('the failed tasks', found.toSorted(), expected.toSorted());
  same('the number of failed tasks', total, expected.length);
  same('the number of all tasks', (await pair.client.tasks({ limit: 1 })).total, countTasks(pair.model));
}

function countTasks({ contents }: NamespaceModel): number {
  return [...contents.values()].reduce((sum, { tasks }) => sum + tasks.size, 0);
}

/** Rows that were extracted, by content and policy, through the SQL door. */
async function compareRows(pair: Pair): Promise<void> {
  const { rows, truncated } = await pair.client.sql(
    `select content_id::text as id, graph || '.' || policy as key, count(*) as rows, count(distinct ord) as ords
       from ingestion group by 1, 2`,
    [],
    { limit: 100_000 },
  );
  same('whether all rows came', truncated, false);
  const expected = [...pair.model.contents.values()].flatMap(({ sample, tasks }) =>
    pair.model
      .policies()
      .filter(({ key, policy }) => tasks.get(key) === 'done' && rowsOf(policy, sample) > 0)
      .map(({ key, policy }) => `${idOf(pair, sample.sha256)} ${key} ${rowsOf(policy, sample)}`),
  );
  const found = rows.map(({ id, key, rows: count, ords }) => {
    return `${String(id)} ${String(key)} ${Number(count)}${count === ords ? '' : ' and an ord twice'}`;
  });
  same('the rows that were extracted', found.toSorted(), expected.toSorted());
}

/** What SQL tells of contents; sizes in pixels are those of pictures that were decoded. */
async function comparePictures(pair: Pair): Promise<void> {
  const { rows } = await pair.client.sql(
    `select content_id::text as id, name, uri, width, height, labels from content order by created_at desc, content_id desc`,
    [],
    { limit: 100_000 },
  );
  const expected = newestFirst(pair).map((content) => {
    const { sample, name, labels, tasks } = content;
    const isDecoded = tasks.get('picture') === 'done';
    return {
      id: idOf(pair, sample.sha256),
      name,
      uri: pair.model.shownUri(content) ?? null,
      width: isDecoded ? sample.width : null,
      height: isDecoded ? sample.height : null,
      labels,
    };
  });
  same('what SQL tells of contents', rows, expected);
}
